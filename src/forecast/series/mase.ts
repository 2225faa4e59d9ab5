/**
 * Mean absolute scaled error (Hyndman and Koehler 2006): the mean absolute error of a forecast over that of the naive
 * forecast within the history, `|y_t − y_{t − period}|`. Under 1 it is better than one such step ahead was. Missing
 * values (NaN) are left out.
 * @returns null where it has no value: a history that never changes, or nothing to compare
 */
export function mase(forecast: Float64Array, actual: Float64Array, history: Float64Array, period = 1): number | null {
  const error = meanDistance(forecast, actual, 0);
  const scale = meanDistance(history, history, period);
  return error !== null && scale !== null && scale > 0 ? error / scale : null;
}

/** Mean of |a_{t + lag} − b_t|; null without any pair. */
function meanDistance(a: Float64Array, b: Float64Array, lag: number): number | null {
  let sum = 0;
  let count = 0;
  for (let t = 0; t + lag < a.length && t < b.length; t++) {
    const distance = Math.abs(a[t + lag] - b[t]);
    if (!Number.isFinite(distance)) continue;
    sum += distance;
    count++;
  }
  return count > 0 ? sum / count : null;
}
