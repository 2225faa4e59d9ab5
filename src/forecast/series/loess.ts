/**
 * Loess on equally spaced points, as STL uses it: a local mean (degree 0) or line (degree 1) with tricube weights over
 * the nearest `window` points (Cleveland, Cleveland, McRae, Terpenning, "STL", Journal of Official Statistics 6, 1990;
 * details as in the authors' Fortran, which R's `stats::stl` runs). Points count from 0.
 */
export interface LoessSettings {
  /** Points that a fit looks at, odd; where it is longer than the series, weights reach as far as if it were that long. */
  readonly window: number;
  readonly degree: 0 | 1;
  /** Fits every `jump`-th point and draws lines between. */
  readonly jump: number;
}

/**
 * Smooths the first `length` values.
 * @param weights of single points, or null for 1 each
 * @param into smoothed values; what has no weight near it stays as it is
 * @param work at least `length` long
 */
export function loess(values: Float64Array, length: number, settings: LoessSettings, weights: Float64Array | null, into: Float64Array, work: Float64Array): void {
  if (length < 2) {
    into[0] = values[0];
    return;
  }
  const { window } = settings;
  const jump = Math.min(settings.jump, length - 1);
  const last = length - 1;
  let fitted = 0;
  for (let at = 0; ; at = Math.min(at + jump, last)) {
    const estimate = loessAt(values, length, settings, at, firstPoint(at === last ? lastRegular(last, jump) : at, length, window), weights, work);
    into[at] = Number.isNaN(estimate) ? values[at] : estimate;
    const slope = (into[at] - into[fitted]) / (at - fitted);
    for (let between = fitted + 1; between < at; between++) into[between] = into[fitted] + slope * (between - fitted);
    fitted = at;
    if (at === last) return;
  }
}

/** The last point that jumps from the first one reach: the last point of all is fitted with the same neighbours. */
function lastRegular(last: number, jump: number): number {
  return last - (last % jump);
}

/** First of the `window` points around a point. */
function firstPoint(at: number, length: number, window: number): number {
  if (window >= length) return 0;
  const before = (window - 1) >> 1;
  return Math.min(Math.max(0, at - before), length - window);
}

/**
 * The local fit at `at`, which may lie one point outside, over the points from `from` on.
 * @returns NaN where no point has weight
 */
export function loessAt(values: Float64Array, length: number, { window, degree }: LoessSettings, at: number, from: number, weights: Float64Array | null, work: Float64Array): number {
  const to = Math.min(length, from + window) - 1;
  const reach = Math.max(at - from, to - at) + (window > length ? (window - length) >> 1 : 0);
  const far = 0.999 * reach;
  const near = 0.001 * reach;
  let total = 0;
  for (let i = from; i <= to; i++) {
    const distance = Math.abs(i - at);
    let weight = 0;
    if (distance <= near) weight = 1;
    else if (distance <= far) {
      const part = distance / reach;
      const rest = 1 - part * part * part;
      weight = rest * rest * rest;
    }
    if (weights) weight *= weights[i];
    work[i] = weight;
    total += weight;
  }
  if (!(total > 0)) return NaN;
  let centre = 0;
  let tilt = 0;
  if (degree === 1 && reach > 0) {
    for (let i = from; i <= to; i++) centre += (work[i] / total) * i;
    let spread = 0;
    for (let i = from; i <= to; i++) spread += (work[i] / total) * (i - centre) * (i - centre);
    if (Math.sqrt(spread) > 0.001 * (length - 1)) tilt = (at - centre) / spread;
  }
  let fit = 0;
  for (let i = from; i <= to; i++) fit += (work[i] / total) * (1 + tilt * (i - centre)) * values[i];
  return fit;
}
