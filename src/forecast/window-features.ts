import { rememberedAt } from './anchor-memo.ts';
import { averagesAt, blockMeans, outcomesAt, type AnchorGrid } from './anchors.ts';
import { holtAnchorMeans } from './series/holt-anchors.ts';

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

/** Number of features. */
export function sizeOf({ reversion, holts: withHolts }: FeatureChoice): number {
  return windows.length + (reversion ? 1 : 0) + (withHolts ? holts.length : 0);
}

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

/** XᵀX, Xᵀy, the mean of y², and how many anchors they are of: `[size × size + size + 2]`. */
export type Equations = Float64Array;

/**
 * Least squares over a layer's experts at anchors `from` (in) to `to` (out), whose next `lag` blocks are known: of what came
 * in those less the recent mean, by features. Zeros where nothing was recorded or nothing moved.
 */
export function anchorEquations(grid: AnchorGrid, choice: FeatureChoice, lag: number, from: number, to: number): readonly Equations[] {
  return rememberedAt(grid, `equations ${choice.reversion} ${choice.holts}`, lag, from, to, (first, end) => {
    const { experts } = grid.history;
    const { base, columns } = windowFeatures(grid, choice, lag, first, end);
    const target = outcomesAt(grid, lag, first, end);
    for (let i = 0; i < target.length; i++) target[i] -= base[i];
    return Array.from({ length: end - first }, (_, i) => equationsOf(columns, target, i * experts, experts));
  });
}

function equationsOf(columns: readonly Float64Array[], target: Float64Array, first: number, experts: number): Equations {
  const size = columns.length;
  const equations = new Float64Array(size * size + size + 2);
  const square = product(target, target, first, experts) / experts;
  if (!(square > 0)) return equations;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = product(columns[i], columns[j], first, experts);
      equations[i * size + j] = entry;
      equations[j * size + i] = entry;
    }
    equations[size * size + i] = product(columns[i], target, first, experts);
  }
  equations[equations.length - 2] = square;
  equations[equations.length - 1] = 1;
  return equations;
}

/** Σ a b over `count` values from `first` on. */
function product(a: Float64Array, b: Float64Array, first: number, count: number): number {
  let sum = 0;
  for (let i = first; i < first + count; i++) sum += a[i] * b[i];
  return sum;
}
