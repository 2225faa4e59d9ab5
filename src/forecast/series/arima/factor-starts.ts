import type { Factor } from './coefficients.ts';

/** Moduli of the roots at which pairs of quadratic factors are tried, and how many angles between 0 and π each gets. */
const rings = [[0.4, 3], [0.7, 8], [0.9, 16], [0.97, 40]] as const;
const realRoots = [-0.95, -0.8, -0.5, 0, 0.5, 0.8, 0.95];
/** Starts that are nearer than this in both coefficients lead to the same optimum. */
const apart = 0.15;
/** A search does not begin where tanh is flat. */
const largestStart = 0.97;

interface Trial {
  readonly first: number;
  readonly second: number;
  /** How far apart the two sides should start, and by how much the sum of squares falls then. */
  readonly apartFirst: number;
  readonly apartSecond: number;
  readonly gain: number;
  /** Sum of squares of u. */
  readonly left: number;
}

/**
 * Where new factors promise most. A factor 1 − a₁B − a₂B² on both sides cancels; moved apart by δ, the innovations become
 * e − δ₁ uₜ₋₁ − δ₂ uₜ₋₂ with u = (1 − a₁B − a₂B²)⁻¹ e, so a regression of e on u says what the pair gains and how far
 * apart it should start. The likelihood of a mixed model has many optima; they differ in the frequencies where its factors
 * sit, and this finds the good ones. A lone autoregressive factor starts from 0 by the same regression; a lone moving average
 * leaves u itself, and starts where that is smallest.
 * @param e innovations of the model without the new factors
 * @param added one factor, or one on each side that are alike
 * @returns up to `most` starting values of the new factors' numbers, the best first
 */
export function factorStarts(e: Float64Array, added: readonly Factor[], most: number): Float64Array[] {
  const { degree, lag, side } = added[0];
  const u = new Float64Array(e.length);
  const starts: Float64Array[] = [];
  if (added.length === 1) {
    const { apartFirst, apartSecond } = trial(e, u, 0, 0, degree, lag);
    const sign = side === 'ar' ? 1 : -1;
    starts.push(Float64Array.of(...unbounded(sign * apartFirst, sign * apartSecond, degree)));
    if (side === 'ar') return starts;
  }
  const alone = added.length === 1;
  const chosen: Trial[] = [];
  const trials = placesOf(degree).map(([first, second]) => trial(e, u, first, second, degree, lag));
  trials.sort((a, b) => (alone ? a.left - b.left : b.gain - a.gain));
  for (const one of trials) {
    if (starts.length === most) break;
    if (chosen.some((other) => Math.hypot(one.first - other.first, one.second - other.second) < apart)) continue;
    chosen.push(one);
    const there = unbounded(one.first, one.second, degree);
    starts.push(Float64Array.of(...(alone ? [] : unbounded(one.first + one.apartFirst, one.second + one.apartSecond, degree)), ...there));
  }
  return starts;
}

function placesOf(degree: 1 | 2): (readonly [number, number])[] {
  if (degree === 1) return realRoots.map((root) => [root, 0] as const);
  const complex = rings.flatMap(([modulus, angles]) =>
    Array.from({ length: angles }, (_, i) => [2 * modulus * Math.cos(((i + 0.5) * Math.PI) / angles), -modulus * modulus] as const));
  const real = realRoots.flatMap((root, i) => realRoots.slice(i + 1).map((other) => [root + other, -root * other] as const));
  return [...complex, ...real];
}

function trial(e: Float64Array, u: Float64Array, first: number, second: number, degree: 1 | 2, lag: number): Trial {
  let s11 = 1e-300;
  let s12 = 0;
  let s22 = 1e-300;
  let b1 = 0;
  let b2 = 0;
  let left = 0;
  for (let t = 0; t < e.length; t++) {
    const u1 = t >= lag ? u[t - lag] : 0;
    const u2 = degree === 2 && t >= 2 * lag ? u[t - 2 * lag] : 0;
    b1 += u1 * e[t];
    b2 += u2 * e[t];
    s11 += u1 * u1;
    s12 += u1 * u2;
    s22 += u2 * u2;
    u[t] = e[t] + first * u1 + second * u2;
    left += u[t] * u[t];
  }
  const determinant = s11 * s22 - s12 * s12 * (1 - 1e-9);
  const apartFirst = degree === 1 ? b1 / s11 : (b1 * s22 - b2 * s12) / determinant;
  const apartSecond = degree === 1 ? 0 : (b2 * s11 - b1 * s12) / determinant;
  return { first, second, apartFirst, apartSecond, gain: b1 * apartFirst + b2 * apartSecond, left };
}

/** The numbers in x of a factor 1 − a₁B − a₂B², drawn to where it is stationary. */
export function unbounded(first: number, second: number, degree: 1 | 2): number[] {
  const within = (pacf: number): number => Math.atanh(Math.max(-largestStart, Math.min(largestStart, pacf)));
  return degree === 1 ? [within(first)] : [within(first / (1 - Math.min(largestStart, second))), within(second)];
}
