/** A function to make small; the gradient is that at the x of the last `value`. */
export interface Objective {
  value(x: Float64Array): number;
  gradient(into: Float64Array): void;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Whether what was left to gain, as the curvature has it, fell under the tolerance. */
  readonly converged: boolean;
  readonly iterations: number;
}

/** Beyond, tanh is 1 for all that matters. */
const bound = 8;
/** No coordinate moves farther in one iteration. */
const longestStep = 1.5;
/** Of Armijo and Wolfe: the least part of the expected gain, and how much slope may be left. */
const leastGain = 1e-4;
const slopeLeft = 0.9;

/**
 * BFGS within a box, with a line search for the weak Wolfe conditions by bisection (Lewis and Overton 2013), from an
 * inverse Hessian that is given; it ends when the expected gain ½ g'Hg is under `tolerance`, in units of the function.
 * @param inverse `[k][k]`, used up
 */
export function minimise(objective: Objective, start: Float64Array, inverse: Float64Array, tolerance: number, limit: number): Minimum {
  const k = start.length;
  const fresh = inverse.slice();
  let x = start.slice();
  let gradient = new Float64Array(k);
  const direction = new Float64Array(k);
  const tried = new Float64Array(k);
  const triedGradient = new Float64Array(k);
  let found = new Float64Array(k);
  let foundGradient = new Float64Array(k);
  const room = new Float64Array(k);
  let value = objective.value(x);
  if (!(value < Infinity)) return { x, value: Infinity, converged: false, iterations: 0 };
  objective.gradient(gradient);
  let renewed = true;
  let iteration = 0;
  for (; iteration < limit; iteration++) {
    const expected = descend(x, gradient, inverse, direction);
    const slope = dot(direction, gradient);
    if (expected < tolerance) {
      if (renewed) return { x, value, converged: true, iterations: iteration };
      inverse.set(fresh);
      renewed = true;
      continue;
    }
    let length = 1;
    let low = 0;
    let high = Infinity;
    let best = Infinity;
    for (let tries = 0; tries < 14; tries++) {
      for (let i = 0; i < k; i++) tried[i] = Math.max(-bound, Math.min(bound, x[i] + length * direction[i]));
      const there = objective.value(tried);
      if (there <= value + leastGain * length * slope) {
        best = there;
        objective.gradient(triedGradient);
        found.set(tried);
        foundGradient.set(triedGradient);
        if (dot(direction, triedGradient) >= slopeLeft * slope || length >= 4) break;
        low = length;
      } else {
        high = length;
        if (best < Infinity && high - low < 0.5 * low) break;
      }
      length = high < Infinity ? low + (high - low) * (low > 0 ? 0.5 : 0.3) : 2 * length;
    }
    if (best === Infinity) {
      if (renewed) break;
      inverse.set(fresh);
      renewed = true;
      continue;
    }
    renewed = false;
    update(inverse, x, found, gradient, foundGradient, room);
    value = best;
    [x, found] = [found, x];
    [gradient, foundGradient] = [foundGradient, gradient];
  }
  return { x, value, converged: false, iterations: iteration };
}

/**
 * Sets the direction −Hg without what leaves the box, shortened to `longestStep`: each coordinate by itself, since one
 * that is far out would hold up the others, or where that turns it too far, the whole. Returns the expected gain ½ g'Hg.
 */
function descend(x: Float64Array, gradient: Float64Array, inverse: Float64Array, direction: Float64Array): number {
  const k = x.length;
  let slope = 0;
  let clippedSlope = 0;
  let longest = longestStep;
  for (let i = 0; i < k; i++) {
    let sum = 0;
    for (let j = 0; j < k; j++) if (!leaves(x[j], gradient[j])) sum -= inverse[i * k + j] * gradient[j];
    direction[i] = leaves(x[i], gradient[i]) ? 0 : sum;
    slope += direction[i] * gradient[i];
    clippedSlope += clip(direction[i]) * gradient[i];
    longest = Math.max(longest, Math.abs(direction[i]));
  }
  const scale = longestStep / longest;
  for (let i = 0; i < k; i++) direction[i] = clippedSlope < scale * slope ? clip(direction[i]) : scale * direction[i];
  return -slope / 2;
}

function clip(step: number): number {
  return Math.max(-longestStep, Math.min(longestStep, step));
}

function leaves(x: number, gradient: number): boolean {
  return Math.abs(x) >= bound && x * gradient < 0;
}

function update(inverse: Float64Array, x: Float64Array, next: Float64Array, gradient: Float64Array, nextGradient: Float64Array, product: Float64Array): void {
  const k = x.length;
  let curvature = 0;
  let bend = 0;
  for (let i = 0; i < k; i++) {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += inverse[i * k + j] * (nextGradient[j] - gradient[j]);
    product[i] = sum;
    curvature += (next[i] - x[i]) * (nextGradient[i] - gradient[i]);
    bend += sum * (nextGradient[i] - gradient[i]);
  }
  if (!(curvature > 0)) return;
  const scale = (1 + bend / curvature) / curvature;
  for (let i = 0; i < k; i++) {
    const si = next[i] - x[i];
    for (let j = 0; j <= i; j++) {
      const sj = next[j] - x[j];
      const change = scale * si * sj - (si * product[j] + product[i] * sj) / curvature;
      inverse[i * k + j] += change;
      if (i !== j) inverse[j * k + i] += change;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
