/** What a line picture draws, and what it needs to know about it. Pure. */
import type { Marker } from './colour.ts';
import { formatPercent, formatPower, formatTick } from './format.ts';
import { extent, lastAtMost, linearScale, linearTicks, logScale, paddedDomain, powerTicks, tickStep, type Scale, type Span } from './scales.ts';

export interface LineSeries {
  readonly id: string;
  /** "forecast", "expert 3" */
  readonly label: string;
  /**
   * Name in the legend, said once for all series that share it ("history" of four experts). Such a series has no name
   * at its end but `end`. Default: each series is named by its label, at its end where that fits.
   */
  readonly legend?: string;
  /** Short name at the end of a line that has a `legend`: "expert 3". */
  readonly end?: string;
  /** A CSS colour, `var(--forecast)`. */
  readonly colour: string;
  /** SVG dash array, "6 3"; default solid. */
  readonly dash?: string;
  /** Drawn at a few points of the line and beside its name. */
  readonly marker?: Marker;
  /** Line width in pixels, default 1.75. */
  readonly width?: number;
  /** `step` holds each value until the next x; `band` fills between `low` and `high`; default `line`. */
  readonly kind?: 'line' | 'step' | 'band';
  /** Training steps, ascending. */
  readonly x: Float64Array | readonly number[];
  /** Values; NaN breaks the line. May be empty for a band. */
  readonly y: Float32Array | Float64Array | readonly number[];
  /** Edges of a band; with a line or step they are drawn as its tint. */
  readonly low?: Float32Array | Float64Array | readonly number[];
  readonly high?: Float32Array | Float64Array | readonly number[];
  /** Fill of the band, default the colour at a fifth of its strength. */
  readonly fill?: string;
  /** One of many that only show the spread: seen, and in the table, but neither read out nor named at the crosshair. */
  readonly context?: boolean;
}

export interface YAxis {
  /** Name with its unit: "load share, %". */
  readonly label: string;
  /** Values at the crosshair and in words; default three significant digits. */
  readonly format?: (value: number) => string;
  /** Tick labels, given the distance between ticks (NaN where they are powers of ten). */
  readonly tick?: (value: number, step: number) => string;
  /** Fixed ends; default what the series need. */
  readonly domain?: Span;
  /** Values that cannot be left: air around the series ends here. */
  readonly limits?: Span;
  /** Logarithmic; values of 0 and less are left out. */
  readonly log?: boolean;
  /** Whether 0 is in the picture. */
  readonly zero?: boolean;
}

/** The y axis of load shares (0 to 1), shown in percent. */
export function shareAxis(label = 'load share, %', options: Partial<YAxis> = {}): YAxis {
  return {
    label,
    limits: [0, 1],
    format: (share) => formatPercent(share),
    tick: (share, step) => (Number.isNaN(step) ? formatPower(share * 100) : formatTick(share * 100, step * 100)),
    ...options,
  };
}

/** The y axis of errors that are already in percent. */
export function percentAxis(label: string, options: Partial<YAxis> = {}): YAxis {
  return { label, limits: [0, Infinity], format: (percent) => formatPercent(percent / 100), ...options };
}

/** Low and high end of the y axis: what is seen between two steps (both in), and the rules. */
export function yDomain(series: readonly LineSeries[], axis: YAxis, from: number, to: number, rules: readonly number[] = []): Span {
  if (axis.domain) return axis.domain;
  const ends = [extent(rules, 0, rules.length, axis.log)];
  for (const { x, y, low, high } of series) {
    // One point before the first, since a line enters from there.
    const first = Math.max(0, lastAtMost(x, from));
    const end = lastAtMost(x, to) + 1;
    for (const values of [y, low, high]) if (values) ends.push(extent(values, first, Math.min(end, values.length), axis.log));
  }
  const found = extent(ends.flatMap((one) => one ?? []));
  const [bottom, top] = paddedDomain(found, { zero: axis.zero, log: axis.log });
  const [least, most] = axis.limits ?? [-Infinity, Infinity];
  return [Math.max(least, bottom), Math.min(most, top)];
}

export function yScale(domain: Span, axis: YAxis, range: Span): Scale {
  return axis.log ? logScale(domain, range) : linearScale(domain, range);
}

/** Ticks of the y axis with their labels, at most 7; no label comes twice. A narrow logarithmic axis has linear ticks. */
export function yTicks(domain: Span, axis: YAxis, heightPx: number): { readonly value: number; readonly label: string }[] {
  const most = Math.max(2, Math.min(7, Math.floor(heightPx / 32)));
  const powers = axis.log ? powerTicks(domain, most) : null;
  const step = powers ? Number.NaN : tickStep(domain, most);
  const write = axis.tick ?? ((value: number) => (powers ? formatPower(value) : formatTick(value, step)));
  return (powers ?? linearTicks(domain, most)).map((value) => ({ value, label: write(value, step) }));
}

/** A series' value at a step: the last one at or before it; null outside the series and in its gaps. */
export function valueAt(series: LineSeries, step: number): { y: number; low?: number; high?: number } | null {
  const { x } = series;
  const i = lastAtMost(x, step);
  if (i < 0) return null;
  // A column may lie before the crosshair's step by less than a column; the last one ends where a next would begin.
  const width = x.length > 1 ? x[x.length - 1] - x[x.length - 2] : 1;
  if (step - x[i] >= Math.max(1, width) && i === x.length - 1) return null;
  const found = { y: series.y.length > 0 ? series.y[i] : Number.NaN, low: series.low?.[i], high: series.high?.[i] };
  return Number.isFinite(found.y) || Number.isFinite(found.low) ? found : null;
}

/** The last point of a series inside a domain of steps; null when it has none. */
export function lastPoint(series: LineSeries, from: number, to: number): { x: number; y: number } | null {
  const middle = (i: number): number => {
    if (series.y.length > 0) return series.y[i];
    return series.low && series.high ? (series.low[i] + series.high[i]) / 2 : Number.NaN;
  };
  for (let i = lastAtMost(series.x, to); i >= 0 && series.x[i] >= from; i--) {
    if (Number.isFinite(middle(i))) return { x: series.x[i], y: middle(i) };
  }
  return null;
}

/** What stands at the end of a line; null when nothing does. */
export function endName(series: LineSeries): string | null {
  return series.legend === undefined ? series.label : (series.end ?? null);
}

/** Steps at which the crosshair may stop: all at which a series has a point, ascending; `to` is outside. */
export function crosshairStops(series: readonly LineSeries[], from: number, to: number): Float64Array {
  const different = [...new Set(series.map(({ x }) => x))];
  const inside = different.map((x) => Float64Array.from(x.slice(lastAtMost(x, from - 1e-9) + 1, lastAtMost(x, to - 1e-9) + 1)));
  if (inside.length === 1) return inside[0];
  const all = new Float64Array(inside.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const steps of inside) {
    all.set(steps, at);
    at += steps.length;
  }
  all.sort();
  return all.filter((step, i) => i === 0 || step !== all[i - 1]);
}
