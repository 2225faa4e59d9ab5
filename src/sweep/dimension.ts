/** A dimension by itself: its values along the unit interval, on a grid, and all of them. */
import type { Dimension } from './types.ts';

export type RangeDimension = Extract<Dimension, { readonly kind: 'range' }>;
type Value = number | string;

/** Digits of values on a log range: three, more where its ends lie close together. */
function digitsOf({ from, to }: RangeDimension): number {
  return 2 + Math.max(1, Math.ceil(Math.log10(to / (to - from))));
}

/**
 * What values around a number are multiples of, so that they read well: a thousandth to a ten thousandth of a linear range,
 * the last digit on a log one. 0: of nothing, as steps read well by themselves.
 */
function roundingAt(range: RangeDimension, x: number): number {
  const { from, to, step, scale } = range;
  if (step > 0 && !(scale === 'log' && step === 1 && Number.isInteger(from))) return 0;
  return Math.max(step, 10 ** (scale === 'log' ? Math.floor(Math.log10(x)) - digitsOf(range) + 1 : Math.floor(Math.log10(to - from)) - 3));
}

/** Without the last digits that sums of floating-point numbers leave. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** The greatest value: `to` where a whole number of steps leads there. */
function lastOf({ from, to, step }: RangeDimension): number {
  return step === 0 ? to : tidy(from + step * Math.floor((to - from) / step + 1e-9));
}

/** The value of a range that is nearest to a number; its ends are values whether they are round or not. */
function nearest(range: RangeDimension, x: number): number {
  const { from, step } = range;
  const last = lastOf(range);
  const rounding = roundingAt(range, x);
  const value = tidy(rounding > 0 ? rounding * Math.round(x / rounding) : from + step * Math.round((x - from) / step));
  if (value <= from || x - from < Math.abs(x - value)) return from;
  return value >= last || last - x < Math.abs(x - value) ? last : value;
}

/**
 * What the unit interval covers, on the range's scale. Steps have half a step on each side of them, so that the outer ones
 * come up as often as the others.
 */
function coveredBy(range: RangeDimension): readonly [low: number, high: number] {
  const { from, step, scale } = range;
  // A logarithm has nothing below 0.
  const below = scale === 'log' ? Math.min(step / 2, from / 2) : step / 2;
  return [onScale(scale, from - below), onScale(scale, lastOf(range) + step / 2)];
}

const onScale = (scale: RangeDimension['scale'], value: number): number => (scale === 'log' ? Math.log(value) : value);
const offScale = (scale: RangeDimension['scale'], place: number): number => (scale === 'log' ? Math.exp(place) : place);

/** @param coordinate in [0, 1] */
export function valueAt(dimension: Dimension, coordinate: number): Value {
  if (dimension.kind === 'choice') return dimension.values[Math.min(dimension.values.length - 1, Math.floor(coordinate * dimension.values.length))];
  const [low, high] = coveredBy(dimension);
  return nearest(dimension, offScale(dimension.scale, low + coordinate * (high - low)));
}

/** Where in [0, 1] a value lies, of a choice the middle of its part; null: it is no value of the dimension. */
export function coordinateOf(dimension: Dimension, value: Value): number | null {
  if (dimension.kind === 'choice') {
    const place = dimension.values.indexOf(value);
    return place < 0 ? null : (place + 0.5) / dimension.values.length;
  }
  if (typeof value !== 'number' || !(value >= dimension.from && value <= dimension.to)) return null;
  const [low, high] = coveredBy(dimension);
  return Math.min(1, (onScale(dimension.scale, value) - low) / (high - low));
}

/** Values that a grid takes, each once, ascending. A range with one point has its middle. */
export function gridValues(dimension: Dimension): readonly Value[] {
  if (dimension.kind === 'choice') return dimension.values;
  const { from, gridPoints, scale } = dimension;
  const [low, high] = [onScale(scale, from), onScale(scale, lastOf(dimension))];
  return [...new Set(Array.from({ length: gridPoints }, (_, i) => {
    const part = gridPoints === 1 ? 0.5 : i / (gridPoints - 1);
    return nearest(dimension, offScale(scale, low + part * (high - low)));
  }))];
}

/** All values that `valueAt` can give, ascending. */
export function* everyValue(dimension: Dimension): Generator<Value> {
  if (dimension.kind === 'choice') {
    yield* dimension.values;
    return;
  }
  const last = lastOf(dimension);
  for (let value = dimension.from; ; ) {
    yield value;
    if (value >= last) return;
    const rounding = roundingAt(dimension, value);
    const next = tidy(rounding > 0 ? rounding * Math.floor(value / rounding + 1 + 1e-9) : value + dimension.step);
    value = Math.min(last, next);
  }
}
