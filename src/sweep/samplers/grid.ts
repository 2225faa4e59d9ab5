import { gridSettings } from '../enumerate.ts';
import type { SearchSpace } from '../types.ts';
import { Tried, trialOf, type Sampler } from './sampler.ts';

/** Every combination of the grid's values, a branch after the other. */
export function gridSampler(space: SearchSpace): Sampler {
  const tried = new Tried();
  const settings = gridSettings(space);
  let current = settings.next();
  return {
    next(records) {
      tried.read(records);
      while (!current.done && tried.has(current.value)) current = settings.next();
      return trialOf(records, current.done ? null : current.value);
    },
  };
}
