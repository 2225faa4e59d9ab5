import type { ComparisonPoint, ComparisonResult } from '../forecast/comparison/types.ts';
import type { LayerStates } from '../states/types.ts';
import { paperForecasters, type PaperForecaster } from './published.ts';

/** Relative and load errors of the horizon's mean in %, means over origins in the stable state of their layer; NaN where there are none. */
export interface StableErrors {
  readonly relative: number;
  readonly load: number;
  readonly count: number;
}

/** Place of each of the paper's forecasters among a comparison's contenders, by its key. */
export function contenderOf({ settings: { contenders } }: ComparisonResult, key: PaperForecaster): number {
  return contenders.findIndex((contender) => contender.key === key);
}

/** Whether an origin lies in the last stable state of its layer. */
export function isStable(states: readonly Pick<LayerStates, 'layer' | 'boundaryStep'>[]): (place: { readonly layer: number; readonly originStep: number }) => boolean {
  const boundaries = new Map(states.map(({ layer, boundaryStep }) => [layer, boundaryStep]));
  return ({ layer, originStep }) => {
    const boundary = boundaries.get(layer) ?? null;
    return boundary !== null && originStep >= boundary;
  };
}

/** Of one forecaster, over places that all of the paper's forecasters that have any were judged at, so that they compare alike. */
export function stableErrors(result: ComparisonResult, states: readonly Pick<LayerStates, 'layer' | 'boundaryStep'>[], key: PaperForecaster, horizon: number): StableErrors {
  const stable = isStable(states);
  const at = (one: PaperForecaster): readonly ComparisonPoint[] => result.points.filter((point) => (
    point.horizon === horizon && point.contender === contenderOf(result, one) && stable(point)
  ));
  const places = paperForecasters.map(({ key: one }) => new Set(at(one).map(placeOf))).filter(({ size }) => size > 0);
  const shared = at(key).filter((point) => places.every((known) => known.has(placeOf(point))));
  return { relative: mean(shared.map(({ scores }) => scores.relativeBlock)), load: mean(shared.map(({ scores }) => scores.loadBlock)), count: shared.length };
}

/** The noise floor of the relative error at the same places. */
export function stableFloor(result: ComparisonResult, states: readonly Pick<LayerStates, 'layer' | 'boundaryStep'>[], horizon: number): StableErrors {
  const stable = isStable(states);
  const found = result.references.filter((one) => one.horizon === horizon && stable(one));
  return { relative: mean(found.map(({ noiseFloor }) => noiseFloor.relativeBlock)), load: mean(found.map(({ noiseFloor }) => noiseFloor.loadBlock)), count: found.length };
}

const placeOf = ({ layer, originStep }: Pick<ComparisonPoint, 'layer' | 'originStep'>): string => `${layer} ${originStep}`;

export function mean(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
