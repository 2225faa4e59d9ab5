import { breathe } from '../breathe.ts';
import { throwIfAborted } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import { anchorGrid, blockMeans, horizonAnchors, type AnchorGrid } from './anchors.ts';
import type { History, Model, Parameter } from './contract.ts';
import type { SeriesModel } from './series/series-model.ts';
import type { ShareSpace } from './share-space.ts';

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
  readonly space: ShareSpace;
}

type ExpertModel = Pick<SeriesModel, 'horizonMean' | 'over'>;

/** How one expert's series is fitted, and what there is to say of all of them. */
export interface ExpertFit<Fitted> {
  fit(series: Float64Array): Fitted;
  explain(models: readonly Fitted[]): string;
}

/**
 * A model of each expert's block means by itself, NaN being a block without a row; forecasts are brought onto the simplex.
 * Fits take long: messages come in between two of them. An update runs the models over the newest blocks with the
 * coefficients that they have. Rejects with `cancelled`.
 * @param label what is fitted, in reports of the progress
 */
export async function fitEachExpert<Fitted extends ExpertModel>(
  history: History, blocks: Blocks, label: string, { fit, explain }: ExpertFit<Fitted>, { signal, onProgress }: WorkOptions = {},
): Promise<Model> {
  const { experts } = history;
  let { grid, series } = expertSeries(history, blocks);
  const fitted: Fitted[] = [];
  for (let expert = 0; expert < experts; expert++) {
    onProgress?.({ done: expert, total: experts, unit: 'models', label });
    await breathe();
    throwIfAborted(signal);
    fitted.push(fit(series[expert]));
  }
  let models: readonly ExpertModel[] = fitted;
  return {
    forecast(horizonSteps) {
      const horizon = horizonAnchors(grid, horizonSteps);
      return { experts, blocks: 1, mean: blocks.space.back(Float64Array.from(models, (model) => model.horizonMean(horizon)), experts) };
    },
    update(known) {
      ({ grid, series } = expertSeries(known, blocks));
      models = models.map((model, expert) => model.over(series[expert]));
    },
    explain: () => explain(fitted),
  };
}

/** Block means of each expert, the last block ending at the origin. */
function expertSeries(history: History, { blockSteps, mostBlocks, space }: Blocks): { readonly grid: AnchorGrid; readonly series: readonly Float64Array[] } {
  const { experts } = history;
  // Where there are more, the first block holds all before it: it is left out.
  const grid = anchorGrid(history, blockSteps, mostBlocks + 1);
  const count = Math.min(grid.count, mostBlocks);
  const means = space.from(blockMeans(grid).subarray((grid.count - count) * experts), experts);
  return { grid, series: Array.from({ length: experts }, (_, expert) => Float64Array.from({ length: count }, (_block, i) => means[i * experts + expert])) };
}
