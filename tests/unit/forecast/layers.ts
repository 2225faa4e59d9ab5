import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../../../src/forecast/layer-shares.ts';
import type { Forecaster, ParameterValues } from '../../../src/forecast/contract.ts';
import { gaussian, random } from '../../../src/random.ts';

/** A layer whose shares follow `share(expert, step)`, which need not sum to 1, with noise of the given deviation. */
export function madeLayer(rows: number, experts: number, share: (expert: number, step: number) => number, { noise = 0, seed = 1, strideSteps = 1 } = {}): LayerShares {
  const next = random(seed);
  const values = Float32Array.from({ length: rows * experts }, (_, i) => Math.max(0, share(i % experts, Math.floor(i / experts) * strideSteps) + (noise > 0 ? noise * gaussian(next) : 0)));
  return layerShares(values, Float64Array.from({ length: rows }, (_, row) => row * strideSteps), experts);
}

/** Loads that wander, each pulled back to its own level. */
export function wanderingLayer(rows: number, experts: number, seed: number): LayerShares {
  const next = random(seed);
  const levels = Float64Array.from({ length: experts }, () => 0.5 + next());
  const loads = levels.slice();
  const values = new Float32Array(rows * experts);
  for (let row = 0; row < rows; row++) {
    for (let expert = 0; expert < experts; expert++) {
      loads[expert] += 0.003 * (1 - loads[expert]) + 0.01 * gaussian(next);
      values[row * experts + expert] = Math.max(0, loads[expert] + 0.1 * gaussian(next));
    }
  }
  return layerShares(values, Float64Array.from({ length: rows }, (_, row) => row), experts);
}

/** The layer with other values from a row on, and to the bit the same before. */
export function spoiltLayer(layer: LayerShares, row: number, garbage: () => number): LayerShares {
  const { experts, shares } = layer;
  const other = shares.map((share, i) => (i < row * experts ? share : garbage()));
  const cumulative = new Float64Array(other.length + experts);
  for (let i = 0; i < other.length; i++) cumulative[i + experts] = cumulative[i] + other[i];
  return { ...layer, shares: other, cumulative };
}

/** Forecast of the mean of the horizon's shares. */
export async function meanAhead(forecaster: Forecaster, layer: LayerShares, originStep: number, horizonSteps: number, values: ParameterValues = {}, others: readonly LayerShares[] = []): Promise<Float64Array> {
  const model = await forecaster.fit(historyBefore(layer, originStep, others), values);
  return model.forecast(horizonSteps).mean;
}

/** Mean shares of steps `from` (in) to `to` (out) of a layer of every step, added up row by row. */
export function meanShares({ shares, experts }: LayerShares, from: number, to: number): number[] {
  return Array.from({ length: experts }, (_, expert) => {
    let sum = 0;
    for (let row = Math.max(0, from); row < to; row++) sum += shares[row * experts + expert];
    return sum / (to - Math.max(0, from));
  });
}

export function loadError(forecast: ArrayLike<number>, truth: ArrayLike<number>): number {
  return Array.from(forecast).reduce((sum, share, expert) => sum + Math.abs(share - truth[expert]), 0);
}
