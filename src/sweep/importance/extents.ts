import { goesLow, type ChoiceSplit, type NumberSplit } from './tree.ts';
import type { CoordinateKind } from './types.ts';

/** What a box of the search space holds of one dimension. */
export type Extent =
  | { readonly from: number; readonly to: number }
  /** Ascending. */
  | { readonly choices: readonly number[] };

/** The whole of each dimension. */
export function wholeExtents(kinds: readonly CoordinateKind[]): readonly Extent[] {
  return kinds.map((kind) => (kind === 'number' ? { from: 0, to: 1 } : { choices: Array.from({ length: kind.choices }, (_, choice) => choice) }));
}

/** The parts of a split's extent that go low and high. */
export function splitExtent(extent: Extent, split: Pick<NumberSplit, 'threshold'> | Pick<ChoiceSplit, 'goesLow'>): readonly [low: Extent, high: Extent] {
  if ('choices' in extent) {
    return [{ choices: extent.choices.filter((choice) => goesLow(split, choice)) }, { choices: extent.choices.filter((choice) => !goesLow(split, choice)) }];
  }
  const threshold = 'threshold' in split ? split.threshold : NaN;
  return [{ from: extent.from, to: threshold }, { from: threshold, to: extent.to }];
}
