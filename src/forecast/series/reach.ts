/**
 * How far forecasts of a series may go: no further from what was seen than the width of what was seen.
 * It touches no forecast over a horizon for which a trend can be believed, and keeps a slope that was fitted to
 * 30 noisy values from running away over 2,000.
 */
export interface Reach {
  readonly lower: number;
  readonly upper: number;
  /** Lowest and highest value seen. */
  readonly low: number;
  readonly high: number;
}

/** The reach of a series' finite values; nothing seen reaches 0 alone. */
export function reachOf(series: Float64Array): Reach {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < series.length; i++) {
    if (!Number.isFinite(series[i])) continue;
    if (series[i] < low) low = series[i];
    if (series[i] > high) high = series[i];
  }
  if (low > high) return { lower: 0, upper: 0, low, high };
  return { lower: low - (high - low), upper: high + (high - low), low, high };
}

export function within({ lower, upper }: Reach, value: number): number {
  return Math.min(upper, Math.max(lower, value));
}
