import { hash, random } from '../../random.ts';
import { growTree, trialTable } from './grow-tree.ts';
import { valueAt, type TreeNode } from './tree.ts';
import type { CoordinateKind, Point } from './types.ts';

export interface Forest {
  readonly trees: readonly TreeNode[];
  /** R² of the means over the trees that had not drawn a trial, at most 1; NaN where every tree had drawn every trial. */
  readonly explained: number;
}

/**
 * A random forest (Breiman 2001): regression trees, each grown on as many trials as there are, drawn with replacement.
 * Every split looks at all dimensions; that the trees differ comes from the draws alone. The order of the trials counts.
 * @param points at least one
 * @param targets by trial, of mean 0 and a variance near 1
 */
export function growForest(points: readonly Point[], kinds: readonly CoordinateKind[], targets: Float64Array, trees: number, seed: number): Forest {
  const table = trialTable(points, kinds, targets);
  const unseenSum = new Float64Array(points.length);
  const unseenBy = new Float64Array(points.length);
  const grown = Array.from({ length: trees }, (_, place) => {
    const next = random(hash(seed, place));
    const drawn = new Float64Array(points.length);
    for (let i = 0; i < points.length; i++) drawn[Math.floor(next() * points.length)]++;
    const tree = growTree(table, drawn, next);
    for (const [trial, times] of drawn.entries()) {
      if (times > 0) continue;
      unseenSum[trial] += valueAt(tree, points[trial]);
      unseenBy[trial]++;
    }
    return tree;
  });
  const judged = Array.from(targets.keys()).filter((trial) => unseenBy[trial] > 0);
  const mean = judged.reduce((sum, trial) => sum + targets[trial], 0) / judged.length;
  const total = judged.reduce((sum, trial) => sum + (targets[trial] - mean) ** 2, 0);
  const left = judged.reduce((sum, trial) => sum + (targets[trial] - unseenSum[trial] / unseenBy[trial]) ** 2, 0);
  return { trees: grown, explained: 1 - left / total };
}
