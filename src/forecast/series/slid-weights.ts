/**
 * How much each value of a window counts in the mean of the `horizon` values that follow, when each of those is the mean of
 * the last `window` values before it, forecast ones among them. All series have the same weights.
 *
 * With z the window's values followed by the forecasts, the mean's derivatives by them, last first, are
 *   gᵢ = [i is forecast] / horizon + (1 / window) Σ gₘ,
 * m the forecasts whose window holds i: i < m ≤ i + window. A running sum makes that O(window + horizon).
 * @returns from the oldest value to the newest, `[window]`, summing to 1
 */
export function slidWeights(window: number, horizon: number): Float64Array {
  const g = new Float64Array(window + horizon);
  let inWindows = 0;
  for (let i = g.length - 1; i >= 0; i--) {
    g[i] = (i >= window ? 1 / horizon : 0) + inWindows / window;
    if (i >= window) inWindows += g[i];
    // Next comes i − 1, whose last window is that of i − 1 + window: the one of i + window no longer holds it.
    if (i + window < g.length) inWindows -= g[i + window];
  }
  return g.subarray(0, window);
}
