import type { FullOrder } from './order.ts';

/** (1 − B)^d (1 − Bᵐ)^D of a complete series; d + D·m values shorter. */
export function differenced(series: Float64Array, { d, D, period }: Pick<FullOrder, 'd' | 'D' | 'period'>): Float64Array {
  let out = series;
  for (let i = 0; i < D; i++) out = lagged(out, period);
  for (let i = 0; i < d; i++) out = lagged(out, 1);
  return out;
}

function lagged(series: Float64Array, lag: number): Float64Array {
  return Float64Array.from({ length: Math.max(0, series.length - lag) }, (_, t) => series[t + lag] - series[t]);
}

/** δ of yₜ = wₜ + Σ δᵢ yₜ₋ᵢ, `[d + D·m]`, where w is the differenced y. */
export function differenceWeights({ d, D, period }: FullOrder): Float64Array {
  let polynomial = [1];
  for (let i = 0; i < d + D; i++) {
    const lag = i < D ? period : 1;
    const next = Array.from({ length: polynomial.length + lag }, () => 0);
    for (const [j, value] of polynomial.entries()) {
      next[j] += value;
      next[j + lag] -= value;
    }
    polynomial = next;
  }
  return Float64Array.from(polynomial.slice(1), (value) => -value);
}
