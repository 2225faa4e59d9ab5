import { useCallback, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Annotations, Spans, type Rule, type ShadedSpan } from './annotations.tsx';
import { makeFrame, placed, type Cursor, type Frame, type Mark, type StepSpan } from './frame.ts';
import { drawSoon, redrawSoon } from './draw-queue.ts';
import { formatNumber, formatStep } from './format.ts';
import { Grip, type Handle } from './handles.tsx';
import { EndLabels, Legend, endLabelRoom, endLabelled } from './legend.tsx';
import { LinesCrosshair } from './lines-crosshair.tsx';
import { drawLines, type LinesDrawing } from './lines-plot.ts';
import { Placeholder } from './placeholder.tsx';
import { linearScale, type Scale } from './scales.ts';
import { crosshairStops, endName, valueAt, yDomain, yScale, yTicks, type LineSeries, type YAxis } from './series.ts';
import { Surface } from './surface.tsx';
import { textWidth, useWidth } from './use-size.ts';
import { describeAll } from './words.ts';

export interface LinesProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  readonly series: readonly LineSeries[];
  /** Steps from the left to the right edge, half open. */
  readonly steps: StepSpan;
  /** default "training step" */
  readonly xLabel?: string;
  /** What a place on the x axis is called at the crosshair and in words; default "step". */
  readonly xWord?: string;
  readonly y: YAxis;
  /** Height of the picture in pixels without its legend, kept before values come; default 280. */
  readonly height?: number;
  readonly spans?: readonly ShadedSpan[];
  readonly marks?: readonly Mark[];
  readonly rules?: readonly Rule[];
  /** Vertical lines that can be moved: origin (with `main`), start of the window, end of the horizon. */
  readonly handles?: readonly Handle[];
  /** Shared by all pictures of a cell; default one of its own. */
  readonly cursor?: Cursor;
  /** Called with the steps that were chosen; without it nothing can be chosen. */
  readonly onSelect?: (span: StepSpan) => void;
  readonly onZoomOut?: () => void;
  /** Called with a point that was clicked, or chosen with the arrow keys and Enter: up and down go from line to line. */
  readonly onPick?: (step: number, series: LineSeries) => void;
  /** Whether lines still grow: their names stand where they end, which may be in the middle of the picture. */
  readonly growing?: boolean;
  /** Shown in place of the lines while there are none; default "No steps to show". */
  readonly placeholder?: string;
  readonly loading?: boolean;
}

const NOTHING: readonly never[] = [];

/** Lines over training steps, with crosshair, movable lines and choice of steps. At most some thousand points a series. */
export function Lines(props: LinesProps) {
  const { label, series, steps, xLabel = 'training step', xWord = 'step', y, height = 280, cursor: shared, loading = false } = props;
  const { spans = NOTHING, marks = NOTHING, rules = NOTHING, handles = NOTHING } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = useId();
  const own = useSignal<number | null>(null);
  const cursor = shared ?? own;
  const row = useSignal<number | null>(null);
  const { onPick } = props;
  const { fromStep, toStep } = steps;

  // Callers write axis and rules in place: what counts is what stands in them, or every render would draw anew.
  const ruleValues = rules.map(({ value }) => value);
  const domain = useMemo(
    () => yDomain(series, y, fromStep, toStep, ruleValues),
    [series, y.domain?.[0], y.domain?.[1], y.log, y.zero, fromStep, toStep, ruleValues.join()],
  );
  // Room for labels is kept where there may be some later: a boundary comes with its answer.
  const rows = !props.marks && !props.handles ? 0 : marks.length + handles.length > 2 ? 2 : 1;
  // A narrow picture has room at its right for short names only.
  const bare = endLabelled(width < 520 ? series.filter(({ end }) => end !== undefined) : series, fromStep, toStep, width, height - 70);
  const frame = useMemo(() => {
    const widest = yTicks(domain, y, height).reduce((most, { label: text }) => Math.max(most, textWidth(text)), 24);
    return makeFrame(width, height, { left: Math.max(44, widest + 14), right: Math.max(22, endLabelRoom(bare)), top: 10 + rows * 17, bottom: 44 });
  }, [width, height, domain, y.label, y.log, bare.map(endName).join('\n'), rows]);
  const x = linearScale([fromStep, toStep], [frame.left, frame.right]);
  const yPixels = yScale(domain, y, [frame.bottom, frame.top]);
  const format = y.format ?? ((value: number) => formatNumber(value));
  const stops = useMemo(() => crosshairStops(series, fromStep, toStep), [series, fromStep, toStep]);
  const told = useMemo(() => series.filter((one) => !one.context), [series]);
  const described = useMemo(() => describeAll(told.filter((one) => one.y.length > 0), format, xWord), [told]);
  const empty = stops.length === 0;

  return (
    <div class="gc-lines" aria-busy={loading}>
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">{y.label}</span>
        <Legend series={series} named={bare} />
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <>
            <Spans spans={spans} frame={frame} x={x} />
            <div class="gc-layer" role="img" aria-label={label} aria-describedby={words}>
              <Drawing series={series} frame={frame} fromStep={fromStep} toStep={toStep} domain={domain} y={y} />
            </div>
            <EndLabels series={bare} frame={frame} x={x} y={yPixels} growing={props.growing ?? false} />
            <Annotations frame={frame} x={x} y={yPixels} spans={spans} marks={marks} rules={rules} handles={handles} rows={rows} xLabel={xLabel} />
            {empty && <Placeholder frame={frame} text={loading ? 'Loading…' : (props.placeholder ?? 'No steps to show')} />}
            <LinesCrosshair frame={frame} x={x} y={yPixels} series={told} picked={row} xWord={xWord} cursor={cursor} format={format} />
            <Surface
              label={`${label}, crosshair`} frame={frame} x={x} stops={stops} endStep={toStep} snap="point" cursor={cursor}
              describe={(step, line) => sayValues(onPick ? [told[line]] : told, step, xWord, format)} onSelect={props.onSelect} onZoomOut={props.onZoomOut}
              rows={onPick && { count: told.length, row, at: (step, place) => nearestLine(told, step, yPixels, place) }}
              onPick={onPick && ((step, line) => onPick(step, told[line]))}
            />
            {handles.map((handle) => <Grip key={handle.id} handle={handle} frame={frame} x={x} />)}
          </>
        )}
      </div>
      <p id={words} class="visually-hidden">{described}</p>
    </div>
  );
}

/** Place of the series whose value at a step is drawn nearest to a pixel. */
function nearestLine(series: readonly LineSeries[], step: number, y: Scale, place: number): number {
  const away = series.map((one) => Math.abs(y.at(valueAt(one, step)?.y ?? NaN) - place));
  return away.reduce((best, distance, i) => (distance < away[best] || !(away[best] >= 0) ? i : best), 0);
}

function sayValues(series: readonly LineSeries[], step: number, xWord: string, format: (value: number) => string): string {
  const values = series.flatMap((one) => {
    const found = valueAt(one, step);
    return found && Number.isFinite(found.y) ? [`${one.label} ${format(found.y)}`] : [];
  });
  return `${xWord} ${formatStep(step)}: ${values.length > 0 ? values.join(', ') : 'no values'}`;
}

interface DrawingProps {
  readonly series: readonly LineSeries[];
  readonly frame: Frame;
  readonly fromStep: number;
  readonly toStep: number;
  readonly domain: readonly [number, number];
  readonly y: YAxis;
}

/** What Plot draws, when its turn has come: always the newest state. */
function Drawing({ series, frame, fromStep, toStep, domain, y }: DrawingProps) {
  const host = useRef<HTMLDivElement>(null);
  const newest = useRef<LinesDrawing>(null);
  newest.current = { series, frame, xDomain: [fromStep, toStep], yDomain: domain, y };
  const draw = useCallback(() => {
    if (!host.current || !newest.current) return;
    const svg = drawLines(newest.current);
    svg.setAttribute('aria-hidden', 'true');
    svg.dataset['export'] = '';
    host.current.replaceChildren(svg);
  }, []);
  useLayoutEffect(() => {
    if (host.current?.hasChildNodes()) redrawSoon(draw);
    else drawSoon(draw);
  }, [series, frame, fromStep, toStep, domain, y.label, y.log]);
  return <div ref={host} />;
}
