import type { Extent } from './extents.ts';
import type { ChoiceSplit, NumberSplit } from './tree.ts';

/** The trials in a node that a split is sought for. */
export interface NodeSums {
  readonly trials: readonly number[];
  /** By trial; those outside of the node count for nothing. */
  readonly weights: Float64Array;
  /** By trial. */
  readonly targets: Float64Array;
  /** Over the node's trials. */
  readonly weight: number;
  readonly sum: number;
}

export type FoundSplit = (Pick<NumberSplit, 'threshold' | 'lowShare'> | Pick<ChoiceSplit, 'goesLow' | 'lowShare'>) & {
  /** Σ (sum² / weight) of both sides: the higher, the less variance is left in them. */
  readonly quality: number;
};

/**
 * A trial in which the parameter was not active stands for all its values: each side gets the share of its weight that
 * it has of the node's extent.
 */
interface Inactive {
  readonly weight: number;
  readonly sum: number;
}

function inactiveOf({ weights, targets, weight, sum, trials }: NodeSums, order: readonly number[]): Inactive {
  if (order.length === trials.length) return { weight: 0, sum: 0 };
  let activeWeight = 0;
  let activeSum = 0;
  for (const trial of order) {
    activeWeight += weights[trial];
    activeSum += weights[trial] * targets[trial];
  }
  return { weight: weight - activeWeight, sum: sum - activeSum };
}

/**
 * The threshold, in the middle between neighbours, that leaves the least variance in both sides; null where there is none.
 * @param order the node's active trials by ascending coordinate
 * @param coordinates by trial
 * @param leastWeight of each side
 */
export function bestThreshold(node: NodeSums, order: readonly number[], coordinates: Float64Array, { from, to }: Extract<Extent, { from: number }>, leastWeight: number): FoundSplit | null {
  const { weights, targets, weight, sum } = node;
  const inactive = inactiveOf(node, order);
  let quality = -Infinity;
  let best = NaN;
  let lowWeight = 0;
  let lowSum = 0;
  for (let i = 0; i + 1 < order.length; i++) {
    const trial = order[i];
    lowWeight += weights[trial];
    lowSum += weights[trial] * targets[trial];
    const [here, next] = [coordinates[trial], coordinates[order[i + 1]]];
    if (here === next) continue;
    const threshold = (here + next) / 2;
    // The middle of two neighbouring floating-point numbers is one of them.
    if (threshold <= here || threshold <= from || threshold >= to) continue;
    const share = (threshold - from) / (to - from);
    const found = splitQuality(lowWeight + share * inactive.weight, lowSum + share * inactive.sum, weight, sum, leastWeight);
    if (found > quality) [quality, best] = [found, threshold];
  }
  return quality > -Infinity ? { quality, threshold: best, lowShare: (best - from) / (to - from) } : null;
}

/**
 * The two groups of choices that leave the least variance: of a squared error, groups that are neighbours when choices
 * are ordered by their mean target (Fisher 1958). Choices that no trial of the node has go where `coin` says.
 * @param order the node's active trials, in any order
 * @param coordinates by trial
 * @param all number of choices of the dimension
 */
export function bestGroups(
  node: NodeSums, order: readonly number[], coordinates: Float64Array, { choices }: Extract<Extent, { choices: readonly number[] }>, all: number,
  leastWeight: number, coin: () => boolean,
): FoundSplit | null {
  const { weights, targets, weight, sum } = node;
  const weightOf = new Float64Array(all);
  const sumOf = new Float64Array(all);
  for (const trial of order) {
    weightOf[coordinates[trial]] += weights[trial];
    sumOf[coordinates[trial]] += weights[trial] * targets[trial];
  }
  const tried = choices.filter((choice) => weightOf[choice] > 0);
  if (tried.length < 2) return null;
  const byMean = tried.toSorted((a, b) => sumOf[a] / weightOf[a] - sumOf[b] / weightOf[b] || a - b);
  const low = choices.filter((choice) => weightOf[choice] === 0 && coin());
  const inactive = inactiveOf(node, order);
  let quality = -Infinity;
  let cut = 0;
  let lowWeight = 0;
  let lowSum = 0;
  for (let i = 0; i + 1 < byMean.length; i++) {
    lowWeight += weightOf[byMean[i]];
    lowSum += sumOf[byMean[i]];
    const share = (low.length + i + 1) / choices.length;
    const found = splitQuality(lowWeight + share * inactive.weight, lowSum + share * inactive.sum, weight, sum, leastWeight);
    if (found > quality) [quality, cut] = [found, i + 1];
  }
  if (cut === 0) return null;
  low.push(...byMean.slice(0, cut));
  const goesLow = Array.from({ length: all }, (_, choice) => low.includes(choice));
  return { quality, goesLow, lowShare: low.length / choices.length };
}

function splitQuality(lowWeight: number, lowSum: number, weight: number, sum: number, leastWeight: number): number {
  const highWeight = weight - lowWeight;
  if (lowWeight < leastWeight || highWeight < leastWeight) return -Infinity;
  return lowSum ** 2 / lowWeight + (sum - lowSum) ** 2 / highWeight;
}
