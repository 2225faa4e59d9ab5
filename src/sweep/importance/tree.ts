import type { Point } from './types.ts';

export interface Leaf {
  readonly value: number;
}

/** Coordinates under `threshold` go low, others high. */
export interface NumberSplit {
  readonly dimension: number;
  readonly threshold: number;
  /** Share of the node's range that goes low. */
  readonly lowShare: number;
  readonly low: TreeNode;
  readonly high: TreeNode;
}

/** Choices with `goesLow` go low, others high. */
export interface ChoiceSplit {
  readonly dimension: number;
  /** By choice, of all choices. */
  readonly goesLow: readonly boolean[];
  /** Share of the node's choices that go low. */
  readonly lowShare: number;
  readonly low: TreeNode;
  readonly high: TreeNode;
}

export type Split = NumberSplit | ChoiceSplit;

/** A regression tree over the search space: every leaf is a box of it, with one value. */
export type TreeNode = Leaf | Split;

/** Whether a coordinate of the split's dimension goes low. */
export function goesLow(split: Pick<NumberSplit, 'threshold'> | Pick<ChoiceSplit, 'goesLow'>, coordinate: number): boolean {
  return 'threshold' in split ? coordinate < split.threshold : split.goesLow[coordinate];
}

/** The tree's value at a point; where a coordinate is null, the mean over all its values. */
export function valueAt(node: TreeNode, point: Point): number {
  if ('value' in node) return node.value;
  const coordinate = point[node.dimension];
  if (coordinate === null) return node.lowShare * valueAt(node.low, point) + (1 - node.lowShare) * valueAt(node.high, point);
  return valueAt(goesLow(node, coordinate) ? node.low : node.high, point);
}
