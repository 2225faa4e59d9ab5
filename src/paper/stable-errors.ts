import type { ComparisonPoint, ComparisonResult } from '../forecast/comparison/types.ts';
import type { Scores } from '../forecast/picture-types.ts';
import type { LayerStates } from '../states/types.ts';
import { paperForecasters, type PaperForecaster } from './published.ts';

/** Relative and load error of the horizon's mean in %, means over places; NaN where there are none. */
export interface StableErrors {
  readonly relative: number;
  readonly load: number;
  readonly count: number;
}

/** A layer and an origin. */
type Place = Pick<ComparisonPoint, 'layer' | 'originStep'>;

/** Place of each of the paper's forecasters among a comparison's contenders, by its key. */
export function contenderOf({ settings: { contenders } }: ComparisonResult, key: PaperForecaster): number {
  return contenders.findIndex((contender) => contender.key === key);
}

/** Whether an origin lies in the last stable state of its layer. */
function isStable(states: readonly Pick<LayerStates, 'layer' | 'boundaryStep'>[]): (place: Place) => boolean {
  const boundaries = new Map(states.map(({ layer, boundaryStep }) => [layer, boundaryStep]));
  return ({ layer, originStep }) => {
    const boundary = boundaries.get(layer) ?? null;
    return boundary !== null && originStep >= boundary;
  };
}

/**
 * Places in the stable state that each of the paper's forecasters was judged at, at each horizon, as far as it was judged
 * at any: forecasters and horizons compare over the same places.
 */
export function stablePlaces(result: ComparisonResult, states: readonly Pick<LayerStates, 'layer' | 'boundaryStep'>[]): (place: Place) => boolean {
  const stable = isStable(states);
  const judged = result.settings.horizons.flatMap((_, horizon) => paperForecasters.map(({ key }) => new Set(pointsOf(result, key, horizon).filter(stable).map(placeOf))));
  const known = judged.filter(({ size }) => size > 0);
  return (place) => known.length > 0 && known.every((places) => places.has(placeOf(place)));
}

/** Of one forecaster. @param horizon by its place in the settings */
export function stableErrors(result: ComparisonResult, inside: (place: Place) => boolean, key: PaperForecaster, horizon: number): StableErrors {
  return summary(pointsOf(result, key, horizon).filter(inside).map(({ scores }) => scores));
}

/** The noise floor of the same. */
export function stableFloor(result: ComparisonResult, inside: (place: Place) => boolean, horizon: number): StableErrors {
  return summary(result.references.filter((one) => one.horizon === horizon && inside(one)).map(({ noiseFloor }) => noiseFloor));
}

function pointsOf(result: ComparisonResult, key: PaperForecaster, horizon: number): ComparisonPoint[] {
  const contender = contenderOf(result, key);
  return result.points.filter((point) => point.horizon === horizon && point.contender === contender);
}

const placeOf = ({ layer, originStep }: Place): string => `${layer} ${originStep}`;

function summary(scores: readonly Pick<Scores, 'relativeBlock' | 'loadBlock'>[]): StableErrors {
  return { relative: mean(scores.map(({ relativeBlock }) => relativeBlock)), load: mean(scores.map(({ loadBlock }) => loadBlock)), count: scores.length };
}

export function mean(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
