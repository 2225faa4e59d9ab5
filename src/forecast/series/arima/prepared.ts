import { fillGaps } from '../gaps.ts';
import { differenced } from './differences.ts';
import type { FullOrder } from './order.ts';

/** Below this part of the largest value, what a series varies by is rounding. */
const rounding = 1e-9;

/** A series as the fits take it. What is not finite is missing. */
export interface Prepared {
  /** From the first observation on, NaN in gaps. */
  readonly series: Float64Array;
  /** Gaps filled by straight lines, the last one by the last value. */
  readonly filled: Float64Array;
  readonly observed: number;
  /** Missing values before the first observation. */
  readonly skipped: number;
  /** Largest magnitude. */
  readonly largest: number;
}

/** Null when nothing was observed. */
export function prepared(values: Float64Array): Prepared | null {
  const skipped = values.findIndex(Number.isFinite);
  if (skipped < 0) return null;
  const series = values.slice(skipped).map((value) => (Number.isFinite(value) ? value : NaN));
  const there = series.filter(Number.isFinite);
  const largest = there.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { series, filled: fillGaps(series.slice()), observed: there.length, skipped, largest };
}

/** The differenced series, and what it varies by: 0 where that is nothing but rounding. */
export interface Differenced {
  readonly series: Float64Array;
  readonly mean: number;
  /** Standard deviation, and root of the mean square. */
  readonly deviation: number;
  readonly size: number;
}

export function differencedOf({ filled, largest }: Prepared, order: Pick<FullOrder, 'd' | 'D' | 'period'>): Differenced {
  const series = differenced(filled, order);
  const n = Math.max(1, series.length);
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(series.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / n);
  const size = Math.hypot(deviation, mean);
  const beyondRounding = (value: number): number => (value > rounding * largest ? value : 0);
  return { series, mean, deviation: beyondRounding(deviation), size: beyondRounding(size) };
}
