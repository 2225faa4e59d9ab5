import type { RefObject } from 'preact';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { useComputed, useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { theme } from '../ui/theme.ts';
import { AxisBrush } from './axis-brush.tsx';
import type { Brush } from './brush.ts';
import { formatCount } from './format.ts';
import { placed, type Frame } from './frame.ts';
import { shortened } from './label-layout.ts';
import { NONE, defaultName, describeRow, describeRows, rowsBy, type LinkedProps, type Reference } from './linked.ts';
import { LineCanvas } from './line-canvas.tsx';
import { MANY_LINES, linePath, type Polyline } from './line-painting.ts';
import { toneOf } from './mark-groups.ts';
import { inBrushes, layoutParallel, nearestRow, rowAt, rowLine, type ParallelLayout, type PlacedColumn } from './parallel-layout.ts';
import { Placeholder } from './placeholder.tsx';
import { PrunedSample } from './pruned-sample.tsx';
import { RowSurface } from './row-surface.tsx';
import { ScoreLegend } from './score-legend.tsx';
import { Tooltip } from './tooltip.tsx';
import { toneColour } from './tone-colour.ts';
import { textWidth, useWidth } from './use-size.ts';
import { formatValue, positionOn, type Column } from './value-axis.ts';

export interface ParallelCoordinatesProps extends LinkedProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  /** Axes from left to right, a value for each id. The last one is the score: lower is better, and it gives the colours. */
  readonly columns: readonly Column[];
  /** Drawn over the last axis. */
  readonly reference?: Reference;
  /** Pixels without the legend, kept before rows come; default 360. */
  readonly height?: number;
  /** Shown while there are no rows; default "No trials yet". */
  readonly placeholder?: string;
}

const notPruned = (): boolean => false;

/** One line a row through its value on each axis; ranges of the axes choose rows for all linked pictures. */
export function ParallelCoordinates(props: ParallelCoordinatesProps) {
  const { label, columns, ids, selected, hovered, reference, pruned = notPruned, name = defaultName, plural = 'trials', height = 360 } = props;
  const box = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = useId();
  const brushes = useSignal<ReadonlyMap<string, Brush>>(new Map());
  /** The selection that the ranges made: another one, made elsewhere, ends them. */
  const made = useRef<ReadonlySet<number>>(NONE);
  const leading = useSignal<number | null>(null);
  const chosen = useComputed(() => (brushes.value.size > 0 || selected.value.size > 0 ? selected.value : null));

  const score = columns[columns.length - 1];
  const rightRoom = reference ? Math.max(...referenceLines(reference, score).map(textWidth)) + 24 : 0;
  const layout = useMemo(
    () => layoutParallel(columns, width, height, rightRoom, reference ? [reference.value] : []),
    [columns, width, height, rightRoom, reference?.value],
  );
  const placedColumns = layout.columns;
  const last = placedColumns[placedColumns.length - 1];
  const lines = useMemo(() => (width > 0 ? ids.map((_, row) => rowLine(placedColumns, row)) : []), [ids, placedColumns]);
  const tones = useMemo(() => ids.map((_, row) => toneOf(positionOn(last, last.values[row]))), [ids, last]);
  const order = useMemo(() => rowsBy(score.values), [score.values]);
  const described = useMemo(() => describeRows(ids, score, { name, plural }, reference), [ids, score, reference?.value]);

  const brush = (next: ReadonlyMap<string, Brush>): void => {
    brushes.value = next;
    made.current = next.size === 0 ? NONE : new Set(ids.filter((_, row) => inBrushes(placedColumns, next, row)));
    // The same rows again are no new selection.
    if (sameIds(made.current, selected.peek())) made.current = selected.peek();
    else selected.value = made.current;
  };
  useSignalEffect(() => {
    if (selected.value !== made.current && brushes.peek().size > 0) brushes.value = new Map();
  });
  // Rows that came later may lie in the ranges too.
  useEffect(() => {
    if (brushes.peek().size > 0) brush(brushes.peek());
  }, [ids, columns]);

  const nearest = (x: number, y: number): number | null => {
    const picked = chosen.peek();
    return nearestRow(placedColumns, picked ? order.filter((row) => picked.has(ids[row])) : order, x, y);
  };
  const tone = useCallback((row: number) => tones[row], [tones]);

  return (
    <div class="gc-parallel">
      <div class="gc-head">
        <Count chosen={chosen} all={ids.length} words={ids.length === 1 ? name(ids[0]) : `${formatCount(ids.length)} ${plural}`} plural={plural} onClear={() => brush(new Map())} />
        <span class="gc-keys">
          {ids.length > 0 && props.pruned && <PrunedSample kind={ids.length > MANY_LINES ? 'fine' : 'dashed'} />}
          {ids.length > 0 && <ScoreLegend score={last} />}
        </span>
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <div ref={scroll} class="gc-scroll"><div class="gc-picture" style={placed({ height, width: layout.frame.width })}>
            <div role="img" aria-label={label} aria-describedby={words}>
              <LineCanvas width={layout.frame.width} height={height} ids={ids} chosen={chosen} pruned={pruned} tone={tone} lines={lines} />
              <svg class="gc-layer" width={layout.frame.width} height={height} aria-hidden="true" data-export="">
                {placedColumns.map((column) => <AxisLine key={column.id} column={column} labelRoom={column === placedColumns[0] ? layout.frame.left - 10 : Math.min(layout.spacing - 24, 110)} />)}
                {reference && <ReferenceMark reference={reference} column={last} />}
              </svg>
            </div>
            {ids.length > 0 && (
              <>
                <HoveredLine ids={ids} hovered={hovered} layout={layout} lines={lines} tones={tones} />
                <RowSurface
                  label={`${label}, ${plural} by ${score.axis.label}`} frame={layout.frame} ids={ids} order={order} selected={selected} hovered={hovered} onPick={props.onPick}
                  nearest={nearest} describe={(row) => describeRow(name(ids[row]), columns, row)} leading={leading}
                />
                <Brushes columns={placedColumns} brushes={brushes} onBrush={brush} left={() => countWords(selected.peek().size, ids.length, plural)} />
              </>
            )}
          </div></div>
        )}
        {width > 0 && ids.length === 0 && <Placeholder frame={{ ...layout.frame, right: Math.min(layout.frame.right, width) }} text={props.placeholder ?? `No ${plural} yet`} />}
        <HoveredValues ids={ids} hovered={hovered} leading={leading} frame={layout.frame} width={width} scroll={scroll} columns={columns} name={name} />
      </div>
      <p id={words} class="visually-hidden">{described}</p>
    </div>
  );
}

function sameIds(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}

function countWords(count: number, all: number, plural: string): string {
  return `${formatCount(count)} of ${formatCount(all)} ${plural}`;
}

interface CountProps {
  readonly chosen: ReadonlySignal<ReadonlySet<number> | null>;
  readonly all: number;
  /** "60 trials", said while none is chosen. */
  readonly words: string;
  readonly plural: string;
  readonly onClear: () => void;
}

/** How many rows are chosen, and what ends the choice. */
function Count({ chosen, all, words, plural, onClear }: CountProps) {
  const count = chosen.value?.size;
  return (
    <span class="gc-count">
      <span role="status" data-export-text="">{count === undefined ? (all === 0 ? '' : words) : countWords(count, all, plural)}</span>
      {count !== undefined && <button type="button" class="gc-button" onClick={onClear}>Clear selection</button>}
    </span>
  );
}

const LINE = 15;

function AxisLine({ column: { x, range: [bottom, top], name, ticks, at, unset, axis }, labelRoom }: { readonly column: PlacedColumn; readonly labelRoom: number }) {
  return (
    <g class="gc-axis">
      {name.map((line, i) => <text key={i} class="gc-axis-title" x={x} y={top - 14 - (name.length - 1 - i) * LINE} text-anchor="middle">{line}</text>)}
      <path d={`M${x} ${top}V${bottom}`} />
      {ticks.map(({ value, label }) => (
        <g key={value} transform={`translate(${x} ${at(value)})`}>
          <path d="M0 0H-4" />
          <text class="gc-halo" x={-7} dy="0.35em" text-anchor="end">{axis.kind === 'category' ? shortened(label, labelRoom) : label}</text>
        </g>
      ))}
      {unset !== null && (
        <g transform={`translate(${x} ${unset})`}>
          <path d="M-3 0H3" />
          <text y={15} text-anchor="middle">not set</text>
        </g>
      )}
    </g>
  );
}

function referenceLines({ label, value }: Reference, { axis }: Column): readonly string[] {
  return [label, formatValue(axis, value)];
}

function ReferenceMark({ reference, column }: { readonly reference: Reference; readonly column: PlacedColumn }) {
  const y = column.at(reference.value);
  if (Number.isNaN(y)) return null;
  // Both lines of text stay inside the picture.
  const text = Math.min(column.range[0] - 6, Math.max(column.range[1] + 8, y));
  return (
    <g>
      <path d={`M${column.x - 14} ${y}H${column.x + 14}`} stroke="var(--page)" stroke-width={5} fill="none" />
      <path d={`M${column.x - 14} ${y}H${column.x + 14}`} stroke="var(--average)" stroke-width={2.25} fill="none" />
      {referenceLines(reference, column).map((line, i) => <text key={i} x={column.x + 18} y={text + (i - 0.5) * LINE} dy="0.35em">{line}</text>)}
    </g>
  );
}

interface HoveredLineProps {
  readonly ids: readonly number[];
  readonly hovered: ReadonlySignal<number | null>;
  readonly layout: ParallelLayout;
  readonly lines: readonly Polyline[];
  readonly tones: readonly (number | null)[];
}

/** The line under the pointer of any picture. */
function HoveredLine({ ids, hovered, layout: { frame, columns }, lines, tones }: HoveredLineProps) {
  const row = hovered.value === null ? -1 : ids.indexOf(hovered.value);
  if (row < 0) return null;
  const colour = toneColour(tones[row], theme.value === 'dark');
  const path = linePath(lines[row]);
  return (
    <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true">
      <path d={path} fill="none" stroke="var(--page)" stroke-width={6} stroke-linejoin="round" />
      <path d={path} fill="none" stroke={colour} stroke-width={3} stroke-linejoin="round" />
      {columns.map((column) => <circle key={column.id} cx={column.x} cy={rowAt(column, row)} r={4} fill={colour} stroke="var(--page)" stroke-width={1.5} />)}
    </svg>
  );
}

interface HoveredValuesProps extends Pick<HoveredLineProps, 'ids' | 'hovered'> {
  readonly leading: ReadonlySignal<number | null>;
  readonly frame: Frame;
  /** Of the part that is seen. */
  readonly width: number;
  readonly scroll: RefObject<HTMLElement | null>;
  readonly columns: readonly Column[];
  readonly name: (id: number) => string;
}

/** Values of the hovered row, the score first, inside the part of the picture that is scrolled into view. */
function HoveredValues({ ids, hovered, leading, frame, width, scroll, columns, name }: HoveredValuesProps) {
  const id = hovered.value;
  const row = id === null ? -1 : ids.indexOf(id);
  if (id === null || row < 0 || leading.value === null) return null;
  const x = Math.min(width, Math.max(0, leading.value - (scroll.current?.scrollLeft ?? 0)));
  const rows = columns.filter(({ values }) => !Number.isNaN(values[row])).map(({ id: key, axis, values }) => ({ id: key, label: axis.label, value: formatValue(axis, values[row]) }));
  return <Tooltip frame={{ ...frame, width, left: 0, right: width }} x={x} title={name(id)} rows={rows.toReversed()} />;
}

interface BrushesProps {
  readonly columns: readonly PlacedColumn[];
  readonly brushes: ReadonlySignal<ReadonlyMap<string, Brush>>;
  readonly onBrush: (brushes: ReadonlyMap<string, Brush>) => void;
  readonly left: () => string;
}

/** The axes as the keyboard and the pointer see them: Tab reaches one, left and right the others. */
function Brushes({ columns, brushes, onBrush, left }: BrushesProps) {
  const host = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState(0);
  const hint = useId();
  const sideways = (from: number, by: number): void => {
    host.current?.querySelectorAll<HTMLElement>('.gc-axis-brush')[Math.min(columns.length - 1, Math.max(0, from + by))]?.focus();
  };
  return (
    <div ref={host} role="group" aria-label="Ranges of the axes" aria-describedby={hint}>
      {columns.map((column, i) => (
        <AxisBrush
          key={column.id} axis={column} x={column.x} brush={brushes.value.get(column.id) ?? null} left={left()}
          tabStop={i === Math.min(reached, columns.length - 1)} onFocus={() => setReached(i)} onSideways={(by) => sideways(i, by)}
          onBrush={(brush) => {
            const next = new Map(brushes.peek());
            if (brush) next.set(column.id, brush);
            else next.delete(column.id);
            onBrush(next);
          }}
        />
      ))}
      <p id={hint} class="visually-hidden">
        Left and right go from axis to axis. Up and down move the upper end of the range, with Shift the lower one; Escape takes the range away. Ranges of several axes hold together.
      </p>
    </div>
  );
}
