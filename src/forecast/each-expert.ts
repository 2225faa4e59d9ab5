import { breathe } from '../breathe.ts';
import { throwIfAborted } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import { anchorGrid, blockMeans, horizonAnchors } from './anchors.ts';
import type { History, Model, Parameter } from './contract.ts';
import type { SeriesModel } from './series/series-model.ts';
import { ontoSimplex } from './simplex.ts';

export const pastBlocks = {
  id: 'blocks', label: 'Past blocks', kind: 'integer', minimum: 10, maximum: 2000, default: 300, scale: 'log', advanced: true,
  help: 'Blocks that the models are fitted to, the newest ones; what a fit takes grows with them.',
} as const satisfies Parameter;

/** How a history becomes one series of block means for each expert. */
export interface Blocks {
  /** Steps a block. */
  readonly blockSteps: number;
  /** Newest blocks taken at most. */
  readonly mostBlocks: number;
}

/**
 * A model of each expert's block means by itself, NaN being a block without a row; forecasts are brought onto the simplex.
 * Fits take long: messages come in between two of them. Rejects with `cancelled`.
 * @param label what is fitted, in reports of the progress
 */
export async function fitEachExpert(
  history: History, { blockSteps, mostBlocks }: Blocks, label: string,
  fit: (series: Float64Array) => Pick<SeriesModel, 'horizonMean'>, { signal, onProgress }: WorkOptions = {},
): Promise<Model> {
  const { experts } = history;
  // Where there are more, the first block holds all before it: it is left out.
  const grid = anchorGrid(history, blockSteps, mostBlocks + 1);
  const count = Math.min(grid.count, mostBlocks);
  const blocks = blockMeans(grid).subarray((grid.count - count) * experts);
  const models: Pick<SeriesModel, 'horizonMean'>[] = [];
  for (let expert = 0; expert < experts; expert++) {
    onProgress?.({ done: expert, total: experts, unit: 'models', label });
    await breathe();
    throwIfAborted(signal);
    models.push(fit(Float64Array.from({ length: count }, (_, i) => blocks[i * experts + expert])));
  }
  return {
    forecast(horizonSteps) {
      const horizon = horizonAnchors(grid, horizonSteps);
      return { experts, blocks: 1, mean: ontoSimplex(Float64Array.from(models, (model) => model.horizonMean(horizon)), experts) };
    },
  };
}
