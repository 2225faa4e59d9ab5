/**
 * Durbin–Levinson downwards: partial autocorrelations of the autoregression 1 − a₁z − … − aₖzᵏ, and the coefficients of all
 * lower orders, order j at j(j − 1)/2. All roots lie outside the unit circle exactly if all of them lie in (−1, 1).
 * @param orders `[k(k + 1)/2]`, filled
 * @param pacf `[k]`, filled
 * @returns false when a root lies on or inside the unit circle; then neither holds anything of use
 */
export function stepDown(a: Float64Array, count: number, orders: Float64Array, pacf: Float64Array): boolean {
  let at = (count * (count - 1)) / 2;
  for (let i = 0; i < count; i++) orders[at + i] = a[i];
  for (let k = count; k >= 1; k--) {
    const last = orders[at + k - 1];
    pacf[k - 1] = last;
    if (!(Math.abs(last) < 1)) return false;
    const scale = 1 / (1 - last * last);
    const below = at - (k - 1);
    for (let i = 0; i < k - 1; i++) orders[below + i] = (orders[at + i] + last * orders[at + k - 2 - i]) * scale;
    at = below;
  }
  return true;
}

/** Whether all roots of 1 − a₁z − … − aₖzᵏ have a modulus above `modulus`. */
export function rootsBeyond(a: Float64Array, modulus: number): boolean {
  const count = a.length;
  let power = 1;
  const scaled = a.map((value) => value * (power *= modulus));
  return stepDown(scaled, count, new Float64Array((count * (count + 1)) / 2), new Float64Array(count));
}
