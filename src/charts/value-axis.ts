/** Axes of numbers and of names, placed in pixels: what parallel coordinates and pictures of points share. Pure. */
import { THIN_SPACE, formatNumber, formatPower, formatTick } from './format.ts';
import { extent, linearScale, linearTicks, logScale, paddedDomain, powerTicks, tickStep, type Span } from './scales.ts';

interface Named {
  /** "learning rate" */
  readonly label: string;
  /** "%", "steps" */
  readonly unit?: string;
}

export interface NumberAxis extends Named {
  /** On a logarithmic axis there is no place for 0 and less. */
  readonly kind: 'linear' | 'log';
  /** Fixed ends; default what the values need. */
  readonly domain?: Span;
  /** Only whole numbers have a tick. */
  readonly whole?: boolean;
  /** Values far above the others do not stretch the axis; they are drawn at its upper end. */
  readonly robust?: boolean;
  /** Values at the pointer and in words; default three significant digits and the unit. */
  readonly format?: (value: number) => string;
}

/** Values are places in `names`, from 0. */
export interface CategoryAxis extends Named {
  readonly kind: 'category';
  /** Each once. */
  readonly names: readonly string[];
}

export type ValueAxis = NumberAxis | CategoryAxis;

/** One value for each row; NaN where a row has none. */
export interface Column {
  readonly id: string;
  readonly axis: ValueAxis;
  readonly values: ArrayLike<number>;
}

export interface AxisTick {
  readonly value: number;
  readonly label: string;
}

/** An axis between two pixels. */
export interface PlacedAxis {
  readonly axis: ValueAxis;
  /** From low to high; that of categories is from −0.5 to their number less a half. */
  readonly domain: Span;
  /** Pixels of both ends. */
  readonly range: Span;
  /** Whether values above the upper end are drawn at it. */
  readonly clipped: boolean;
  /** Pixel of a value, of one beyond the axis its end; NaN for a value that has no place. */
  at(value: number): number;
  /** Value of a pixel, never beyond the axis. */
  invert(pixel: number): number;
  readonly ticks: readonly AxisTick[];
}

export interface AxisOptions {
  /** Values that have to be on the axis besides those of the rows: a reference. */
  readonly extra?: readonly number[];
  /** At most so many ticks, default 7. */
  readonly most?: number;
}

/** Name of an axis with its unit: "score, %". */
export function axisName({ label, unit }: ValueAxis): string {
  return unit ? `${label}, ${unit}` : label;
}

/** A value in words: "0.001", "64 steps", the category's name; an en dash for none. */
export function formatValue(axis: ValueAxis, value: number): string {
  if (axis.kind === 'category') return axis.names[value] ?? '–';
  if (axis.format) return axis.format(value);
  return axis.unit && Number.isFinite(value) ? `${formatNumber(value)}${THIN_SPACE}${axis.unit}` : formatNumber(value);
}

/** Ends of an axis with a little air; null where nothing has a place on it. */
export function axisDomain(axis: ValueAxis, values: ArrayLike<number>, extra: readonly number[] = []): Span | null {
  if (axis.kind === 'category') return axis.names.length > 0 ? [-0.5, axis.names.length - 0.5] : null;
  if (axis.domain) return axis.domain;
  const log = axis.kind === 'log';
  const span = extent(values, 0, values.length, log);
  const kept: Span | null = span && axis.robust ? [span[0], robustHigh(values, log)] : span;
  const whole = extent([...(kept ?? []), ...extra], 0, undefined, log);
  if (whole && log && whole[0] === whole[1]) return [whole[0] / 2, whole[1] * 2];
  return whole && paddedDomain(whole, { log });
}

/** The largest value that is not more than one and a half interquartile ranges above the third quartile. */
function robustHigh(values: ArrayLike<number>, log: boolean): number {
  const sorted = Float64Array.from(values).filter((value) => Number.isFinite(value) && (!log || value > 0)).sort();
  const scaled = (i: number): number => (log ? Math.log(sorted[i]) : sorted[i]);
  const quarter = scaled(Math.floor((sorted.length - 1) / 4));
  const third = scaled(Math.ceil(((sorted.length - 1) * 3) / 4));
  const fence = third + 1.5 * (third - quarter);
  let last = sorted.length - 1;
  while (last > 0 && scaled(last) > fence) last--;
  return sorted[last];
}

/** The same axis with fixed ends that hold all of several lists of values: what several pictures share, colours too. */
export function commonDomain(axis: NumberAxis, lists: readonly ArrayLike<number>[], extra: readonly number[] = []): NumberAxis {
  const domain = axisDomain(axis, Float64Array.from(lists.flatMap((values) => Array.from(values))), extra);
  return domain ? { ...axis, domain } : axis;
}

export function placeAxis(axis: ValueAxis, values: ArrayLike<number>, range: Span, { extra, most = 7 }: AxisOptions = {}): PlacedAxis {
  const log = axis.kind === 'log';
  const found = axisDomain(axis, values, extra);
  const domain = found ?? paddedDomain(null, { log });
  const scale = log ? logScale(domain, range) : linearScale(domain, range);
  const [low, high] = domain;
  const within = (value: number): number => Math.min(high, Math.max(low, value));
  return {
    axis, domain, range,
    clipped: (extent(values)?.[1] ?? -Infinity) > high,
    at: (value) => (!Number.isFinite(value) || (log && value <= 0) ? Number.NaN : scale.at(within(value))),
    invert: (pixel) => within(scale.invert(pixel)),
    ticks: found ? axisTicks(axis, domain, most) : [],
  };
}

function axisTicks(axis: ValueAxis, domain: Span, most: number): AxisTick[] {
  if (axis.kind === 'category') return axis.names.map((label, value) => ({ value, label }));
  const powers = axis.kind === 'log' ? powerTicks(domain, most) : null;
  // Two numbers say little about an axis that holds one power of ten.
  if (powers && (powers.length > 2 || domain[1] > 20 * domain[0])) return powers.map((value) => ({ value, label: formatPower(value) }));
  const step = tickStep(domain, most, axis.whole);
  return linearTicks(domain, most, axis.whole).map((value) => ({ value, label: formatTick(value, step) }));
}

/** Pixels that one category takes; 0 on axes of numbers. */
export function bandPx({ axis, range }: PlacedAxis): number {
  return axis.kind === 'category' ? Math.abs(range[1] - range[0]) / Math.max(1, axis.names.length) : 0;
}

/** Place of a value between the ends of its axis, 0 to 1. */
export function positionOn({ at, range: [from, to] }: PlacedAxis, value: number): number {
  return (at(value) - from) / (to - from || 1);
}
