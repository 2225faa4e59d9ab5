import { fillGaps } from './gaps.ts';

/**
 * What is left of a series without its least-squares line and without what follows from the value before (first-order
 * autoregression), with values beyond four robust deviations cut, of even length and mean 0. Of all that, a seasonal
 * pattern keeps its period. Gaps are filled with lines.
 * @returns null where nothing is left but rounding
 */
export function whitened(series: Float64Array): Float64Array | null {
  const rest = fillGaps(series.slice());
  const { length } = rest;
  const mean = rest.reduce((sum, value) => sum + value, 0) / length;
  const middle = (length - 1) / 2;
  let product = 0;
  let spread = 0;
  for (let i = 0; i < length; i++) {
    product += (i - middle) * (rest[i] - mean);
    spread += (i - middle) * (i - middle);
  }
  const slope = product / spread;
  let squares = 0;
  let products = 0;
  for (let i = 0; i < length; i++) {
    rest[i] -= mean + slope * (i - middle);
    squares += rest[i] * rest[i];
    if (i > 0) products += rest[i] * rest[i - 1];
  }
  if (!(squares > 1e-20 * length * mean * mean)) return null;
  const correlation = products / squares;
  for (let i = length - 1; i > 0; i--) rest[i] -= correlation * rest[i - 1];
  const even = rest.subarray(length % 2 === 0 ? 2 : 1);
  cutOutliers(even);
  const level = even.reduce((sum, value) => sum + value, 0) / even.length;
  return even.map((value) => value - level);
}

function cutOutliers(values: Float64Array): void {
  const sizes = values.map(Math.abs).sort();
  // 1.4826 times the median size estimates a Gaussian deviation.
  const furthest = 4 * 1.4826 * sizes[sizes.length >> 1];
  if (furthest === 0) return;
  for (let i = 0; i < values.length; i++) values[i] = Math.max(-furthest, Math.min(furthest, values[i]));
}
