import { describe, expect, test } from 'vitest';
import { random } from '../../../../src/random.ts';
import { decompose, pairsOf } from '../../../../src/sweep/importance/fanova.ts';
import { growForest } from '../../../../src/sweep/importance/forest.ts';
import { growTree, trialTable } from '../../../../src/sweep/importance/grow-tree.ts';
import { valueAt, type TreeNode } from '../../../../src/sweep/importance/tree.ts';
import type { CoordinateKind, Point } from '../../../../src/sweep/importance/types.ts';
import { drawnPoints, numbers } from './support.ts';

function grown(points: readonly Point[], kinds: readonly CoordinateKind[], targets: readonly number[], weights: readonly number[] = targets.map(() => 1)): TreeNode {
  return growTree(trialTable(points, kinds, Float64Array.from(targets)), Float64Array.from(weights), random(1));
}

describe('a regression tree', () => {
  test('cuts in the middle between the trials where the target jumps', () => {
    const tree = grown([0, 0.25, 0.5, 0.75, 0.9, 1].map((x) => [x]), numbers(1), [1, 1, 1, 5, 5, 5]);
    expect(tree).toEqual({ dimension: 0, threshold: 0.625, lowShare: 0.625, low: { value: 1 }, high: { value: 5 } });
  });

  test('parts choices by their means, in whatever order they stand', () => {
    const tree = grown([[0], [0], [1], [1], [2], [2], [3], [3]], [{ choices: 4 }], [1, 1, 5, 5, 1, 1, 5, 5]);
    expect(tree).toEqual({ dimension: 0, goesLow: [true, false, true, false], lowShare: 0.5, low: { value: 1 }, high: { value: 5 } });
  });

  test('leaves hold two trials at least, counted as often as they were drawn', () => {
    expect(grown([[0], [0.5], [1]], numbers(1), [0, 3, 9])).toEqual({ value: 4 });
    const tree = grown([[0], [1]], numbers(1), [0, 9], [2, 2]);
    expect([valueAt(tree, [0.4]), valueAt(tree, [0.6])]).toEqual([0, 9]);
    expect(grown([[0], [1]], numbers(1), [0, 9], [3, 1])).toEqual({ value: 2.25 });
  });

  test('goes on where one split alone gains nothing', () => {
    const corners = [[0, 0], [0, 1], [1, 0], [1, 1]].flatMap((corner) => [corner, corner]);
    const tree = grown(corners, numbers(2), corners.map(([a, b]) => (a === b ? 0 : 1)));
    expect(corners.map((corner) => valueAt(tree, corner))).toEqual(corners.map(([a, b]) => (a === b ? 0 : 1)));
  });

  test('a trial that is not active in a parameter counts on both sides of a split, by their shares of the range', () => {
    // Four trials at the ends, and eight that stand for all values: the cut at the middle gives four of them to each side.
    const points: Point[] = [[0], [0], [1], [1], ...Array.from({ length: 8 }, () => [null])];
    const tree = grown(points, numbers(1), [0, 0, 6, 6, ...Array.from({ length: 8 }, () => 3)]);
    expect(tree).toEqual({ dimension: 0, threshold: 0.5, lowShare: 0.5, low: { value: 2 }, high: { value: 4 } });
    expect(valueAt(tree, [null])).toBe(3);
  });

  test('a parameter that was never active is never split', () => {
    const tree = grown([[null, 0], [null, 0], [null, 1], [null, 1]], [{ choices: 3 }, 'number'], [1, 1, 2, 2]);
    expect(tree).toMatchObject({ dimension: 1, low: { value: 1 }, high: { value: 2 } });
  });

  test('neighbouring numbers with nothing between are not parted', () => {
    const next = 1 - Number.EPSILON / 2;
    expect(grown([[next], [next], [1], [1]], numbers(1), [0, 0, 1, 1])).toEqual({ value: 0.5 });
  });
});

describe('a random forest', () => {
  const kinds = numbers(10);
  const points = drawnPoints(300, kinds, 3);
  const targets = Float64Array.from(points, ([a, b, c, d]) => 3 * a + b + 2 * c * d - 2.5);

  test('explains what it had not seen of a plain function, and nothing of noise', () => {
    expect(growForest(points, kinds, targets, 48, 1).explained).toBeGreaterThan(0.85);
    const next = random(9);
    expect(growForest(points, kinds, targets.map(() => next() - 0.5), 48, 1).explained).toBeLessThan(0.05);
  });

  test('of 300 trials and 10 parameters takes a few million steps of work', () => {
    const { trees } = growForest(points, kinds, targets, 48, 1);
    // Growing goes twice over the trials of every split node in every dimension; here each tree is given all trials, more than it drew.
    const growing = trees.reduce((sum, tree) => sum + 2 * kinds.length * visits(tree, points), 0);
    // Each pair goes once over the leaves and once over the grid of its steps.
    const sharing = trees.reduce((sum, tree) => {
      const steps = decompose(tree, kinds).marginals.map(({ values }) => values.length);
      return sum + pairsOf(kinds.length).reduce((all, [a, b]) => all + leaves(tree) + steps[a] * steps[b], 0);
    }, 0);
    expect(growing).toBeGreaterThan(0);
    expect(growing + sharing).toBeLessThan(5e6);
  });
});

function visits(node: TreeNode, points: readonly Point[]): number {
  if ('value' in node || !('threshold' in node)) return 0;
  const isLow = (point: Point): boolean => (point[node.dimension] ?? 0) < node.threshold;
  return points.length + visits(node.low, points.filter(isLow)) + visits(node.high, points.filter((point) => !isLow(point)));
}

function leaves(node: TreeNode): number {
  return 'value' in node ? 1 : leaves(node.low) + leaves(node.high);
}
