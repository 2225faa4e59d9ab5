import { hash, random, type Random } from '../../random.ts';
import { gridValues } from '../dimension.ts';
import { gridSettings, gridSize } from '../enumerate.ts';
import { settingOf, type Setting } from '../space.ts';
import type { SearchSpace } from '../types.ts';
import { MOST_DRAWS } from './random.ts';
import { Tried, trialOf, type Sampler } from './sampler.ts';

/** Every combination of the grid's values once, in an order of chance: a sweep that ends before its grid does has been everywhere in it. */
export function gridSampler(space: SearchSpace, seed: number): Sampler {
  const tried = new Tried();
  const sizes = space.map((branch) => gridSize([branch]));
  return {
    next(records) {
      tried.read(records);
      const drawn = draws(space, sizes, random(hash(seed, records.length)));
      return trialOf(records, tried.firstOther(drawn) ?? tried.firstOther(gridSettings(space)));
    },
  };
}

/** @param sizes settings of each branch's grid */
function* draws(space: SearchSpace, sizes: readonly number[], next: Random): Generator<Setting> {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    let place = next() * sizes.reduce((sum, size) => sum + size, 0);
    const branch = sizes.findIndex((size) => (place -= size) < 0);
    yield settingOf(space[branch], (dimension) => {
      const values = gridValues(dimension);
      return values[Math.floor(next() * values.length)];
    });
  }
}
