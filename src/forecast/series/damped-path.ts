import { within, type Reach } from './reach.ts';

/** Where a series goes from now on: `start + slope (φ + φ² + … + φ^h)` h values ahead, a line when φ is 1. */
export interface DampedPath {
  readonly start: number;
  readonly slope: number;
  /** φ in (0, 1] */
  readonly phi: number;
}

/** φ + φ² + … + φ^h; h where φ is 1. */
function dampedSum(phi: number, h: number): number {
  if (phi === 1) return h;
  return (-phi * Math.expm1(h * Math.log(phi))) / (1 - phi);
}

/** The damped sums of h = 1 … `horizon`, added up. */
export function dampedSumTotal(phi: number, horizon: number): number {
  if (phi === 1) return (horizon * (horizon + 1)) / 2;
  // With φ this near to 1 the closed form is a difference of nearly equal numbers.
  if (horizon * (1 - phi) < 1e-3) {
    let total = 0;
    for (let h = 1; h <= horizon; h++) total += dampedSum(phi, h);
    return total;
  }
  return (phi / (1 - phi)) * (horizon - dampedSum(phi, horizon));
}

/** The next `into.length` values of a path, kept within reach. */
export function pathValues(path: DampedPath, reach: Reach, into: Float64Array): Float64Array {
  let damping = 1;
  let moved = 0;
  for (let h = 0; h < into.length; h++) {
    damping *= path.phi;
    moved += damping;
    into[h] = within(reach, path.start + path.slope * moved);
  }
  return into;
}

/**
 * Mean of the next `horizon` values of a path, kept within reach, in closed form: a path goes one way, so it may lie
 * outside on one side first, then within, then outside on the other.
 */
export function pathMean(path: DampedPath, reach: Reach, horizon: number): number {
  const { start, slope, phi } = path;
  if (slope === 0) return within(reach, start);
  const [near, far] = slope > 0 ? [reach.lower, reach.upper] : [reach.upper, reach.lower];
  const entered = Math.min(horizon, valuesBefore(path, near));
  const left = Math.max(entered, Math.min(horizon, valuesBefore(path, far)));
  const moved = dampedSumTotal(phi, left) - dampedSumTotal(phi, entered);
  return (entered * near + (left - entered) * start + slope * moved + (horizon - left) * far) / horizon;
}

/** How many values come before the path crosses a limit. */
function valuesBefore({ start, slope, phi }: DampedPath, limit: number): number {
  const sum = (limit - start) / slope;
  if (sum < phi) return 0;
  if (phi === 1) return Math.floor(sum);
  const rest = 1 - (sum * (1 - phi)) / phi;
  return rest <= 0 ? Infinity : Math.floor(Math.log(rest) / Math.log(phi));
}
