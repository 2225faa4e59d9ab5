import { random } from '../../random.ts';

export interface BootstrapSettings {
  /** Values that stay together, at least as many as depend on each other; default the cube root of their number, rounded up. */
  readonly blockLength?: number;
  /** Default 2,000. */
  readonly resamples?: number;
  /** Default 0.9. */
  readonly coverage?: number;
  readonly seed: number;
}

export interface MeanInterval {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Interval of a mean by the moving-block bootstrap (Künsch 1989): means of resampled blocks, centred on the mean, since
 * blocks hold the ends of a series more rarely than its middle. For differences of losses it says whether one forecaster
 * is better. NaN is left out; no value or one gives an interval without width.
 * @param values in the order of time
 */
export function blockBootstrap(values: Float64Array, { blockLength, resamples = 2000, coverage = 0.9, seed }: BootstrapSettings): MeanInterval {
  const known = values.filter(Number.isFinite);
  const n = known.length;
  if (n === 0) return { mean: 0, lower: 0, upper: 0 };
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i] + known[i];
  const length = Math.min(n, Math.max(1, Math.round(blockLength ?? Math.ceil(Math.cbrt(n)))));
  const starts = n - length + 1;
  const next = random(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let total = 0;
    for (let filled = 0; filled < n; filled += length) {
      const start = Math.floor(next() * starts);
      total += sums[start + Math.min(length, n - filled)] - sums[start];
    }
    means[resample] = total / n;
  }
  means.sort();
  const mean = sums[n] / n;
  const shift = mean - means.reduce((sum, value) => sum + value, 0) / resamples;
  return { mean, lower: quantile(means, (1 - coverage) / 2) + shift, upper: quantile(means, (1 + coverage) / 2) + shift };
}

/** Between the nearest two, as R's type 7. */
function quantile(sorted: Float64Array, part: number): number {
  const at = part * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
