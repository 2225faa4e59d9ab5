import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitExtent, wholeExtents, type Extent } from '../../../../src/sweep/importance/extents.ts';
import { decompose, pairsOf, stepAt } from '../../../../src/sweep/importance/fanova.ts';
import { valueAt, type TreeNode } from '../../../../src/sweep/importance/tree.ts';
import type { CoordinateKind } from '../../../../src/sweep/importance/types.ts';
import { random, type Random } from '../../../../src/random.ts';
import { gridTree, ishigami, numbers } from './support.ts';

describe('functional ANOVA of a tree', () => {
  test('by hand: one threshold at a quarter', () => {
    const tree: TreeNode = { dimension: 0, threshold: 0.25, lowShare: 0.25, low: { value: 4 }, high: { value: 0 } };
    const { mean, variance, main, pairs, marginals } = decompose(tree, numbers(2));
    expect(mean).toBeCloseTo(1, 12);
    expect(variance).toBeCloseTo(3, 12);
    expect(main[0]).toBeCloseTo(3, 12);
    expect(main[1]).toBeCloseTo(0, 12);
    expect(pairs[0]).toBeCloseTo(0, 12);
    expect([0, 0.2, 0.25, 1].map((at) => stepAt(marginals[0], at))).toEqual([4, 4, 0, 0]);
    expect([0, 1].map((at) => stepAt(marginals[1], at))).toEqual([1, 1]);
  });

  test('by hand: a number that matters under one choice of three alone', () => {
    // Choice 1: 6 below the middle, 0 above; other choices: 3.
    const tree: TreeNode = {
      dimension: 1, goesLow: [true, false, true], lowShare: 2 / 3, low: { value: 3 },
      high: { dimension: 0, threshold: 0.5, lowShare: 0.5, low: { value: 6 }, high: { value: 0 } },
    };
    const { mean, variance, main, pairs, marginals } = decompose(tree, ['number', { choices: 3 }]);
    expect(mean).toBeCloseTo(3, 12);
    // A third of the space is 3 away from the mean. By the number alone the mean is 4 or 2; by the choice alone always 3.
    expect(variance).toBeCloseTo(3, 12);
    expect(main[0]).toBeCloseTo(1, 12);
    expect(main[1]).toBeCloseTo(0, 12);
    expect(pairs[0]).toBeCloseTo(2, 12);
    expect([0.1, 0.9].map((at) => stepAt(marginals[0], at))).toEqual([4, 2]);
    expect([0, 1, 2].map((at) => stepAt(marginals[1], at))).toEqual([3, 3, 3]);
  });

  test('Ishigami\'s function has the published Sobol indices: 0.3139, 0.4424, 0 and 0.2437 together', () => {
    const { variance, main, pairs } = decompose(gridTree(ishigami, 3, 32), numbers(3));
    // π⁸ b²/18 + π⁴ b/5 + 1/2 + a²/8
    expect(variance / 13.8446).toBeCloseTo(1, 2);
    const shares = [...main, ...pairs].map((part) => part / variance);
    for (const [i, published] of [0.3139, 0.4424, 0, 0, 0.2437, 0].entries()) expect(Math.abs(shares[i] - published)).toBeLessThan(0.003);
  });

  test('agrees with the sums over every cell, whatever the tree', () => {
    const kinds: readonly CoordinateKind[] = ['number', { choices: 4 }, 'number', { choices: 3 }];
    fc.assert(fc.property(fc.integer(), (seed) => {
      const tree = anyTree(random(seed), kinds, wholeExtents(kinds), 5);
      const { mean, variance, main, pairs } = decompose(tree, kinds);
      const expected = bruteForce(tree, kinds);
      expect(mean).toBeCloseTo(expected.mean, 9);
      expect(variance).toBeCloseTo(expected.variance, 9);
      expected.main.forEach((part, dimension) => expect(main[dimension]).toBeCloseTo(part, 9));
      expected.pairs.forEach((part, pair) => expect(pairs[pair]).toBeCloseTo(part, 9));
      expect([...main, ...pairs].reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(variance + 1e-9);
    }), { numRuns: 60 });
  });

  test('a tree without splits has no variance', () => {
    expect(decompose({ value: 7 }, ['number', { choices: 2 }])).toMatchObject({ mean: 7, variance: 0, main: new Float64Array(2), pairs: new Float64Array(1) });
  });
});

/** Thresholds are multiples of 1/8, so that all cells are known. */
function anyTree(next: Random, kinds: readonly CoordinateKind[], extents: readonly Extent[], depth: number): TreeNode {
  const dimension = Math.floor(next() * kinds.length);
  const extent = extents[dimension];
  const leaf = { value: Math.round(20 * next() - 10) };
  if (depth === 0 || next() < 0.1) return leaf;
  const kind = kinds[dimension];
  const goesLow = Array.from({ length: kind === 'number' ? 0 : kind.choices }, () => next() < 0.5);
  const threshold = Math.ceil(8 * next()) / 8;
  const split = kind === 'number' ? { threshold } : { goesLow };
  if ('from' in extent ? threshold <= extent.from || threshold >= extent.to : new Set(extent.choices.map((choice) => goesLow[choice])).size < 2) return leaf;
  const [low, high] = splitExtent(extent, split).map((part) => anyTree(next, kinds, extents.with(dimension, part), depth - 1));
  const lowShare = 'from' in extent ? (threshold - extent.from) / (extent.to - extent.from) : extent.choices.filter((choice) => goesLow[choice]).length / extent.choices.length;
  return kind === 'number' ? { dimension, threshold, lowShare, low, high } : { dimension, goesLow, lowShare, low, high };
}

/** From the values in all cells of the space: means over everything that is not fixed. */
function bruteForce(tree: TreeNode, kinds: readonly CoordinateKind[]) {
  const cells = kinds
    .map((kind) => (kind === 'number' ? Array.from({ length: 8 }, (_, i) => (i + 0.5) / 8) : Array.from({ length: kind.choices }, (_, i) => i)))
    .reduce<readonly (readonly number[])[]>((points, values) => points.flatMap((point) => values.map((value) => [...point, value])), [[]]);
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const values = new Map(cells.map((cell) => [cell, valueAt(tree, cell)]));
  const mean = average([...values.values()]);
  const given = (fixed: readonly number[]): ((cell: readonly number[]) => number) => {
    const groups = new Map<string, number[]>();
    const keyOf = (cell: readonly number[]): string => fixed.map((dimension) => cell[dimension]).join();
    for (const [cell, value] of values) groups.set(keyOf(cell), [...(groups.get(keyOf(cell)) ?? []), value]);
    const means = new Map([...groups].map(([key, group]) => [key, average(group)]));
    return (cell) => (means.get(keyOf(cell)) ?? NaN) - mean;
  };
  const alone = kinds.map((_, dimension) => given([dimension]));
  return {
    mean,
    variance: average([...values.values()].map((value) => (value - mean) ** 2)),
    main: alone.map((effect) => average(cells.map((cell) => effect(cell) ** 2))),
    pairs: pairsOf(kinds.length).map(([a, b]) => {
      const joint = given([a, b]);
      return average(cells.map((cell) => (joint(cell) - alone[a](cell) - alone[b](cell)) ** 2));
    }),
  };
}
