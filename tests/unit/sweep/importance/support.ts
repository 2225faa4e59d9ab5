import type { TreeNode } from '../../../../src/sweep/importance/tree.ts';
import { importanceOf } from '../../../../src/sweep/importance/importance.ts';
import type { CoordinateKind, Importance, Point } from '../../../../src/sweep/importance/types.ts';
import { random } from '../../../../src/random.ts';

/** Points drawn evenly over the space, every parameter active. */
export function drawnPoints(count: number, kinds: readonly CoordinateKind[], seed: number): number[][] {
  const next = random(seed);
  return Array.from({ length: count }, () => kinds.map((kind) => (kind === 'number' ? next() : Math.floor(next() * kind.choices))));
}

export const numbers = (count: number): readonly CoordinateKind[] => Array.from({ length: count }, () => 'number' as const);

export function found(points: readonly Point[], kinds: readonly CoordinateKind[], scores: readonly number[], seed = 1): Importance {
  const { importance, reason } = importanceOf(points, kinds, scores, seed);
  if (!importance) throw new Error(reason);
  return importance;
}

/** Ishigami's function with a = 7, b = 0.1 on [0, 1]³, scaled from [−π, π]³. */
export function ishigami([a, b, c]: readonly number[]): number {
  const [x, y, z] = [a, b, c].map((u) => Math.PI * (2 * u - 1));
  return Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x);
}

/** A tree whose leaves are the cells of an even grid, each with the function's value in its middle; `cells` is a power of 2. */
export function gridTree(f: (point: readonly number[]) => number, dimensions: number, cells: number, from: readonly number[] = Array.from({ length: dimensions }, () => 0), to: readonly number[] = from.map(() => 1)): TreeNode {
  const dimension = from.findIndex((low, i) => to[i] - low > 1.5 / cells);
  if (dimension < 0) return { value: f(from.map((low, i) => (low + to[i]) / 2)) };
  const threshold = (from[dimension] + to[dimension]) / 2;
  return { dimension, threshold, lowShare: 0.5, low: gridTree(f, dimensions, cells, from, to.with(dimension, threshold)), high: gridTree(f, dimensions, cells, from.with(dimension, threshold), to) };
}
