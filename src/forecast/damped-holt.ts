import { blockLength, blockSmoothing, levelRate } from './block-smoothing.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { choiceOf, numberOf } from './parameter-values.ts';
import { shareSpace, spaceChoice } from './share-space.ts';

const slopeRate = {
  id: 'beta', label: 'Slope rate', kind: 'number', minimum: 0.001, maximum: 1, default: 0.03, scale: 'log',
  help: 'Part of each correction of the level that the slope takes over (Holt’s β): little gives a slope of the long past.',
} as const satisfies Parameter;

const damping = {
  id: 'phi', label: 'Damping', kind: 'number', minimum: 0.5, maximum: 1, step: 0.01, default: 0.9, scale: 'linear',
  help: 'Part of the slope that is left a block later (φ): 1 continues a trend for ever.',
} as const satisfies Parameter;

/** Holt's method with a damped trend (Gardner and McKenzie 1985) with settings that are given. */
export const dampedHolt: Forecaster = {
  id: 'damped-holt',
  label: 'Damped Holt',
  help: 'Follows the level and the slope of each share, and continues the slope less and less.',
  phrase: 'the damped Holt smoothing',
  cost: 'cheap',
  parameters: [levelRate, slopeRate, damping, blockLength, spaceChoice],
  fit(history, values) {
    const alpha = numberOf(levelRate, values);
    const beta = alpha * numberOf(slopeRate, values);
    const phi = numberOf(damping, values);
    return blockSmoothing(history, { alpha, beta, phi }, numberOf(blockLength, values), shareSpace(choiceOf(spaceChoice, values)));
  },
};
