import { anchorGrid, blockMeans, horizonAnchors, type AnchorGrid } from './anchors.ts';
import { blockLength } from './block-smoothing.ts';
import type { Forecaster, History, Parameter } from './contract.ts';
import { followingModel } from './following-model.ts';
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
    const blockSteps = numberOf(blockLength, values);
    const windowSteps = numberOf(window, values);
    const windowAt = (known: History): { readonly grid: AnchorGrid; readonly series: readonly Float64Array[] } => {
      const grid = anchorGrid(known, blockSteps);
      const count = Math.min(grid.count, horizonAnchors(grid, windowSteps));
      const blocks = blockMeans(grid).subarray((grid.count - count) * experts);
      return { grid, series: Array.from({ length: experts }, (_, expert) => Float64Array.from({ length: count }, (_block, i) => blocks[i * experts + expert])) };
    };
    const fitted = windowAt(history).series.map((series) => new ThetaModel(series));
    return followingModel(history, (known) => {
      const { grid, series } = windowAt(known);
      return { grid, models: fitted.map((model, expert) => model.over(series[expert])) };
    }, ({ grid, models }, horizonSteps) => ontoSimplex(Float64Array.from(models, (model) => model.horizonMean(horizonAnchors(grid, horizonSteps))), experts));
  },
};
