import type { ComponentChildren } from 'preact';
import { useCallback, useId, useMemo, useRef } from 'preact/hooks';
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { theme } from '../ui/theme.ts';
import { formatCount } from './format.ts';
import { placed } from './frame.ts';
import { defaultName, describeRow, describeRows, rowsBy, type LinkedProps, type Reference } from './linked.ts';
import type { MarkGroup } from './mark-groups.ts';
import { MarkLayer } from './mark-layer.tsx';
import { Placeholder } from './placeholder.tsx';
import { isPlaced, layoutPoints, nearestPoint, placeRuleName, rowsInBox, type PointLayout } from './point-layout.ts';
import { RowSurface } from './row-surface.tsx';
import { toneColour } from './tone-colour.ts';
import { Tooltip, type TooltipRow } from './tooltip.tsx';
import { textWidth, useWidth } from './use-size.ts';
import { axisName, formatValue, type Column } from './value-axis.ts';

/** What pictures of points over two axes have in common. */
export interface PointPictureProps extends LinkedProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  /** What something simple gets: a horizontal line, or a mark on the legend where the axes have other things. */
  readonly reference?: Reference;
  /** Pixels without the legend, kept before rows come; default 280. */
  readonly height?: number;
  /** Shown while no row has a place; default "No trials yet". */
  readonly placeholder?: string;
}

export interface PointPlotProps extends PointPictureProps {
  readonly x: Column;
  readonly y: Column;
  /** What is said and shown of a row. */
  readonly facts: readonly Column[];
  /** More that is shown of a row. */
  readonly moreFacts?: (row: number, layout: PointLayout) => readonly TooltipRow[];
  /** What the picture is described by: the lowest, the highest, and how many are better than the reference. */
  readonly score: Column;
  /** Colour of each row by its score. */
  readonly tone: (row: number) => number | null;
  readonly legend: ComponentChildren;
  /** `dots` over colours of their own, `ends` of lines: a cross where a row was ended early. Default `points`. */
  readonly marks?: 'points' | 'dots' | 'ends';
  /** Drawn under the points, and under the pointer over them. */
  readonly renderUnder?: (layout: PointLayout, chosen: ReadonlySignal<ReadonlySet<number> | null>) => ComponentChildren;
  readonly renderOver?: (layout: PointLayout) => ComponentChildren;
  /** The row at a pixel; default that of the nearest point. */
  readonly nearest?: (layout: PointLayout, rows: readonly number[], x: number, y: number) => number | null;
}

const notPruned = (): boolean => false;
/** More points than these are drawn smaller. */
const MANY_POINTS = 300;

/** Points over two axes; a rectangle drawn with the pointer chooses rows for all linked pictures. */
export function PointPlot(props: PointPlotProps) {
  const { label, x, y, ids, selected, hovered, reference, facts, score, tone, marks = 'points', pruned = notPruned, name = defaultName, plural = 'trials', height = 280 } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = useId();
  const leading = useSignal<number | null>(null);
  const chosen = useComputed(() => (selected.value.size > 0 ? selected.value : null));
  // Nothing has a place before the width is known.
  const layout = useMemo(() => layoutPoints(width > 0 ? ids : [], x, y, width, height, reference ? [reference.value] : []), [ids, x, y, width, height, reference?.value]);
  const { frame } = layout;
  const order = useMemo(() => rowsBy(x.values).filter((row) => isPlaced(layout, row)), [layout]);
  const upwards = useMemo(() => rowsBy(y.values).filter((row) => isPlaced(layout, row)), [layout]);
  const described = useMemo(() => describeRows(ids, score, { name, plural }, reference), [ids, score, reference?.value]);
  const radius = marks === 'dots' ? (ids.length > MANY_POINTS ? 1.25 : 2) : ids.length > MANY_POINTS ? 2.75 : 3.75;
  const paths = useMemo(
    () => ids.map((_, row) => {
      const [atX, atY] = [tenths(layout.xs[row]), tenths(layout.ys[row])];
      if (!isPlaced(layout, row)) return '';
      return marks === 'ends' && pruned(row) ? `M${atX - 3} ${atY - 3}l6 6m0 -6l-6 6` : circlePath(atX, atY, radius);
    }),
    [layout, radius, marks, pruned],
  );
  const look = useCallback((group: MarkGroup, colour: string) => pointLook(group, colour, marks, ids.length > MANY_POINTS), [marks, ids.length > MANY_POINTS]);
  const nearest = (atX: number, atY: number): number | null => {
    const picked = chosen.peek();
    const rows = picked ? order.filter((row) => picked.has(ids[row])) : order;
    return props.nearest ? props.nearest(layout, rows, atX, atY) : nearestPoint(layout, rows, atX, atY);
  };

  return (
    <div class="gc-points">
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">{axisName(y.axis)}</span>
        {ids.length > 0 && <span class="gc-keys">{props.legend}</span>}
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <>
            <div role="img" aria-label={label} aria-describedby={words}>
              <svg class="gc-layer" width={width} height={height} aria-hidden="true" data-export="">
                <PointAxes layout={layout} xName={axisName(x.axis)} without={withoutWords(ids.length - order.length, order.length, x)} />
              </svg>
              {order.length > 0 && props.renderUnder?.(layout, chosen)}
              <MarkLayer width={width} height={height} ids={ids} chosen={chosen} pruned={pruned} tone={tone} paths={paths} look={look} />
              <svg class="gc-layer" width={width} height={height} aria-hidden="true" data-export="">
                {order.length > 0 && props.renderOver?.(layout)}
                {reference && order.length > 0 && <ReferenceLine reference={reference} layout={layout} />}
              </svg>
            </div>
            {order.length === 0 && <Placeholder frame={frame} text={props.placeholder ?? `No ${plural} yet`} />}
            {order.length > 0 && (
              <>
                <Hovered {...{ ids, hovered, leading, layout, facts, name, tone }} more={props.moreFacts} />
                <RowSurface
                  label={`${label}, ${plural}`} frame={frame} ids={ids} order={order} upwards={upwards} selected={selected} hovered={hovered} onPick={props.onPick}
                  nearest={nearest} describe={(row) => describeRow(name(ids[row]), facts, row)} inside={(area) => rowsInBox(layout, area)} leading={leading}
                />
              </>
            )}
          </>
        )}
      </div>
      <p id={words} class="visually-hidden">{described}</p>
    </div>
  );
}

function withoutWords(missing: number, there: number, { axis }: Column): string {
  return missing > 0 && there > 0 ? `${formatCount(missing)} without ${axis.label}` : '';
}

function tenths(pixel: number): number {
  return Math.round(pixel * 10) / 10;
}

function circlePath(x: number, y: number, radius: number): string {
  return `M${tenths(x - radius)} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
}

function pointLook({ faint, pruned }: MarkGroup, colour: string, marks: PointPlotProps['marks'], many: boolean): Record<string, string | number> {
  const opacity = faint ? 0.5 : 1;
  if (marks === 'dots') return pruned ? { fill: 'none', stroke: 'var(--page)', 'stroke-width': 1, opacity } : { fill: 'var(--page)', opacity };
  if (pruned) return { fill: 'none', stroke: colour, 'stroke-width': faint ? 1 : many ? 1.25 : 1.5, opacity };
  return { fill: colour, stroke: 'var(--page)', 'stroke-width': many ? 0.4 : 0.75, opacity };
}

function PointAxes({ layout: { frame, x, y, xTicks, yTicks }, xName, without }: { readonly layout: PointLayout; readonly xName: string; readonly without: string }) {
  const last = xTicks[xTicks.length - 1];
  return (
    <g class="gc-axis">
      {yTicks.map(({ value, label }) => (
        <g key={value} transform={`translate(${frame.left} ${y.at(value)})`}>
          <path class="gc-grid-line" d={`M0 0H${frame.right - frame.left}`} />
          <text x={-8} dy="0.35em" text-anchor="end">{label}</text>
        </g>
      ))}
      {xTicks.map(({ value, label, line }) => {
        const at = x.at(value);
        const lean = value === last.value && at + textWidth(label) / 2 > frame.width;
        return (
          <g key={value} transform={`translate(${at} ${frame.bottom})`}>
            <path d="M0 0V5" />
            <text y={17 + line * 15} text-anchor={lean ? 'end' : 'middle'}>{label}</text>
          </g>
        );
      })}
      <text class="gc-axis-name" x={frame.right} y={frame.height - 10} text-anchor="end">{xName}</text>
      {without && textWidth(without) + textWidth(xName) + 16 <= frame.right && <text class="gc-axis-name" x={0} y={frame.height - 10}>{without}</text>}
    </g>
  );
}

function ReferenceLine({ reference: { label, value }, layout }: { readonly reference: Reference; readonly layout: PointLayout }) {
  const { frame, y } = layout;
  const at = y.at(value);
  const name = `${label} ${formatValue(y.axis, value)}`;
  const place = placeRuleName(layout, at, textWidth(name));
  return (
    <g>
      <path d={`M${frame.left} ${at}H${frame.right}`} stroke="var(--average)" stroke-width={1.5} stroke-dasharray="6 3" fill="none" />
      <text class="gc-halo" x={place.x} y={place.y} text-anchor={place.anchor}>{name}</text>
    </g>
  );
}

interface HoveredProps extends Pick<PointPlotProps, 'ids' | 'facts' | 'tone'> {
  readonly hovered: ReadonlySignal<number | null>;
  readonly leading: ReadonlySignal<number | null>;
  readonly layout: PointLayout;
  readonly name: (id: number) => string;
  readonly more: PointPlotProps['moreFacts'];
}

/** The point under the pointer of any picture, with its values where this one leads. */
function Hovered({ ids, hovered, leading, layout, facts, name, tone, more }: HoveredProps) {
  const id = hovered.value;
  const row = id === null ? -1 : ids.indexOf(id);
  if (id === null || row < 0 || !isPlaced(layout, row)) return null;
  const { frame, xs, ys } = layout;
  const rows = facts.filter(({ values }) => !Number.isNaN(values[row])).map(({ id: key, axis, values }) => ({ id: key, label: axis.label, value: formatValue(axis, values[row]) }));
  return (
    <>
      <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true">
        <circle cx={xs[row]} cy={ys[row]} r={8} fill="none" stroke="var(--page)" stroke-width={4} />
        <circle cx={xs[row]} cy={ys[row]} r={8} fill="none" stroke="var(--text)" stroke-width={1.75} />
        <circle cx={xs[row]} cy={ys[row]} r={4} fill={toneColour(tone(row), theme.value === 'dark')} stroke="var(--page)" stroke-width={1} />
      </svg>
      {leading.value !== null && <Tooltip frame={frame} x={xs[row]} title={name(id)} rows={[...rows, ...(more?.(row, layout) ?? [])]} />}
    </>
  );
}
