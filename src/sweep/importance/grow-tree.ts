import type { Random } from '../../random.ts';
import { bestGroups, bestThreshold, type FoundSplit, type NodeSums } from './best-split.ts';
import { splitExtent, wholeExtents, type Extent } from './extents.ts';
import { goesLow, type TreeNode } from './tree.ts';
import type { CoordinateKind, Point } from './types.ts';

/** By dimension, the trials that are active there, by ascending coordinate. */
type Orders = readonly (readonly number[])[];

/** Trials as trees are grown from them. */
export interface TrialTable {
  readonly kinds: readonly CoordinateKind[];
  /** Coordinates by dimension and trial, NaN where not active. */
  readonly columns: readonly Float64Array[];
  readonly orders: Orders;
  readonly targets: Float64Array;
}

/** @param targets by trial, of a variance near 1 */
export function trialTable(points: readonly Point[], kinds: readonly CoordinateKind[], targets: Float64Array): TrialTable {
  const columns = kinds.map((_, dimension) => Float64Array.from(points, (point) => point[dimension] ?? NaN));
  const orders = columns.map((column) => Array.from(column.keys()).filter((trial) => !Number.isNaN(column[trial])).sort((a, b) => column[a] - column[b] || a - b));
  return { kinds, columns, orders, targets };
}

/** Trials that a leaf holds at least, by weight: single ones follow noise. */
const leastWeight = 2;
/** An inactive trial of less weight is out of the node. */
const noWeight = 1e-9;
/** A node whose trials differ by less, as a share of the variance, is a leaf; qualities that differ by less are equal. */
const noVariance = 1e-9;

interface Node {
  readonly trials: readonly number[];
  /** By trial; of the node's trials alone they mean something. */
  readonly weights: Float64Array;
  readonly extents: readonly Extent[];
}

/**
 * A regression tree, grown by least squares until a leaf's trials are few or agree.
 * @param weights by trial: how often it was drawn
 * @param next settles ties between dimensions, and where choices go that no trial has
 */
export function growTree(table: TrialTable, weights: Float64Array, next: Random): TreeNode {
  const trials = Array.from(weights.keys()).filter((trial) => weights[trial] > 0);
  return grow(table, { trials, weights, extents: wholeExtents(table.kinds) }, table.orders, next);
}

/** @param outerOrders of the node's trials and others */
function grow(table: TrialTable, node: Node, outerOrders: Orders, next: Random): TreeNode {
  const sums = sumsOf(node, table.targets);
  const leaf = { value: sums.sum / sums.weight };
  if (sums.weight < 2 * leastWeight || sums.squares - sums.sum ** 2 / sums.weight < noVariance * sums.weight) return leaf;
  const orders = ordersOf(node, outerOrders);
  const found = findSplit(table, node, orders, sums, next);
  if (!found) return leaf;
  const { dimension, split } = found;
  const [low, high] = divide(table, node, dimension, split).map((side) => grow(table, side, orders, next));
  const { lowShare } = split;
  return 'threshold' in split ? { dimension, threshold: split.threshold, lowShare, low, high } : { dimension, goesLow: split.goesLow, lowShare, low, high };
}

/** The node's part of the orders. */
function ordersOf({ trials, weights }: Node, outer: Orders): Orders {
  const holds = new Uint8Array(weights.length);
  for (const trial of trials) holds[trial] = 1;
  return outer.map((order) => {
    const own: number[] = [];
    for (const trial of order) if (holds[trial] === 1) own.push(trial);
    return own;
  });
}

function sumsOf({ trials, weights }: Node, targets: Float64Array): NodeSums & { readonly squares: number } {
  let weight = 0;
  let sum = 0;
  let squares = 0;
  for (const trial of trials) {
    weight += weights[trial];
    sum += weights[trial] * targets[trial];
    squares += weights[trial] * targets[trial] ** 2;
  }
  return { trials, weights, targets, weight, sum, squares };
}

/** The best split over all dimensions: even one without gain, since what two parameters do together may show only below it. */
function findSplit({ kinds, columns }: TrialTable, { extents }: Node, orders: Orders, sums: NodeSums, next: Random): { readonly dimension: number; readonly split: FoundSplit } | null {
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

/** The trials and the box of each side. Trials that are not active in the dimension are on both, with a share of their weight. */
function divide({ columns }: TrialTable, { trials, weights, extents }: Node, dimension: number, split: FoundSplit): readonly [low: Node, high: Node] {
  const column = columns[dimension];
  const low: number[] = [];
  const high: number[] = [];
  const inactive: number[] = [];
  for (const trial of trials) (Number.isNaN(column[trial]) ? inactive : goesLow(split, column[trial]) ? low : high).push(trial);
  const [lowExtent, highExtent] = splitExtent(extents[dimension], split);
  const side = (active: readonly number[], share: number, extent: Extent): Node => {
    const parts = extents.with(dimension, extent);
    if (inactive.length === 0) return { trials: active, weights, extents: parts };
    const shared = weights.slice();
    for (const trial of inactive) shared[trial] *= share;
    return { trials: [...active, ...inactive.filter((trial) => shared[trial] > noWeight)], weights: shared, extents: parts };
  };
  return [side(low, split.lowShare, lowExtent), side(high, 1 - split.lowShare, highExtent)];
}

function shuffled(count: number, next: Random): readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [places[i], places[j]] = [places[j], places[i]];
  }
  return places;
}
