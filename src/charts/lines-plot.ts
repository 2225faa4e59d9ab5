import { areaY, axisX, axisY, dot, gridY, line, type Markish } from '@observablehq/plot';
import { formatTick } from './format.ts';
import type { Frame } from './frame.ts';
import { drawMarker } from './markers.ts';
import { plot } from './plot.ts';
import { linearTicks, ticksThatFit, tickStep, type Span } from './scales.ts';
import { yTicks, type LineSeries, type YAxis } from './series.ts';

export interface LinesDrawing {
  readonly series: readonly LineSeries[];
  readonly frame: Frame;
  readonly xDomain: Span;
  readonly yDomain: Span;
  readonly y: YAxis;
}

/** Draws axes, grid and series with Plot; everything that moves lies over it. */
export function drawLines({ series, frame, xDomain, yDomain, y }: LinesDrawing): SVGSVGElement {
  const mostX = ticksThatFit(frame.right - frame.left);
  const stepX = xDomain[1] > xDomain[0] ? tickStep(xDomain, mostX, true) : 1;
  const rows = yTicks(yDomain, y, frame.bottom - frame.top);
  const values = rows.map(({ value }) => value);
  const marks: Markish[] = [
    gridY(values, { stroke: 'var(--rule)', strokeOpacity: 1 }),
    axisX(linearTicks(xDomain, mostX, true), {
      tickFormat: (step: number) => formatTick(step, stepX), tickSize: 5, color: 'var(--muted)', label: null,
    }),
    // Given as text: Plot drops ticks of logarithmic axes that it would not have chosen itself.
    axisY(values, { text: rows.map(({ label }) => label), tickSize: 0, tickPadding: 8, color: 'var(--muted)', label: null }),
  ];
  for (const one of series) marks.push(...bandMarks(one, y.log ?? false));
  marks.push(...contextMarks(series.filter(({ context }) => context), y.log ?? false));
  for (const one of series) if (!one.context) marks.push(...lineMarks(one, y.log ?? false));
  return plot({
    width: frame.width,
    height: frame.height,
    marginLeft: frame.left,
    marginRight: frame.width - frame.right,
    marginTop: frame.top,
    marginBottom: frame.height - frame.bottom,
    x: { type: 'linear', domain: [...xDomain], range: [frame.left, frame.right] },
    y: { type: y.log ? 'log' : 'linear', domain: [...yDomain], range: [frame.bottom, frame.top] },
    marks,
  });
}

type Values = ArrayLike<number>;

/** On a logarithmic axis there is no place for 0 and less. */
function drawable(values: Values, log: boolean): Values {
  return log ? Float64Array.from(values, (value) => (value > 0 ? value : Number.NaN)) : values;
}

/** Plot takes columns of numbers; its types want plain arrays. */
function channel(values: Values): number[] {
  return values as number[];
}

function bandMarks({ x, low, high, colour, fill, kind }: LineSeries, log: boolean): Markish[] {
  if (!low || !high || x.length === 0) return [];
  return [
    areaY({ length: x.length }, {
      x: channel(x), y1: channel(drawable(low, log)), y2: channel(drawable(high, log)), clip: true,
      fill: fill ?? colour, fillOpacity: fill ? 1 : 0.2, curve: kind === 'step' ? 'step-after' : 'linear',
    }),
  ];
}

/** Points of a line that only shows the spread; more would not be seen. */
const CONTEXT_POINTS = 100;

/**
 * Lines that only show the spread, drawn as one mark under the others in the manner of the first: 58 marks of 500
 * points took 68 ms, this takes 18 (two busy cores).
 */
function contextMarks(lines: readonly LineSeries[], log: boolean): Markish[] {
  if (lines.length === 0) return [];
  const x: number[] = [];
  const y: number[] = [];
  const z: number[] = [];
  lines.forEach((one, index) => {
    const count = Math.min(CONTEXT_POINTS, one.x.length);
    for (let i = 0; i < count; i++) {
      const at = count > 1 ? Math.round((i * (one.x.length - 1)) / (count - 1)) : 0;
      x.push(one.x[at]);
      y.push(log && !(one.y[at] > 0) ? Number.NaN : one.y[at]);
      z.push(index);
    }
  });
  const [{ colour, dash, width = 1.75 }] = lines;
  return [line({ length: x.length }, { x, y, z, stroke: colour, strokeWidth: width, strokeDasharray: dash, strokeLinejoin: 'round', clip: true })];
}

function lineMarks(series: LineSeries, log: boolean): Markish[] {
  const { x, y, colour, dash, width = 1.75, kind = 'line', marker } = series;
  if (kind === 'band' || x.length === 0 || y.length === 0) return [];
  const values = drawable(y, log);
  const points = finitePoints(values);
  const marks: Markish[] = [];
  if (points.length > 1) {
    marks.push(
      line({ length: x.length }, {
        x: channel(x), y: channel(values), stroke: colour, strokeWidth: width, strokeDasharray: dash, strokeLinejoin: 'round', clip: true,
        curve: kind === 'step' ? 'step-after' : 'linear',
      }),
    );
  }
  // A line of a single point would be invisible.
  const lonely = points.length === 1 ? points : [];
  if (lonely.length > 0 && !marker) marks.push(dot(lonely, { x: (i: number) => x[i], y: (i: number) => values[i], r: 4, fill: colour }));
  if (marker) {
    const picked = lonely.length > 0 ? lonely : someOf(points);
    marks.push(
      dot(picked, {
        x: (i: number) => x[i], y: (i: number) => values[i], clip: true,
        symbol: { draw: (context: CanvasPath) => drawMarker(marker, context) }, r: 3.5, stroke: colour, strokeWidth: 1.5, fill: 'var(--raised, white)',
      }),
    );
  }
  return marks;
}

/** Where the values are numbers: only 0, 1 and "more" matter for a line, but markers want them all. */
function finitePoints(values: Values): number[] {
  const points: number[] = [];
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) points.push(i);
  return points;
}

const MARKERS_A_LINE = 6;

function someOf(points: readonly number[]): number[] {
  const every = Math.max(1, Math.ceil(points.length / MARKERS_A_LINE));
  return points.filter((_, i) => i % every === Math.floor(every / 2));
}
