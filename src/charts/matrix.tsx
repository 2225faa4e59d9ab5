import { useId, useMemo, useRef } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { theme } from '../ui/theme.ts';
import { colourAt, cssColour, luminance, type ColourMap } from './colour.ts';
import { makeFrame, placed, type Cursor, type Frame } from './frame.ts';
import { shortened } from './label-layout.ts';
import { Placeholder } from './placeholder.tsx';
import { linearScale } from './scales.ts';
import { tickEvery } from './stems-layout.ts';
import { Surface } from './surface.tsx';
import { Tooltip } from './tooltip.tsx';
import { textWidth, useWidth } from './use-size.ts';

export interface MatrixCell {
  /** As it is written in the cell where there is room. */
  readonly text: string;
  /** Place in the colours, 0 to 1, the middle neutral; null: no colour. */
  readonly position: number | null;
  /** The best of its column: framed. */
  readonly best: boolean;
  /** At the crosshair and for those who listen: "1.29 %, 12 % better than the average". */
  readonly words: string;
}

export interface MatrixProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  /** From top to bottom. */
  readonly rows: readonly string[];
  /** From left to right: the name under the picture, and in words. */
  readonly columns: readonly { readonly tick: string; readonly label: string }[];
  readonly cell: (row: number, column: number) => MatrixCell;
  readonly xLabel: string;
  /** What both ends of the colours and their middle mean. */
  readonly ends: readonly [low: string, middle: string, high: string];
  /** The picture in a sentence or two. */
  readonly description: string;
  readonly placeholder: string;
}

const ROW_PX = 28;

/** Small tables as colours around a neutral middle, each cell with its number where that fits. */
export function Matrix({ label, rows, columns, cell, xLabel, ends, description, placeholder }: MatrixProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = useId();
  const cursor = useSignal<number | null>(null);
  const row = useSignal<number | null>(null);
  const height = 8 + Math.max(4, rows.length) * ROW_PX + 44;
  const names = Math.min(width * 0.42, rows.reduce((most, name) => Math.max(most, textWidth(name)), 24) + 12);
  const frame = useMemo(() => makeFrame(width, height, { left: names, right: 4, top: 8, bottom: 44 }), [width, height, names]);
  const x = linearScale([0, Math.max(1, columns.length)], [frame.left, frame.right]);
  const stops = useMemo(() => columns.map((_, i) => i), [columns.length]);
  const map: ColourMap = theme.value === 'dark' ? 'divergingDark' : 'diverging';
  const empty = rows.length === 0 || columns.length === 0;
  const say = (column: number, at: number): string => `${columns[column].label}, ${rows[at]}: ${cell(at, column).words}`;
  return (
    <div class="gc-matrix">
      <div class="gc-head"><Ends ends={ends} map={map} /></div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <>
            <svg class="gc-layer" width={width} height={height} role="img" aria-label={label} aria-describedby={words} data-export="">
              {!empty && <Cells frame={frame} rows={rows} columns={columns} cell={cell} xLabel={xLabel} map={map} />}
            </svg>
            {empty ? <Placeholder frame={frame} text={placeholder} /> : (
              <>
                <MatrixCrosshair frame={frame} rows={rows} columns={columns} cell={cell} cursor={cursor} row={row} />
                <Surface
                  label={`${label}, crosshair`} frame={frame} x={x} stops={stops} endStep={columns.length} snap="cell" cursor={cursor}
                  rows={{ count: rows.length, row }} describe={say}
                />
              </>
            )}
          </>
        )}
      </div>
      <p id={words} class="visually-hidden">{empty ? 'No values yet.' : description}</p>
    </div>
  );
}

function Cells({ frame, rows, columns, cell, xLabel, map }: Pick<MatrixProps, 'rows' | 'columns' | 'cell' | 'xLabel'> & { readonly frame: Frame; readonly map: ColourMap }) {
  const wide = (frame.right - frame.left) / columns.length;
  const high = (frame.bottom - frame.top) / rows.length;
  const every = tickEvery(columns.map(({ tick }) => textWidth(tick)), wide);
  return (
    <>
      {rows.map((name, i) => (
        <g key={name} transform={`translate(0 ${frame.top + i * high})`}>
          <text x={frame.left - 8} y={high / 2} dy="0.35em" text-anchor="end">{shortened(name, frame.left - 8)}</text>
          {columns.map((_, column) => {
            const { text, position, best } = cell(i, column);
            const colour = position === null ? null : colourAt(map, position);
            const ink = colour === null ? 'var(--text)' : luminance(colour) > 0.3 ? '#111' : '#fff';
            return (
              <g key={column} transform={`translate(${frame.left + column * wide} 0)`}>
                <rect x={0.5} y={0.5} width={Math.max(1, wide - 1)} height={high - 1} fill={colour ? cssColour(colour) : 'var(--surface)'} />
                {best && <rect x={2} y={2} width={Math.max(1, wide - 4)} height={high - 4} fill="none" stroke={ink} stroke-width={1.5} />}
                {textWidth(text) + 8 <= wide && <text x={wide / 2} y={high / 2} dy="0.35em" text-anchor="middle" style={{ fill: ink }} font-weight={best ? 600 : undefined}>{text}</text>}
              </g>
            );
          })}
        </g>
      ))}
      <g class="gc-axis">
        {columns.map(({ tick }, i) => i % every === 0 && <text key={i} x={frame.left + (i + 0.5) * wide} y={frame.bottom + 16} text-anchor="middle">{tick}</text>)}
        <text class="gc-axis-name" x={frame.right} y={frame.bottom + 34} text-anchor="end">{xLabel}</text>
      </g>
    </>
  );
}

function Ends({ ends, map }: { readonly ends: MatrixProps['ends']; readonly map: ColourMap }) {
  return (
    <ul class="gc-legend">
      {ends.map((text, i) => (
        <li key={text}>
          <svg class="gc-sample" width={14} height={14} aria-hidden="true" data-export=""><rect width={14} height={14} fill={cssColour(colourAt(map, [0.1, 0.5, 0.9][i]))} stroke="var(--rule)" /></svg>
          <span data-export-text="">{text}</span>
        </li>
      ))}
      <li>
        <svg class="gc-sample" width={14} height={14} aria-hidden="true" data-export=""><rect x={1} y={1} width={12} height={12} fill="none" stroke="var(--text)" stroke-width={1.5} /></svg>
        <span data-export-text="">best of its column</span>
      </li>
    </ul>
  );
}

interface MatrixCrosshairProps extends Pick<MatrixProps, 'rows' | 'columns' | 'cell'> {
  readonly frame: Frame;
  readonly cursor: Cursor;
  readonly row: ReadonlySignal<number | null>;
}

function MatrixCrosshair({ frame, rows, columns, cell, cursor, row }: MatrixCrosshairProps) {
  const column = cursor.value;
  const at = row.value;
  if (column === null || at === null || column >= columns.length || at >= rows.length) return null;
  const wide = (frame.right - frame.left) / columns.length;
  const high = (frame.bottom - frame.top) / rows.length;
  return (
    <>
      <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true">
        <rect x={frame.left + column * wide} y={frame.top + at * high} width={wide} height={high} fill="none" stroke="var(--focus)" stroke-width={2} />
      </svg>
      <Tooltip frame={frame} x={frame.left + (column + 0.5) * wide} title={columns[column].label} rows={[{ id: 'cell', label: rows[at], value: cell(at, column).words }]} />
    </>
  );
}
