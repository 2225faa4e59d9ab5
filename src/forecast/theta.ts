import { anchorGrid, blockMeans, horizonAnchors } from './anchors.ts';
import { blockLength } from './block-smoothing.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { numberOf } from './parameter-values.ts';
import { ThetaModel } from './series/theta.ts';
import { ontoSimplex } from './simplex.ts';

const window = {
  id: 'windowSteps', label: 'Window', kind: 'integer', unit: 'steps', minimum: 1, maximum: 10_000_000, default: 2000, scale: 'log',
  help: 'Past steps that level and line are fitted to.',
} as const satisfies Parameter;

/** The Theta method on block means, each expert by itself. */
export const theta: Forecaster = {
  id: 'theta',
  label: 'Theta method',
  help: 'Smooths each share and adds half the slope of the straight line through its window.',
  phrase: 'the Theta method',
  cost: 'cheap',
  parameters: [window, blockLength],
  fit(history, values) {
    const { experts } = history;
    const grid = anchorGrid(history, numberOf(blockLength, values));
    const count = Math.min(grid.count, horizonAnchors(grid, numberOf(window, values)));
    const blocks = blockMeans(grid).subarray((grid.count - count) * experts);
    const models = Array.from({ length: experts }, (_, expert) => new ThetaModel(Float64Array.from({ length: count }, (_, i) => blocks[i * experts + expert])));
    return {
      forecast(horizonSteps) {
        const horizon = horizonAnchors(grid, horizonSteps);
        return { experts, blocks: 1, mean: ontoSimplex(Float64Array.from(models, (model) => model.horizonMean(horizon)), experts) };
      },
    };
  },
};
