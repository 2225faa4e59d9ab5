import { splitExtent, wholeExtents, type Extent } from './extents.ts';
import type { TreeNode } from './tree.ts';
import type { CoordinateKind } from './types.ts';

/** The variance of a tree over the search space, all values of each parameter equally likely, and what explains it. */
export interface Decomposition {
  readonly mean: number;
  /** 0 of a tree without splits. */
  readonly variance: number;
  /** By dimension, the variance of its main effect. */
  readonly main: Float64Array;
  /** Of pairs, in the order of `pairsOf`, the variance of their interaction. */
  readonly pairs: Float64Array;
  /** By dimension: the mean over all other dimensions. */
  readonly marginals: readonly StepFunction[];
}

/** Constant between edges. */
export interface StepFunction {
  /** Ascending, from 0 to 1; of a choice, from 0 to the number of choices, a step each. */
  readonly edges: Float64Array;
  /** A value a step, one fewer than edges. */
  readonly values: Float64Array;
}

/** All pairs a < b of so many dimensions, by a, then b. */
export function pairsOf(dimensions: number): readonly (readonly [a: number, b: number])[] {
  return Array.from({ length: dimensions }, (_, a) => Array.from({ length: dimensions - a - 1 }, (_other, i) => [a, a + 1 + i] as const)).flat();
}

interface Box {
  readonly value: number;
  readonly extents: readonly Extent[];
}

/** A dimension, cut at all thresholds of the tree. */
interface Axis {
  readonly edges: Float64Array;
  /** Share of the dimension that each step has. */
  readonly masses: Float64Array;
  /** Share of the dimension by box. */
  readonly shares: Float64Array;
  /** By box, the steps it holds, as runs: first (in), last (out), first, last and so on. */
  readonly runs: readonly (readonly number[])[];
}

/**
 * Functional ANOVA of a tree, exact (Hutter, Hoos and Leyton-Brown 2014): leaves are boxes, so that the mean over the
 * other dimensions is a sum over boxes, constant between thresholds. Sums over steps are running sums of what begins and
 * ends at each, so that a box costs the same however many steps it holds.
 */
export function decompose(tree: TreeNode, kinds: readonly CoordinateKind[]): Decomposition {
  const boxes: Box[] = [];
  collect(tree, wholeExtents(kinds), boxes);
  const axes = kinds.map((kind, dimension) => axisOf(kind, boxes.map(({ extents }) => extents[dimension])));
  const volumes = Float64Array.from(boxes, (_, box) => axes.reduce((volume, { shares }) => volume * shares[box], 1));
  const mean = boxes.reduce((sum, { value }, box) => sum + value * volumes[box], 0);
  const variance = boxes.reduce((sum, { value }, box) => sum + (value - mean) ** 2 * volumes[box], 0);
  // Deviations from the mean: where nothing is to be seen, sums stay near 0.
  const weighted = Float64Array.from(boxes, ({ value }, box) => (value - mean) * volumes[box]);
  const effects = axes.map((axis) => mainEffect(axis, weighted));
  const split = axes.map(({ shares }) => shares.some((share) => share < 1));
  return {
    mean, variance,
    main: Float64Array.from(effects, (effect, dimension) => weightedSquares(effect, axes[dimension].masses)),
    pairs: Float64Array.from(pairsOf(kinds.length), ([a, b]) => (split[a] && split[b] ? interaction(axes[a], axes[b], effects[a], effects[b], weighted) : 0)),
    marginals: axes.map(({ edges }, dimension) => ({ edges, values: effects[dimension].map((effect) => mean + effect) })),
  };
}

function collect(node: TreeNode, extents: readonly Extent[], into: Box[]): void {
  if ('value' in node) {
    into.push({ value: node.value, extents });
    return;
  }
  const [low, high] = splitExtent(extents[node.dimension], node);
  collect(node.low, extents.with(node.dimension, low), into);
  collect(node.high, extents.with(node.dimension, high), into);
}

function axisOf(kind: CoordinateKind, extents: readonly Extent[]): Axis {
  // Boxes share their extents with their neighbours.
  const distinct = [...new Set(extents)];
  const starts = kind === 'number' ? distinct.map((extent) => ('from' in extent ? extent.from : 0)) : Array.from({ length: kind.choices }, (_, choice) => choice);
  const end = kind === 'number' ? 1 : kind.choices;
  const edges = Float64Array.from(new Set([...starts, end])).sort();
  const masses = edges.subarray(1).map((edge, step) => (edge - edges[step]) / end);
  const placed = new Map(distinct.map((extent): [Extent, Placed] => [extent, placeOf(extent, edges)]));
  return {
    edges, masses,
    shares: Float64Array.from(extents, (extent) => placed.get(extent)?.share ?? 0),
    runs: extents.map((extent) => placed.get(extent)?.runs ?? []),
  };
}

interface Placed {
  readonly share: number;
  readonly runs: readonly number[];
}

function placeOf(extent: Extent, edges: Float64Array): Placed {
  if ('from' in extent) return { share: extent.to - extent.from, runs: [edges.indexOf(extent.from), edges.indexOf(extent.to)] };
  return { share: extent.choices.length / edges[edges.length - 1], runs: extent.choices.flatMap((choice) => [choice, choice + 1]) };
}

/** Mean over the other dimensions less the mean over all, by step. */
function mainEffect({ masses, shares, runs }: Axis, weighted: Float64Array): Float64Array {
  const effect = new Float64Array(masses.length + 1);
  for (let box = 0; box < weighted.length; box++) {
    const value = weighted[box] / shares[box];
    const own = runs[box];
    for (let run = 0; run < own.length; run += 2) {
      effect[own[run]] += value;
      effect[own[run + 1]] -= value;
    }
  }
  for (let step = 1; step < effect.length; step++) effect[step] += effect[step - 1];
  return effect.subarray(0, masses.length);
}

/** Variance of the mean over all but two dimensions, less their main effects. */
function interaction(a: Axis, b: Axis, effectA: Float64Array, effectB: Float64Array, weighted: Float64Array): number {
  const width = b.masses.length + 1;
  const joint = new Float64Array((a.masses.length + 1) * width);
  for (let box = 0; box < weighted.length; box++) {
    const value = weighted[box] / (a.shares[box] * b.shares[box]);
    const [runsA, runsB] = [a.runs[box], b.runs[box]];
    for (let i = 0; i < runsA.length; i += 2) {
      const [first, last] = [runsA[i] * width, runsA[i + 1] * width];
      for (let j = 0; j < runsB.length; j += 2) {
        joint[first + runsB[j]] += value;
        joint[first + runsB[j + 1]] -= value;
        joint[last + runsB[j]] -= value;
        joint[last + runsB[j + 1]] += value;
      }
    }
  }
  let variance = 0;
  for (let i = 0; i < a.masses.length; i++) {
    const row = i * width;
    let running = 0;
    let squares = 0;
    for (let j = 0; j < b.masses.length; j++) {
      running += joint[row + j];
      // Down the columns: from here on the cell holds the joint effect.
      joint[row + j] = running + (i > 0 ? joint[row - width + j] : 0);
      squares += b.masses[j] * (joint[row + j] - effectA[i] - effectB[j]) ** 2;
    }
    variance += a.masses[i] * squares;
  }
  return variance;
}

function weightedSquares(values: Float64Array, weights: Float64Array): number {
  return values.reduce((sum, value, i) => sum + weights[i] * value ** 2, 0);
}

/** The value at a coordinate; at an edge, that of the step that begins there, and at the last edge that of the last step. */
export function stepAt({ edges, values }: StepFunction, coordinate: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle] <= coordinate) low = middle;
    else high = middle - 1;
  }
  return values[low];
}
