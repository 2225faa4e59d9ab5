import { compareLayer, type CompareOptions } from '../../../../src/forecast/comparison/compare-layer.ts';
import type { ComparisonPoint, ComparisonReference, ComparisonResult, ComparisonSettings, Contender } from '../../../../src/forecast/comparison/types.ts';
import type { ParameterValues } from '../../../../src/forecast/contract.ts';
import type { LayerShares } from '../../../../src/forecast/layer-shares.ts';
import type { Scores } from '../../../../src/forecast/picture-types.ts';

export function contender(id: string, values: ParameterValues = {}): Contender {
  return { key: `${id} ${JSON.stringify(values)}`, id, label: id, values };
}

export function comparisonSettings(changes: Partial<ComparisonSettings> = {}): ComparisonSettings {
  return {
    layers: [0], contenders: [contender('sliding-average', { windowSteps: 20 }), contender('last-value')],
    firstOriginStep: 50, lastOriginStep: 1000, everySteps: 25, horizons: [40], refitEvery: 1, coverage: 0.9, coldShare: 0.001, seed: 1, ...changes,
  };
}

/** Everything that comes of a layer; times of day and place left out, since no two runs take alike. */
export async function compared(shares: LayerShares, settings: ComparisonSettings, options: CompareOptions = {}, layer = 0): Promise<Pick<ComparisonResult, 'points' | 'references'>> {
  const points: ComparisonPoint[] = [];
  const references: ComparisonReference[] = [];
  for await (const batch of compareLayer(layer, shares, settings, options)) {
    points.push(...batch.points.map((point) => ({ ...point, elapsedMs: 0 })));
    references.push(...batch.references);
  }
  return { points, references };
}

export function scoresOf(loadBlock: number): Scores {
  return { loadPerStep: 2 * loadBlock, loadBlock, relativePerStep: NaN, relativeBlock: 3 * loadBlock, absolutePerStep: loadBlock, absoluteBlock: loadBlock / 2 };
}

export function point(changes: Partial<Omit<ComparisonPoint, 'scores'>> & { readonly error: number }): ComparisonPoint {
  const { error, ...rest } = changes;
  return { layer: 0, contender: 0, originStep: 0, horizon: 0, scores: scoresOf(error), mase: error / 10, covered: NaN, width: NaN, elapsedMs: 1, ...rest };
}

/** @param averages by window of `referenceWindows`; those left out err by 9 */
export function reference(changes: Partial<Omit<ComparisonReference, 'noiseFloor'>> & { readonly floor?: number }): ComparisonReference {
  const { floor = 0.5, averages = [], ...rest } = changes;
  return { layer: 0, originStep: 0, horizon: 0, noiseFloor: scoresOf(floor), averages: Array.from({ length: 9 }, (_, window) => averages[window] ?? 9), ...rest };
}
