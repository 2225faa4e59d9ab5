/** What importance is worked out of, and when it is worked out anew. Pure. */
import type { Dimension, SweepPlan, SweepState } from '../../sweep/types.ts';
import { placeOf } from './columns.ts';

/** Coordinates that importance is learnt from: all trials of a branch with their score at the first rung, which all of them have. */
export function importanceInput({ space }: Pick<SweepPlan, 'space'>, { trials }: Pick<SweepState, 'trials'>, forecaster: string) {
  const dimensions = space.find((branch) => branch.forecaster === forecaster)?.dimensions ?? [];
  const own = trials.filter((trial) => trial.forecaster === forecaster && trial.scores.length > 0);
  return {
    dimensions,
    kinds: dimensions.map((dimension) => (dimension.kind === 'choice' ? { choices: dimension.values.length } : 'number' as const)),
    points: own.map((trial) => dimensions.map((dimension) => coordinateOf(dimension, placeOf(dimension, trial)))),
    scores: own.map(({ scores }) => scores[0].score),
  };
}

/** While trials come, it is worked out anew when this part of them is new. */
const newPart = 0.1;

/**
 * Whether the importance of newer trials is worth its work: while a sweep runs, one or two trials more hardly move it.
 * @param known trials that it was worked out of @param now trials that there are
 */
export function importanceDue(known: number, now: number, running: boolean): boolean {
  return !running || now < known || now - known >= newPart * known;
}

function coordinateOf(dimension: Dimension, place: number): number {
  if (dimension.kind === 'choice') return place;
  const { from, to, scale } = dimension;
  const part = scale === 'log' ? Math.log(place / from) / Math.log(to / from) : (place - from) / (to - from);
  return Math.min(1, Math.max(0, part));
}
