import { minimise, type Objective } from './bfgs.ts';
import { solveDamped } from '../cholesky.ts';
import { Coefficients, type Factor } from './coefficients.ts';
import { ConditionalFit } from './conditional.ts';
import { Likelihood } from './likelihood.ts';

/** Exploring searches stop early: optima that matter stand out by then. */
const exploring = { tolerance: 1e-3, iterations: 25 };
const finishing = { tolerance: 1e-5, iterations: 300, worth: 1e-3, searches: 5 };
/** Of x, for second derivatives. */
const difference = 1e-4;
const smallestCurvature = 1e-6;

export interface Optimum {
  readonly x: Float64Array;
  /** As `Likelihood.value`. */
  readonly value: number;
}

/** One model on one complete series: what a search needs, with its room, for many starts. */
export class Workbench {
  readonly coefficients: Coefficients;
  readonly likelihood: Likelihood;
  readonly #conditional: ConditionalFit;

  /** @param series differenced and complete, in units of about its standard deviation */
  constructor(series: Float64Array, factors: readonly Factor[], withConstant: boolean) {
    const mean = withConstant ? series.reduce((sum, value) => sum + value, 0) / series.length : 0;
    this.coefficients = new Coefficients(factors);
    this.likelihood = new Likelihood(series, this.coefficients, withConstant);
    this.#conditional = new ConditionalFit(mean === 0 ? series : series.map((value) => value - mean), this.coefficients);
  }

  /** Improves a start in place by the conditional sum of squares. */
  improve(x: Float64Array): void {
    this.#conditional.improve(x);
  }

  /**
   * A search that ends early: from a start, scaled by the Gauss–Newton matrix there.
   * @param objective made small instead of this likelihood, which is near it
   */
  explore(start: Float64Array, objective: Objective = this.likelihood): Optimum {
    this.#conditional.information(this.#conditional.value(start));
    return minimise(objective, start, inverseOf(this.#conditional.matrix, start.length), exploring.tolerance, exploring.iterations);
  }

  /** Standardised innovations at x, `[n]`. */
  innovations(x: Float64Array, into: Float64Array): void {
    this.likelihood.value(x);
    this.likelihood.innovations(into);
  }
}

/**
 * Searches to the end, and anew from there while that still finds something. Scaled by differences of the gradient: near
 * the unit circle the Gauss–Newton matrix says nothing of the exact likelihood.
 */
export function finish(objective: Objective, start: Float64Array): Optimum {
  let best: Optimum = { x: start, value: Infinity };
  for (let again = 0; again < finishing.searches; again++) {
    const found = minimise(objective, best.x, inverseOf(hessianOf(objective, best.x), start.length), finishing.tolerance, finishing.iterations);
    const gained = best.value - found.value;
    best = found;
    if (!(gained > finishing.worth)) break;
  }
  return best;
}

function hessianOf(objective: Objective, x: Float64Array): Float64Array {
  const count = x.length;
  const hessian = new Float64Array(count * count);
  const gradient = new Float64Array(count);
  const moved = x.slice();
  for (let i = 0; i < count; i++) {
    for (const step of [difference, -difference]) {
      moved[i] = x[i] + step;
      if (!(objective.value(moved) < Infinity)) continue;
      objective.gradient(gradient);
      for (let j = 0; j < count; j++) {
        const part = gradient[j] / (4 * step);
        hessian[i * count + j] += part;
        hessian[j * count + i] += part;
      }
    }
    moved[i] = x[i];
  }
  return hessian;
}

/** Of a matrix that should be positive definite, damped until it is: along ridges it is nearly singular. */
function inverseOf(matrix: Float64Array, count: number): Float64Array {
  const room = new Float64Array(count * count);
  const inverse = new Float64Array(count * count);
  const positive = matrix.slice();
  for (let i = 0; i < count; i++) positive[i * (count + 1)] = Math.max(Math.abs(positive[i * (count + 1)]), smallestCurvature);
  for (let ridge = 1e-2; ridge < 1e9; ridge *= 4) {
    inverse.fill(0);
    let solved = 0;
    for (; solved < count; solved++) {
      const row = inverse.subarray(solved * count, (solved + 1) * count);
      row[solved] = 1;
      if (!solveDamped(positive, row, ridge, room, row)) break;
    }
    if (solved === count) return inverse;
  }
  inverse.fill(0);
  for (let i = 0; i < count; i++) inverse[i * (count + 1)] = 1;
  return inverse;
}
