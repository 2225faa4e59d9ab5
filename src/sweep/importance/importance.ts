import { decompose, pairsOf, stepAt, type Decomposition } from './fanova.ts';
import { growForest } from './forest.ts';
import { judgedScores } from './judged-scores.ts';
import type { CoordinateKind, ImportanceResult, Marginal, Point, Spread } from './types.ts';

/** Trials that a forest is grown from at least. */
export const fewestTrials = 8;
/** Of the forest. Six seeds moved the shares of Ishigami's function on 100 trials by up to 0.15 with 16 trees, 0.05 with 48, 0.02 with 128. */
const treeCount = 48;
/** Coordinates at which the marginal of a number is given, evenly spread over [0, 1], ends in. */
const gridPoints = 33;

/**
 * Which parameters matter: functional ANOVA over a random forest (Hutter, Hoos and Leyton-Brown 2014). All values of a
 * parameter count alike, wherever the sampler looked most. What one parameter explains alone, pairs of them explain beyond
 * that, and three or more together (not given) add up to 1.
 *
 * Scores are held to a bound first (`judgedScores`), and compare when they were given by the same rung. A trial in which a
 * parameter was not active stands for all its values, so that a parameter counts as flat where its condition leaves it out.
 * The result does not depend on the order of the trials. Trials of one branch: others have other parameters.
 *
 * @param points coordinates by trial; numbers in [0, 1], choices by place, null where not active
 * @param kinds of the coordinates
 * @param scores by trial, lower is better; NaN or infinite where it diverged
 */
export function importanceOf(points: readonly Point[], kinds: readonly CoordinateKind[], scores: readonly number[], seed: number): ImportanceResult {
  if (points.length < fewestTrials) return none(`Importance takes ${fewestTrials} trials with a score; there ${points.length === 1 ? 'is' : 'are'} ${points.length}.`);
  const judged = judgedScores(scores);
  if (!judged) return none('All trials diverged, so that no setting is better than another.');
  if (judged.every((score) => score === judged[0])) return none('All trials have the same score: no parameter made a difference.');
  if (!kinds.some((_, dimension) => varies(points, dimension))) return none('No parameter was varied: all trials have the same settings.');
  const order = canonicalOrder(points, judged);
  const center = order.reduce((sum, trial) => sum + judged[trial], 0) / order.length;
  const scale = Math.sqrt(order.reduce((sum, trial) => sum + (judged[trial] - center) ** 2, 0) / order.length);
  const targets = Float64Array.from(order, (trial) => (judged[trial] - center) / scale);
  const { trees, explained } = growForest(order.map((trial) => points[trial]), kinds, targets, treeCount, seed);
  const all = trees.map((tree) => decompose(tree, kinds));
  // A tree that happened to draw equal scores alone has no variance to share out.
  const parts = all.filter(({ variance }) => variance > 0);
  if (parts.length === 0) return none('The settings differ too little to tell what made a difference.');
  return {
    importance: {
      parameters: kinds.map((_, dimension) => spread(parts.map(({ main, variance }) => main[dimension] / variance))),
      pairs: pairsOf(kinds.length).map(([a, b], pair) => ({ a, b, ...spread(parts.map(({ pairs, variance }) => pairs[pair] / variance)) })),
      marginals: kinds.map((kind, dimension) => marginalOf(all, dimension, kind, (target) => center + scale * target)),
      explained,
    },
    reason: null,
  };
}

function none(reason: string): ImportanceResult {
  return { importance: null, reason };
}

function varies(points: readonly Point[], dimension: number): boolean {
  return new Set(points.map((point) => point[dimension]).filter((coordinate) => coordinate !== null)).size > 1;
}

/** Trials by coordinates, then score: a forest draws by place, and is the same however the trials came. */
function canonicalOrder(points: readonly Point[], scores: Float64Array): readonly number[] {
  return Array.from(points.keys()).sort((a, b) => {
    const different = points[a].findIndex((coordinate, dimension) => coordinate !== points[b][dimension]);
    return different < 0 ? scores[a] - scores[b] : (points[a][different] ?? -1) - (points[b][different] ?? -1);
  });
}

function marginalOf(trees: readonly Decomposition[], dimension: number, kind: CoordinateKind, scoreOf: (target: number) => number): Marginal {
  const at = kind === 'number' ? Array.from({ length: gridPoints }, (_, i) => i / (gridPoints - 1)) : Array.from({ length: kind.choices }, (_, choice) => choice);
  const spreads = at.map((coordinate) => spread(trees.map(({ marginals }) => scoreOf(stepAt(marginals[dimension], coordinate)))));
  return { at, mean: spreads.map(({ mean }) => mean), sd: spreads.map(({ sd }) => sd) };
}

/** @param values at least one; the standard deviation of one is 0 */
function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)) };
}
