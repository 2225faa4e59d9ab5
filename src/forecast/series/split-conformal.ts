/** Half-widths of intervals, one a horizon. */
export interface ConformalRadii {
  readonly radii: Float64Array;
  /** Whether there were enough residuals of each horizon for the coverage to be certain. */
  readonly certain: boolean;
}

/**
 * Split conformal intervals (Vovk et al. 2005; Lei et al. 2018): the ⌈(n + 1) coverage⌉-th smallest of n past absolute
 * residuals, which the next one does not exceed with at least that probability when all are exchangeable. With fewer than
 * coverage / (1 − coverage) residuals no finite radius is certain, and the largest of them stands in.
 * @param residuals absolute errors of past origins, `[origins][horizons]`; NaN is left out
 * @param coverage between 0 and 1
 */
export function splitConformal(residuals: Float64Array, horizons: number, coverage: number): ConformalRadii {
  const origins = residuals.length / horizons;
  const radii = new Float64Array(horizons);
  const sorted = new Float64Array(origins);
  let certain = true;
  for (let horizon = 0; horizon < horizons; horizon++) {
    let count = 0;
    for (let at = horizon; at < residuals.length; at += horizons) if (Number.isFinite(residuals[at])) sorted[count++] = residuals[at];
    sorted.subarray(0, count).sort();
    const place = placeOf(count, coverage);
    if (place > count) certain = false;
    radii[horizon] = count === 0 ? 0 : sorted[Math.min(place, count) - 1];
  }
  return { radii, certain };
}

/** ⌈(count + 1) coverage⌉, at least 1; rounding of a product that should be whole does not raise it. */
export function placeOf(count: number, coverage: number): number {
  return Math.max(1, Math.ceil((count + 1) * coverage - 1e-9));
}
