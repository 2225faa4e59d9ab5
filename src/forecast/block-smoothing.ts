import { anchorGrid, blockMeans, horizonAnchors, usualBlockSteps } from './anchors.ts';
import type { History, Model, Parameter } from './contract.ts';
import { followingModel } from './following-model.ts';
import { holtAnchorMeans } from './series/holt-anchors.ts';
import type { SmoothingParameters } from './series/smoothing.ts';
import type { ShareSpace } from './share-space.ts';

export const levelRate = {
  id: 'alpha', label: 'Level rate', kind: 'number', minimum: 0.01, maximum: 1, default: 0.1, scale: 'log',
  help: 'Part of what a block was misjudged by that the level takes over (α): 1 repeats the last block, little averages a long past.',
} as const satisfies Parameter;

export const blockLength = {
  id: 'blockSteps', label: 'Block', kind: 'integer', unit: 'steps', minimum: 1, maximum: 10_000, default: usualBlockSteps, scale: 'log', advanced: true,
  help: 'Steps that are averaged into one value first; rates are those of a block.',
} as const satisfies Parameter;

/**
 * Holt smoothing of block means, one setting for all experts. No forecast goes further from an expert's blocks than they
 * are apart.
 */
export function blockSmoothing(history: History, parameters: SmoothingParameters, blockSteps: number, space: ShareSpace): Model {
  const { experts } = history;
  return followingModel(history, (known) => {
    const grid = anchorGrid(known, blockSteps);
    return { grid, blocks: space.from(blockMeans(grid), experts) };
  }, ({ grid, blocks }, horizonSteps) => {
    const mean = holtAnchorMeans(blocks, experts, parameters, horizonAnchors(grid, horizonSteps)).slice(-experts);
    for (let expert = 0; expert < experts; expert++) {
      let low = Infinity;
      let high = -Infinity;
      for (let at = expert; at < blocks.length; at += experts) {
        if (blocks[at] < low) low = blocks[at];
        if (blocks[at] > high) high = blocks[at];
      }
      mean[expert] = Math.min(high + (high - low), Math.max(low - (high - low), mean[expert]));
    }
    return space.back(mean, experts);
  });
}
