import type { Scores } from '../picture-types.ts';
import type { ComparisonPoint, ComparisonReference, Measure } from './types.ts';

export function errorOf(point: Pick<ComparisonPoint, 'scores' | 'mase'>, measure: Measure): number {
  return measure === 'mase' ? point.mase : point.scores[measure];
}

/** Mean of what is known; NaN where nothing is. */
export function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** NaN for MASE: its floor is not known. */
export function floorOf({ noiseFloor }: { readonly noiseFloor: Scores }, measure: Measure): number {
  return measure === 'mase' ? NaN : noiseFloor[measure];
}

export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Layer and origin as one number: what contenders have to share to be compared. */
export function placeOf({ layer, originStep }: Pick<ComparisonReference, 'layer' | 'originStep'>): number {
  return layer * stepsOfLayer + originStep;
}

/** More than any training step, and 100,000 layers of it are still exact. */
const stepsOfLayer = 2 ** 36;
