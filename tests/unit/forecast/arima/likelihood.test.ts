import { describe, expect, test } from 'vitest';
import { minimise, type Objective } from '../../../../src/forecast/series/arima/bfgs.ts';
import { Coefficients, factorsOf } from '../../../../src/forecast/series/arima/coefficients.ts';
import { differenced } from '../../../../src/forecast/series/arima/differences.ts';
import { GapLikelihood } from '../../../../src/forecast/series/arima/gap-likelihood.ts';
import { Likelihood } from '../../../../src/forecast/series/arima/likelihood.ts';
import { constantOf, fullOrder, type ArimaOrder, type Constant } from '../../../../src/forecast/series/arima/order.ts';
import { rootsBeyond } from '../../../../src/forecast/series/arima/step-down.ts';
import { gaussian, random } from '../../../../src/random.ts';
import { autocovariances, profile } from './dense.ts';

const next = random(3);
const normal = (count: number, scale = 1): Float64Array => Float64Array.from({ length: count }, () => scale * gaussian(next));

/** A seeded series, summed up `d` times, with missing values where a part is given. */
function seriesOf(length: number, d: number, missing = 0): Float64Array {
  let values = normal(length);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    values = values.map((value) => (sum += value));
  }
  const first = values[0];
  return values.map((value, i) => (i > 0 && (next() < missing || (missing > 0 && i >= 40 && i < 46)) ? NaN : value - first));
}

function expectGradient(objective: Objective, x: Float64Array): void {
  const gradient = new Float64Array(x.length);
  objective.value(x);
  objective.gradient(gradient);
  for (const [i, slope] of gradient.entries()) {
    const at = (step: number): number => objective.value(x.map((value, j) => (j === i ? value + step : value)));
    const numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
    expect(Math.abs(slope - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
  }
}

const stationary: readonly ArimaOrder[] = [
  { p: 0, d: 0, q: 0 }, { p: 2, d: 0, q: 0 }, { p: 0, d: 0, q: 3 }, { p: 5, d: 0, q: 5 }, { p: 3, d: 0, q: 2 },
  { p: 1, d: 0, q: 1, P: 1, Q: 1, period: 4 }, { p: 2, d: 0, q: 1, P: 2, Q: 2, period: 6 }, { p: 5, d: 0, q: 1, P: 1, period: 3 },
];

describe('coefficients', () => {
  test('whatever is searched, the model is stationary and invertible', () => {
    for (const order of stationary) {
      const coefficients = new Coefficients(factorsOf(fullOrder(order)));
      for (const scale of [0.1, 1, 10]) {
        coefficients.set(normal(coefficients.count, scale));
        expect(rootsBeyond(coefficients.phi, 1)).toBe(true);
        expect(rootsBeyond(coefficients.theta.map((value) => -value), 1)).toBe(true);
      }
    }
  });

  test('the whole polynomial is the product of its parts', () => {
    const coefficients = new Coefficients(factorsOf(fullOrder({ p: 2, d: 0, q: 3, P: 1, Q: 2, period: 4 })));
    coefficients.set(normal(coefficients.count, 0.5));
    const [ar, seasonalAr, ma, seasonalMa] = [coefficients.part('ar', 1), coefficients.part('ar', 4), coefficients.part('ma', 1), coefficients.part('ma', 4)];
    expect([ar.length, seasonalAr.length, ma.length, seasonalMa.length]).toEqual([2, 1, 3, 2]);
    // (1 − φ₁z − φ₂z²)(1 − Φz⁴) and (1 + θ₁z + …)(1 + Θ₁z⁴ + Θ₂z⁸) at z = 0.7
    const at = (values: Float64Array, z: number): number => values.reduce((sum, value, i) => sum + value * z ** (i + 1), 0);
    expect(1 - at(coefficients.phi, 0.7)).toBeCloseTo((1 - at(ar, 0.7)) * (1 - at(seasonalAr, 0.7 ** 4)), 12);
    expect(1 + at(coefficients.theta, 0.7)).toBeCloseTo((1 + at(ma, 0.7)) * (1 + at(seasonalMa, 0.7 ** 4)), 12);
  });

  test('roots within a margin of the unit circle are found', () => {
    // 1 − 1.5z + 0.5z²: roots 1 and 2. 1 − 0.98z: root 1.0204.
    expect(rootsBeyond(Float64Array.of(1.5, -0.5), 1)).toBe(false);
    expect(rootsBeyond(Float64Array.of(0.98), 1.02)).toBe(true);
    expect(rootsBeyond(Float64Array.of(0.98), 1.021)).toBe(false);
  });
});

describe.each(stationary)('exact likelihood of %o', (order) => {
  const coefficients = new Coefficients(factorsOf(fullOrder(order)));

  test.each([true, false])('is that of the whole covariance matrix, with a constant: %s', (withConstant) => {
    const series = normal(100).map((value) => value + 0.3);
    const x = normal(coefficients.count, 0.5);
    const likelihood = new Likelihood(series, coefficients, withConstant);
    const value = likelihood.value(x);
    const gamma = autocovariances(coefficients.phi, coefficients.theta, 100);
    const covariance = Array.from(series, (_, i) => Array.from(series, (__, j) => gamma[Math.abs(i - j)]));
    expect(value).toBeCloseTo(profile([...series], covariance, withConstant ? Array.from(series, () => 1) : null), 6);
    expectGradient(likelihood, x);
  });

  test('with gaps is that of the observed part of the matrix', () => {
    const series = seriesOf(100, 0, 0.1);
    const there = [...series.keys()].filter((i) => !Number.isNaN(series[i]));
    const x = normal(coefficients.count, 0.5);
    const likelihood = new GapLikelihood(series, 'mean', fullOrder(order), coefficients);
    const value = likelihood.value(x);
    expect(likelihood.observations).toBe(there.length);
    const gamma = autocovariances(coefficients.phi, coefficients.theta, 100);
    const covariance = there.map((i) => there.map((j) => gamma[Math.abs(i - j)]));
    expect(value).toBeCloseTo(profile(there.map((i) => series[i]), covariance, there.map(() => 1)), 6);
    expectGradient(likelihood, x);
  });
});

describe.each<readonly [ArimaOrder, Constant]>([
  [{ p: 2, d: 1, q: 2 }, 'none'], [{ p: 1, d: 1, q: 1 }, 'drift'], [{ p: 1, d: 2, q: 1 }, 'none'],
  [{ p: 1, d: 0, q: 1, D: 1, Q: 1, period: 4 }, 'drift'], [{ p: 1, d: 1, q: 1, P: 1, D: 1, Q: 1, period: 4 }, 'none'],
])('likelihood of %o with differences, constant %s', (order, kind) => {
  const full = fullOrder(order);
  const coefficients = new Coefficients(factorsOf(full));

  test('by the filter on the series is that of the differenced series', () => {
    const series = seriesOf(100, full.d);
    const x = normal(coefficients.count, 0.4);
    const whole = new GapLikelihood(series, kind, full, coefficients);
    const differences = new Likelihood(differenced(series, full), coefficients, kind !== 'none');
    expect(whole.value(x)).toBeCloseTo(differences.value(x), 3);
    expect(whole.variance / differences.variance).toBeCloseTo(1, 5);
    expect(whole.constant).toBeCloseTo(differences.constant / (full.D > 0 ? full.period : 1), 5);
    expectGradient(whole, x);
  });

  test('with gaps has an exact gradient', () => {
    const series = seriesOf(100, full.d, 0.08);
    expectGradient(new GapLikelihood(series, kind, full, coefficients), normal(coefficients.count, 0.4));
  });
});

test('across a gap, the likelihood of a differenced series is that of what was observed', () => {
  const series = seriesOf(80, 1, 0.1);
  const there = [...series.keys()].filter((i) => !Number.isNaN(series[i]));
  const order = fullOrder({ p: 1, d: 1, q: 2 });
  const coefficients = new Coefficients(factorsOf(order));
  const value = new GapLikelihood(series, 'none', order, coefficients).value(normal(3, 0.5));
  expect(constantOf(order)).toBe('drift');
  // From one observation to the next the series moves by a sum of differences.
  const gamma = autocovariances(coefficients.phi, coefficients.theta, 80);
  const steps = there.slice(1).map((to, i) => [there[i], to] as const);
  const covariance = steps.map(([a, b]) => steps.map(([c, d]) => {
    let sum = 0;
    for (let i = a; i < b; i++) for (let j = c; j < d; j++) sum += gamma[Math.abs(i - j)];
    return sum;
  }));
  expect(value).toBeCloseTo(profile(steps.map(([from, to]) => series[to] - series[from]), covariance, null), 3);
});

describe('minimiser', () => {
  const valley: Objective & { x: Float64Array } = {
    x: new Float64Array(2),
    value(x) {
      this.x.set(x);
      return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2;
    },
    gradient(into) {
      const [a, b] = this.x;
      into.set([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]);
    },
  };

  test('follows a bent valley to its end (Rosenbrock)', () => {
    const { x, value, converged } = minimise(valley, Float64Array.of(-1.2, 1), Float64Array.of(1, 0, 0, 1), 1e-12, 200);
    expect(converged).toBe(true);
    expect(value).toBeLessThan(1e-10);
    expect([...x]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
  });

  test('stops at the edge of its box where the function falls on', () => {
    const falling: Objective = { value: ([a, b]) => -a + (b - 2) ** 2, gradient: () => undefined };
    const last = Float64Array.of(0, 0);
    falling.value = (x) => {
      last.set(x);
      return -x[0] + (x[1] - 2) ** 2;
    };
    falling.gradient = (into) => into.set([-1, 2 * (last[1] - 2)]);
    const { x } = minimise(falling, Float64Array.of(0, 0), Float64Array.of(1, 0, 0, 1), 1e-9, 100);
    expect([...x]).toEqual([8, expect.closeTo(2, 4)]);
  });

  test('a start without a value is given back', () => {
    const nowhere: Objective = { value: () => Infinity, gradient: () => undefined };
    expect(minimise(nowhere, Float64Array.of(3), Float64Array.of(1), 1e-9, 100)).toEqual({ x: Float64Array.of(3), value: Infinity, converged: false, iterations: 0 });
  });
});
