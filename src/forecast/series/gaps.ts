/**
 * Draws lines across missing values (what is not finite), in place; before the first and after the last value that is
 * there, that value goes on. A series without any becomes 0.
 */
export function fillGaps(series: Float64Array): Float64Array {
  let known = -1;
  for (let i = 0; i < series.length; i++) {
    if (!Number.isFinite(series[i])) continue;
    const from = known < 0 ? series[i] : series[known];
    const slope = (series[i] - from) / (i - known);
    for (let gap = known + 1; gap < i; gap++) series[gap] = from + slope * (gap - known);
    known = i;
  }
  return series.fill(known < 0 ? 0 : series[known], known + 1);
}
