import type { SweepPlan } from '../types.ts';
import { gridSampler } from './grid.ts';
import { randomSampler } from './random.ts';
import type { Sampler } from './sampler.ts';
import { sobolSampler } from './sobol.ts';
import { tpeSampler } from './tpe.ts';

/** What chooses the trials of a plan. @throws GatecastError `bad-setting` for a space that it cannot sample */
export function samplerOf({ sampler, space, seed }: Pick<SweepPlan, 'sampler' | 'space' | 'seed'>): Sampler {
  switch (sampler) {
    case 'grid': return gridSampler(space, seed);
    case 'random': return randomSampler(space, seed);
    case 'sobol': return sobolSampler(space, seed);
    case 'tpe': return tpeSampler(space, seed);
  }
}
