import { meanScores } from '../backtest.ts';
import { errorOf, groupBy, meanOf, placeOf } from './means.ts';
import { pOfTie, significance } from './ties.ts';
import { referenceWindows, type ComparisonPoint, type ComparisonReference, type ComparisonResult, type ComparisonRow, type ComparisonTable, type Measure } from './types.ts';

/**
 * The comparison at one horizon: means over the layers and origins that all contenders with any point have, so that partial
 * results compare like with like. Contenders without a point there have no row; without a common one there is none.
 * @param horizon place among the horizons
 */
export function tableOf({ settings, points, references }: ComparisonResult, horizon: number, measure: Measure): ComparisonTable {
  const horizonSteps = settings.horizons[horizon];
  const shared = sharedPoints(points.filter((point) => point.horizon === horizon));
  const places = new Set([...shared.values()].flatMap((own) => own.map(placeOf)));
  const judged = references.filter((one) => one.horizon === horizon && places.has(placeOf(one)));
  const { bestWindowSteps, bestAverage } = bestAverageOf(judged);
  const errors = [...shared].map(([contender, own]) => ({ contender, error: meanOf(own.map((point) => errorOf(point, measure))) }));
  const best = errors.filter(({ error }) => !Number.isNaN(error)).toSorted((a, b) => a.error - b.error).at(0)?.contender;
  const overlap = Math.max(1, Math.ceil(horizonSteps / settings.everySteps));
  const everything = groupBy(points, ({ contender }) => contender);
  const rows = [...shared].toSorted(([a], [b]) => a - b).map(([contender, own]): ComparisonRow => {
    const scores = meanScores(own.map((point) => point.scores));
    const pValue = best === undefined || contender === best ? NaN : againstBest(own, shared.get(best) ?? [], measure, overlap);
    return {
      contender, scores,
      mase: meanOf(own.map(({ mase }) => mase)),
      skill: 1 - scores.loadBlock / bestAverage,
      covered: meanOf(own.map(({ covered }) => covered)),
      width: meanOf(own.map(({ width }) => width)),
      elapsedMs: elapsedOf(everything.get(contender) ?? []),
      count: own.length,
      best: contender === best,
      tied: contender === best || pValue >= significance,
      pValue,
    };
  });
  return { horizonSteps, measure, rows, noiseFloor: meanScores(judged.map(({ noiseFloor }) => noiseFloor)), bestWindowSteps, bestAverage };
}

/** Points of one horizon by contender, of the layers and origins that all contenders have, each in the same order. */
function sharedPoints(points: readonly ComparisonPoint[]): ReadonlyMap<number, readonly ComparisonPoint[]> {
  const byContender = groupBy(points, ({ contender }) => contender);
  const complete = new Set([...groupBy(points, placeOf)].flatMap(([place, own]) => (own.length === byContender.size ? [place] : [])));
  return new Map([...byContender].map(([contender, own]) => [
    contender,
    own.filter((point) => complete.has(placeOf(point))).toSorted((a, b) => placeOf(a) - placeOf(b)),
  ]));
}

/** Window with the least mean error over all that was judged: in hindsight, so nobody could have chosen it. */
function bestAverageOf(references: readonly ComparisonReference[]): Pick<ComparisonTable, 'bestWindowSteps' | 'bestAverage'> {
  const errors = referenceWindows.map((_, window) => meanOf(references.map(({ averages }) => averages[window])));
  const bestAverage = references.length > 0 ? Math.min(...errors) : NaN;
  return { bestAverage, bestWindowSteps: referenceWindows[errors.indexOf(bestAverage)] ?? NaN };
}

/** p of a tie by the differences of each origin's mean error over the layers; NaN of too few origins. */
function againstBest(own: readonly ComparisonPoint[], best: readonly ComparisonPoint[], measure: Measure, overlap: number): number {
  const differences = own.map((point, i) => ({ originStep: point.originStep, value: errorOf(point, measure) - errorOf(best[i], measure) }));
  const byOrigin = [...groupBy(differences, ({ originStep }) => originStep)].toSorted(([a], [b]) => a - b);
  return pOfTie(Float64Array.from(byOrigin, ([, all]) => meanOf(all.map(({ value }) => value))), overlap);
}

/** A fit forecasts all horizons: its time counts once. */
function elapsedOf(points: readonly ComparisonPoint[]): number {
  return [...new Map(points.map((point) => [placeOf(point), point.elapsedMs])).values()].reduce((sum, elapsedMs) => sum + elapsedMs, 0);
}
