import { hash, random, type Random } from '../../random.ts';
import { pointSize, valuesAt, type Setting } from '../space.ts';
import type { SearchSpace } from '../types.ts';
import { Tried, trialOf, type Sampler } from './sampler.ts';

/** Draws before a setting is looked for that is left. */
export const MOST_DRAWS = 100;

/** Independent uniform draws (Bergstra and Bengio 2012). */
export function randomSampler(space: SearchSpace, seed: number): Sampler {
  const tried = new Tried();
  return {
    next(records) {
      tried.read(records);
      return trialOf(records, untriedAtRandom(space, tried, random(hash(seed, records.length))));
    },
  };
}

export function untriedAtRandom(space: SearchSpace, tried: Tried, next: Random): Setting | null {
  return tried.firstOther(draws(space, next)) ?? tried.lastResort(space);
}

function* draws(space: SearchSpace, next: Random): Generator<Setting> {
  const size = pointSize(space);
  for (let draw = 0; draw < MOST_DRAWS; draw++) yield valuesAt(space, Array.from({ length: size }, next));
}
