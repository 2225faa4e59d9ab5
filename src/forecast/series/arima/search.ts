import { factorsOf, type Factor } from './coefficients.ts';
import { factorStarts } from './factor-starts.ts';
import { hannanRissanen } from './hannan-rissanen.ts';
import type { FullOrder } from './order.ts';
import { Workbench, type Optimum } from './workbench.ts';

/** How widely the optima of a likelihood are searched. */
export interface Effort {
  /** Optima of a model that the next larger one starts from, and places of its new factors that are tried from each. */
  readonly optima: number;
  readonly places: number;
  /** Starts by Hannan and Rissanen as well. */
  readonly regressions: boolean;
  /** Optima that are searched to the end. */
  readonly finals: number;
}

/** Where one fit counts; some 22 searches for an ARIMA(5,1,5), 25 ms on 300 observations. */
export const thorough: Effort = { optima: 2, places: 4, regressions: true, finals: 3 };

/** Where many orders are compared. */
export const quick: Effort = { optima: 1, places: 2, regressions: false, finals: 1 };

/** Optima whose log-likelihoods are nearer than this count as one. */
const alike = 0.02;

/**
 * Points near optima of the exact likelihood, the best first. A mixed model has many optima, so the model grows: from the
 * optima of each size the next factors start where they promise most (`factorStarts`).
 * @param bench of the whole model, factors as `factorsOf` lists them
 */
export function nearOptima(series: Float64Array, order: FullOrder, withConstant: boolean, bench: Workbench, effort: Effort): Optimum[] {
  const innovations = new Float64Array(series.length);
  let smaller = new Workbench(series, [], withConstant);
  let optima: Optimum[] = [{ x: new Float64Array(0), value: smaller.likelihood.value(new Float64Array(0)) }];
  const stages = stagesOf(factorsOf(order));
  for (const [i, added] of stages.entries()) {
    const whole = i === stages.length - 1;
    const larger = whole ? bench : new Workbench(series, stages.slice(0, i + 1).flat(), withConstant);
    const found: Optimum[] = [];
    for (const { x } of optima.slice(0, effort.optima)) {
      smaller.innovations(x, innovations);
      for (const start of factorStarts(innovations, added, effort.places)) found.push(larger.explore(Float64Array.of(...x, ...start)));
    }
    if (whole && effort.regressions) for (const start of regressionStarts(series, order, withConstant, bench)) found.push(bench.explore(start));
    optima = distinct(found);
    smaller = larger;
  }
  return optima;
}

/** Factors that are added together: one, or one on each side that are alike. */
function stagesOf(factors: readonly Factor[]): Factor[][] {
  const stages: Factor[][] = [];
  for (const factor of factors) {
    const last = stages.at(-1);
    const [other] = last ?? [];
    if (last?.length === 1 && other.side === 'ar' && factor.side === 'ma' && other.degree === factor.degree && other.lag === factor.lag) last.push(factor);
    else stages.push([factor]);
  }
  return stages;
}

function regressionStarts(series: Float64Array, { p, q, P, Q }: FullOrder, withConstant: boolean, bench: Workbench): Float64Array[] {
  const n = series.length;
  if (p === 0 || q === 0 || P + Q > 0) return [];
  const mean = withConstant ? series.reduce((sum, value) => sum + value, 0) / n : 0;
  const centred = series.map((value) => value - mean);
  const lengths = [Math.round(10 * Math.log10(n)), Math.round(1.5 * (p + q)), Math.max(p, q) + 1].map((long) => Math.min(n >> 2, long));
  return lengths.flatMap((long) => {
    const start = hannanRissanen(centred, p, q, long, bench.coefficients.factors);
    if (!start) return [];
    const improved = start.slice();
    bench.improve(improved);
    return [start, improved];
  });
}

/** Sorted by value, one of each. */
export function distinct(optima: readonly Optimum[]): Optimum[] {
  const kept: Optimum[] = [];
  for (const one of optima.toSorted((a, b) => a.value - b.value)) {
    if (one.value < Infinity && kept.every(({ value }) => one.value - value > alike)) kept.push(one);
  }
  return kept;
}
