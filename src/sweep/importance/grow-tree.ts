import type { Random } from '../../random.ts';
import { bestGroups, bestThreshold, type FoundSplit, type NodeSums } from './best-split.ts';
import { splitExtent, wholeExtents, type Extent } from './extents.ts';
import { goesLow, type TreeNode } from './tree.ts';
import type { CoordinateKind, Point } from './types.ts';

/** Trials as trees are grown from them. */
export interface TrialTable {
  readonly kinds: readonly CoordinateKind[];
  /** Coordinates by dimension and trial, NaN where not active. */
  readonly columns: readonly Float64Array[];
  /** By dimension, the active trials by ascending coordinate. */
  readonly orders: readonly Int32Array[];
  readonly targets: Float64Array;
}

/** @param targets by trial, of a variance near 1 */
export function trialTable(points: readonly Point[], kinds: readonly CoordinateKind[], targets: Float64Array): TrialTable {
  const columns = kinds.map((_, dimension) => Float64Array.from(points, (point) => point[dimension] ?? NaN));
  const orders = columns.map((column) => Int32Array.from(column.keys()).filter((trial) => !Number.isNaN(column[trial])).sort((a, b) => column[a] - column[b] || a - b));
  return { kinds, columns, orders, targets };
}

/** Trials that a leaf holds at least, by weight: single ones follow noise. */
const leastWeight = 2;
/** A share of a parameter's active trials that carry no weight in the node any more. */
const noWeight = 1e-9;
/** A node whose trials differ by less, as a share of the variance, is a leaf; qualities that differ by less are equal. */
const noVariance = 1e-9;

interface Node {
  /** The node's trials. */
  readonly trials: Int32Array;
  /** By dimension, those that are active there, by ascending coordinate. */
  readonly orders: readonly Int32Array[];
  /** By trial. */
  readonly weights: Float64Array;
  readonly extents: readonly Extent[];
}

/**
 * A regression tree, grown by least squares until a leaf's trials are few or agree.
 * @param weights by trial: how often it was drawn
 * @param next settles ties between dimensions, and where choices go that no trial has
 */
export function growTree(table: TrialTable, weights: Float64Array, next: Random): TreeNode {
  const drawn = (trial: number): boolean => weights[trial] > 0;
  return grow(table, {
    trials: Int32Array.from(weights.keys()).filter(drawn), orders: table.orders.map((order) => order.filter(drawn)), weights, extents: wholeExtents(table.kinds),
  }, next);
}

function grow(table: TrialTable, node: Node, next: Random): TreeNode {
  const { targets } = table;
  let weight = 0;
  let sum = 0;
  let squares = 0;
  for (const trial of node.trials) {
    weight += node.weights[trial];
    sum += node.weights[trial] * targets[trial];
    squares += node.weights[trial] * targets[trial] ** 2;
  }
  const leaf = { value: sum / weight };
  if (weight < 2 * leastWeight || squares - sum ** 2 / weight < noVariance * weight) return leaf;
  const found = findSplit(table, node, { weights: node.weights, targets, weight, sum }, next);
  if (!found) return leaf;
  const { dimension, split } = found;
  const [low, high] = divide(table, node, dimension, split).map((part) => grow(table, part, next));
  const { lowShare } = split;
  return 'threshold' in split ? { dimension, threshold: split.threshold, lowShare, low, high } : { dimension, goesLow: split.goesLow, lowShare, low, high };
}

/** The best split over all dimensions: even one without gain, since what two parameters do together may show only below it. */
function findSplit({ kinds, columns }: TrialTable, { orders, extents }: Node, sums: NodeSums, next: Random): { readonly dimension: number; readonly split: FoundSplit } | null {
  let best: { readonly dimension: number; readonly split: FoundSplit } | null = null;
  // In a drawn order, so that no dimension wins all ties.
  for (const dimension of shuffled(kinds.length, next)) {
    const kind = kinds[dimension];
    const extent = extents[dimension];
    const split = 'from' in extent ? bestThreshold(sums, orders[dimension], columns[dimension], extent, leastWeight)
      : bestGroups(sums, orders[dimension], columns[dimension], extent, kind === 'number' ? 0 : kind.choices, leastWeight, () => next() < 0.5);
    if (split && (!best || split.quality > best.split.quality + noVariance * sums.weight)) best = { dimension, split };
  }
  return best;
}

/** The trials and the box of either side. Trials that are not active in the dimension are on both, with a share of their weight. */
function divide({ columns }: TrialTable, { trials, orders, weights, extents }: Node, dimension: number, split: FoundSplit): readonly [low: Node, high: Node] {
  const column = columns[dimension];
  const parts = splitExtent(extents[dimension], split);
  const whole = orders[dimension].length === trials.length;
  const side = (isLow: boolean): Node => {
    const holds = (trial: number): boolean => Number.isNaN(column[trial]) || goesLow(split, column[trial]) === isLow;
    const share = isLow ? split.lowShare : 1 - split.lowShare;
    const own = whole ? weights : weights.map((weight, trial) => (Number.isNaN(column[trial]) ? weight * share : weight));
    const kept = whole ? holds : (trial: number): boolean => holds(trial) && own[trial] > noWeight;
    return {
      trials: trials.filter(kept), orders: orders.map((order) => order.filter(kept)), weights: own,
      extents: extents.with(dimension, parts[isLow ? 0 : 1]),
    };
  };
  return [side(true), side(false)];
}

function shuffled(count: number, next: Random): readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [places[i], places[j]] = [places[j], places[i]];
  }
  return places;
}
