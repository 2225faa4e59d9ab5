import { solveDamped } from '../cholesky.ts';
import type { Factor } from './coefficients.ts';
import { unbounded } from './factor-starts.ts';

/**
 * A start by regressions (Hannan and Rissanen 1982): innovations of a long autoregression stand for the unknown ones, and
 * the series is regressed on its own last p values and on the last q of those.
 * @param series centred
 * @param long order of the first autoregression
 * @param factors all of lag 1
 * @returns x, or null where the regression fails
 */
export function hannanRissanen(series: Float64Array, p: number, q: number, long: number, factors: readonly Factor[]): Float64Array | null {
  const n = series.length;
  const count = p + q;
  const e = residualsOf(series, yuleWalker(series, long));
  const matrix = new Float64Array(count * count);
  const vector = new Float64Array(count);
  const row = new Float64Array(count);
  for (let t = long + Math.max(p, q); t < n; t++) {
    for (let i = 0; i < p; i++) row[i] = series[t - 1 - i];
    for (let i = 0; i < q; i++) row[p + i] = e[t - 1 - i];
    for (let i = 0; i < count; i++) {
      vector[i] += row[i] * series[t];
      for (let j = 0; j < count; j++) matrix[i * count + j] += row[i] * row[j];
    }
  }
  if (!solveDamped(matrix, vector, 1e-6, new Float64Array(count * count), vector)) return null;
  const x = new Float64Array(count);
  placeFactors(vector.subarray(0, p), factors.filter(({ side }) => side === 'ar'), x);
  placeFactors(vector.subarray(p).map((value) => -value), factors.filter(({ side }) => side === 'ma'), x);
  return x.every(Number.isFinite) ? x : null;
}

/** Durbin–Levinson on the sample autocovariances. */
function yuleWalker(series: Float64Array, order: number): Float64Array {
  const covariance = new Float64Array(order + 1);
  for (let k = 0; k <= order; k++) for (let t = k; t < series.length; t++) covariance[k] += series[t] * series[t - k];
  const a = new Float64Array(order);
  const before = new Float64Array(order);
  let variance = covariance[0];
  for (let k = 1; k <= order && variance > 0; k++) {
    let sum = covariance[k];
    for (let i = 0; i < k - 1; i++) sum -= a[i] * covariance[k - 1 - i];
    const pacf = sum / variance;
    before.set(a);
    for (let i = 0; i < k - 1; i++) a[i] = before[i] - pacf * before[k - 2 - i];
    a[k - 1] = pacf;
    variance *= 1 - pacf * pacf;
  }
  return a;
}

function residualsOf(series: Float64Array, a: Float64Array): Float64Array {
  const e = new Float64Array(series.length);
  for (let t = a.length; t < series.length; t++) {
    e[t] = series[t];
    for (let i = 0; i < a.length; i++) e[t] -= a[i] * series[t - 1 - i];
  }
  return e;
}

/** Deals the roots of 1 − a₁z − … − aₖzᵏ to factors: pairs of complex ones first, the smallest real one to a linear factor. */
function placeFactors(a: Float64Array, factors: readonly Factor[], x: Float64Array): void {
  const { re, im } = inverseRoots(a);
  const complex: (readonly [number, number])[] = [];
  const real: number[] = [];
  for (let i = 0; i < re.length; i++) {
    // A root outside is mirrored in, as far as the largest start allows.
    const scale = 1 / Math.max(1, Math.hypot(re[i], im[i]));
    if (im[i] > 1e-8) complex.push([re[i] * scale, im[i] * scale]);
    else if (im[i] >= -1e-8) real.push(re[i] * scale);
  }
  real.sort((one, other) => Math.abs(other) - Math.abs(one));
  for (const { at, degree } of factors.toSorted((one, other) => other.degree - one.degree)) {
    const pair = degree === 2 ? complex.shift() : undefined;
    if (pair) {
      x.set(unbounded(2 * pair[0], -(pair[0] * pair[0] + pair[1] * pair[1]), 2), at);
      continue;
    }
    const [one, other] = [real.shift() ?? 0, degree === 2 ? (real.shift() ?? 0) : 0];
    x.set(unbounded(one + other, -one * other, degree), at);
  }
}

/** Inverse roots of 1 − a₁z − … − aₖzᵏ by the iteration of Durand and Kerner. */
function inverseRoots(a: Float64Array): { readonly re: Float64Array; readonly im: Float64Array } {
  const k = a.length;
  const re = Float64Array.from({ length: k }, (_, i) => 0.9 * Math.cos((2 * Math.PI * i) / k + 0.4));
  const im = Float64Array.from({ length: k }, (_, i) => 0.9 * Math.sin((2 * Math.PI * i) / k + 0.4));
  for (let round = 0, moved = 1; round < 100 && moved > 1e-12; round++) {
    moved = 0;
    for (let i = 0; i < k; i++) {
      let x = 1;
      let y = 0;
      for (let j = 0; j < k; j++) [x, y] = [x * re[i] - y * im[i] - a[j], x * im[i] + y * re[i]];
      for (let j = 0; j < k; j++) {
        if (j === i) continue;
        const u = re[i] - re[j];
        const v = im[i] - im[j];
        const size = u * u + v * v + 1e-300;
        [x, y] = [(x * u + y * v) / size, (y * u - x * v) / size];
      }
      re[i] -= x;
      im[i] -= y;
      moved = Math.max(moved, Math.abs(x) + Math.abs(y));
    }
  }
  return { re, im };
}
