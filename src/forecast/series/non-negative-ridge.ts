import type { NormalEquations } from './normal-equations.ts';

export interface StackingSettings {
  /** λ as a part of the mean diagonal of XᵀX; default 0.01, more than 0. */
  readonly ridge?: number;
  /** Weights sum to 1, and the ridge draws them to 1 / size; otherwise it draws them to 0. Default true. */
  readonly sumToOne?: boolean;
}

/** An inactive weight whose gradient is under this part of the largest diagonal stays inactive. */
const tolerance = 1e-12;

/**
 * Weights w ≥ 0 that make |y − X w|² + λ |w − w₀|² least: stacking of forecasts, X those of past origins and y what came.
 * An active-set method (Lawson and Hanson 1974, chapter 23), which with weights that sum to 1 starts from the best
 * single forecast and carries the multiplier of the sum along. Exact but for rounding.
 */
export function nonNegativeRidge({ size, gram, cross }: NormalEquations, { ridge = 0.01, sumToOne = true }: StackingSettings = {}): Float64Array {
  const problem = new ActiveSet(size, gram, cross, ridge, sumToOne);
  return problem.solve();
}

class ActiveSet {
  readonly #size: number;
  readonly #hessian: Float64Array;
  readonly #linear: Float64Array;
  readonly #sumToOne: boolean;
  readonly #weights: Float64Array;
  /** Weights that may differ from 0. */
  #free: number[] = [];

  constructor(size: number, gram: Float64Array, cross: Float64Array, ridge: number, sumToOne: boolean) {
    this.#size = size;
    this.#hessian = gram.slice();
    this.#linear = cross.slice();
    this.#sumToOne = sumToOne;
    this.#weights = new Float64Array(size);
    let diagonal = 0;
    for (let i = 0; i < size; i++) diagonal += gram[i * size + i] / size;
    const lambda = ridge * (diagonal > 0 ? diagonal : 1);
    for (let i = 0; i < size; i++) {
      this.#hessian[i * size + i] += lambda;
      if (sumToOne) this.#linear[i] += lambda / size;
    }
  }

  solve(): Float64Array {
    if (this.#sumToOne) this.#startWithBest();
    // Each round frees a weight and makes the objective smaller, so that no set comes twice; rounding is what the limit is for.
    for (let round = 0; round < 10 * this.#size; round++) {
      const entering = this.#steepest();
      if (entering < 0) break;
      this.#free.push(entering);
      this.#descend();
    }
    return this.#weights;
  }

  #startWithBest(): void {
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < this.#size; i++) {
      const objective = this.#hessian[i * this.#size + i] / 2 - this.#linear[i];
      if (objective >= least) continue;
      least = objective;
      best = i;
    }
    this.#weights[best] = 1;
    this.#free = [best];
  }

  /** The weight at 0 whose growth would help most; −1 where none would. */
  #steepest(): number {
    const size = this.#size;
    let multiplier = 0;
    if (this.#sumToOne) for (const i of this.#free) multiplier += this.#gain(i) / this.#free.length;
    let largest = 0;
    for (let i = 0; i < size; i++) largest = Math.max(largest, this.#hessian[i * size + i], Math.abs(this.#linear[i]));
    let best = -1;
    let most = tolerance * largest;
    for (let i = 0; i < size; i++) {
      const gain = this.#free.includes(i) ? 0 : this.#gain(i) - multiplier;
      if (gain <= most) continue;
      most = gain;
      best = i;
    }
    return best;
  }

  /** Negative derivative of the objective by one weight. */
  #gain(i: number): number {
    let gain = this.#linear[i];
    for (let j = 0; j < this.#size; j++) gain -= this.#hessian[i * this.#size + j] * this.#weights[j];
    return gain;
  }

  /** Goes to the best weights of the free set; what would become negative on the way leaves it. */
  #descend(): void {
    while (this.#free.length > 0) {
      const target = this.#best();
      let step = 1;
      let blocking = -1;
      for (let at = 0; at < target.length; at++) {
        const weight = this.#weights[this.#free[at]];
        if (target[at] >= 0 || weight / (weight - target[at]) >= step) continue;
        step = weight / (weight - target[at]);
        blocking = this.#free[at];
      }
      this.#free.forEach((i, at) => {
        this.#weights[i] = i === blocking ? 0 : Math.max(0, this.#weights[i] + step * (target[at] - this.#weights[i]));
      });
      if (blocking < 0) return;
      this.#free = this.#free.filter((i) => this.#weights[i] > 0);
    }
  }

  /** The best weights of the free set without regard to signs, in its order. */
  #best(): Float64Array {
    const factor = this.#cholesky();
    const best = this.#solved(factor, Float64Array.from(this.#free, (i) => this.#linear[i]));
    if (!this.#sumToOne) return best;
    const perUnit = this.#solved(factor, new Float64Array(best.length).fill(1));
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    const multiplier = (1 - sum(best)) / sum(perUnit);
    return best.map((value, at) => value + multiplier * perUnit[at]);
  }

  /** Lower factor of the free set's part of the Hessian, `[free][free]`. */
  #cholesky(): Float64Array {
    const free = this.#free;
    const size = free.length;
    const factor = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = this.#hessian[free[i] * this.#size + free[j]];
        for (let k = 0; k < j; k++) rest -= factor[i * size + k] * factor[j * size + k];
        factor[i * size + j] = i === j ? Math.sqrt(Math.max(rest, Number.MIN_VALUE)) : rest / factor[j * size + j];
      }
    }
    return factor;
  }

  #solved(factor: Float64Array, right: Float64Array): Float64Array {
    const size = right.length;
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) right[i] -= factor[i * size + k] * right[k];
      right[i] /= factor[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) right[i] -= factor[k * size + i] * right[k];
      right[i] /= factor[i * size + i];
    }
    return right;
  }
}
