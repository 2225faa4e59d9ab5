import { averagesAt, blockMeans, outcomesAt, type AnchorGrid } from './anchors.ts';
import { holtAnchorMeans } from './series/holt-anchors.ts';
import type { NormalEquations } from './series/normal-equations.ts';

/** What a regression explains the future of a share by: differences of it from its recent mean. */
export interface FeatureChoice {
  /** 1/E less the recent mean: balanced routers pull loads back. */
  readonly reversion: boolean;
  /** Forecasts of three Holt smoothings as well. */
  readonly holts: boolean;
}

/** The recent mean that everything is taken relative to, steps. */
const baseSteps = 500;
const windows: readonly number[] = [50, 100, 200, 350, 700, 1000, 1400, 2000, 3000];
/** α, β of the innovations form, φ. */
const holts = [[0.1, 0.003, 0.9], [0.2, 0.02, 0.9], [0.1, 0.001, 0.9]].map(([alpha, beta, phi]) => ({ alpha, beta, phi }));

/** Features of one layer at anchors `from` on. */
export interface WindowFeatures {
  readonly from: number;
  /** Recent means, `[anchors][experts]`. */
  readonly base: Float64Array;
  /** Of each feature, `[anchors][experts]`. */
  readonly columns: readonly Float64Array[];
}

/** @param lag blocks ahead that Holt smoothings forecast */
export function windowFeatures(grid: AnchorGrid, { reversion, holts: withHolts }: FeatureChoice, lag: number, from: number, to: number): WindowFeatures {
  const { experts } = grid.history;
  const base = averagesAt(grid, baseSteps, from, to);
  const columns = windows.map((steps) => averagesAt(grid, steps, from, to));
  if (reversion) columns.push(new Float64Array(base.length).fill(1 / experts));
  if (withHolts) {
    const blocks = blockMeans(grid);
    for (const settings of holts) columns.push(holtAnchorMeans(blocks, experts, settings, lag).subarray(from * experts, to * experts));
  }
  for (const column of columns) for (let i = 0; i < base.length; i++) column[i] -= base[i];
  return { from, base, columns };
}

/**
 * Least squares over a layer's experts, of what came in the next blocks less the recent mean, by features; as running sums
 * over anchors, so that those of any anchors in a row are a difference.
 */
export class RunningEquations {
  /** `[anchors + 1][size × size + size + 2]`: XᵀX, Xᵀy, mean of y², and how many anchors there are. */
  readonly #sums: Float64Array;
  readonly #width: number;

  /** Of the anchors from the features' first one to `to` whose next `lag` blocks are known. */
  constructor(grid: AnchorGrid, { from, base, columns }: WindowFeatures, lag: number, to: number) {
    const { experts } = grid.history;
    const size = columns.length;
    const width = size * size + size + 2;
    const target = outcomesAt(grid, lag, from, to);
    for (let i = 0; i < target.length; i++) target[i] -= base[i];
    const sums = new Float64Array((target.length / experts + 1) * width);
    for (let first = 0, at = 0; first < target.length; first += experts, at += width) {
      const next = at + width;
      sums.copyWithin(next, at, next);
      const square = product(target, target, first, experts) / experts;
      // Nothing was recorded, or nothing moved.
      if (!(square > 0)) continue;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j <= i; j++) {
          const entry = product(columns[i], columns[j], first, experts);
          sums[next + i * size + j] += entry;
          if (j < i) sums[next + j * size + i] += entry;
        }
        sums[next + size * size + i] += product(columns[i], target, first, experts);
      }
      sums[next + width - 2] += square;
      sums[next + width - 1]++;
    }
    this.#sums = sums;
    this.#width = width;
  }

  /**
   * Adds the equations of anchors `from` (in) to `to` (out), counted from the first, divided by the mean square of what is
   * explained and times `weight`. @returns whether there were any
   */
  add(from: number, to: number, weight: number, into: NormalEquations): boolean {
    const width = this.#width;
    const low = Math.max(0, from) * width;
    const high = Math.max(0, to) * width;
    const sums = this.#sums;
    const anchors = sums[high + width - 1] - sums[low + width - 1];
    const square = sums[high + width - 2] - sums[low + width - 2];
    if (!(anchors > 0 && square > 0)) return false;
    const scale = (weight * anchors) / square;
    const { size, gram, cross } = into;
    for (let i = 0; i < gram.length; i++) gram[i] += scale * (sums[high + i] - sums[low + i]);
    for (let i = 0; i < size; i++) cross[i] += scale * (sums[high + gram.length + i] - sums[low + gram.length + i]);
    return true;
  }
}

/** Σ a b over `count` values from `first` on. */
function product(a: Float64Array, b: Float64Array, first: number, count: number): number {
  let sum = 0;
  for (let i = first; i < first + count; i++) sum += a[i] * b[i];
  return sum;
}
