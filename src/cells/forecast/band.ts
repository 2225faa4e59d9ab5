/** The band around a forecast, in words. Pure. */
import type { ErrorParts } from '../../errors.ts';
import type { Progress } from '../../progress.ts';
import type { ForecastBand } from '../../../workers/contract.ts';

const offered = [0.5, 0.8, 0.9, 0.95];

/** "90 %" */
export const percentOf = (coverage: number): string => `${Number((100 * coverage).toFixed(2))} %`;

/** What can be chosen; a document may say something else, which can be kept. */
export function bandChoices(coverage: number): readonly { readonly value: string; readonly label: string }[] {
  return [...new Set([...offered, coverage])].toSorted((a, b) => a - b).map((value) => ({ value: String(value), label: percentOf(value) }));
}

/** A band and how it stands: it may come after its picture. */
export interface ShownBand {
  /** null while it is not there. */
  readonly band: ForecastBand | null;
  readonly progress: Progress | null;
  readonly problem: ErrorParts | null;
}

/** One sentence on what the band holds, how wide it is and what it rests on; or why there is none. */
export function bandText({ band, progress, problem }: ShownBand, coverage: number, experts: number): string {
  const of = `The ${percentOf(band?.coverage ?? coverage)} band`;
  if (problem) return `${of} could not be made: ${problem.message}.`;
  if (!band) return `${of} is on its way: it takes earlier forecasts of the same forecaster${progress?.total ? `, ${progress.done} of ${progress.total} made` : ''}.`;
  if (band.missing === 'no-past-forecasts') return `${of} needs earlier forecasts of the same forecaster, trained on what was known then.`;
  if (band.missing === 'short-history') return `${of} needs at least three earlier forecasts whose horizon is over by the origin: choose a later origin or a shorter horizon.`;
  const rests = `is ${formatPoints(band.width)} wide on average, by what ${band.resolved} earlier forecasts missed by`;
  if (band.held === null) return `${of} ${rests}.`;
  return `${of} holds the mean share that came of ${band.held} of ${experts} ${experts === 1 ? 'expert' : 'experts'}. It ${rests}.`;
}

/** "94 %, 0.58 points" */
export function bandCell({ held, width }: Pick<ForecastBand, 'held' | 'width'>, experts: number): string {
  return `${held === null ? '' : `${Math.round((100 * held) / experts)} %, `}${width.toFixed(2)} points`;
}

const formatPoints = (points: number): string => `${points.toFixed(2)} percentage points`;
