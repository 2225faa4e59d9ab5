import { hash } from '../../random.ts';
import { pointSize, valuesAt } from '../space.ts';
import type { SearchSpace } from '../types.ts';
import { Tried, trialOf, type Sampler } from './sampler.ts';
import { SobolSequence } from './sobol-sequence.ts';

/** Points looked at for each trial before a setting is looked for that is left. */
const POINTS_A_TRIAL = 100;

/**
 * The points of a Sobol sequence in their order, shifted by the seed; those whose setting was tried are passed over.
 * @throws GatecastError `bad-setting` for more than 32 dimensions
 */
export function sobolSampler(space: SearchSpace, seed: number): Sampler {
  const tried = new Tried();
  const size = pointSize(space);
  const sequence = new SobolSequence(size, Uint32Array.from({ length: size }, (_, dimension) => hash(seed, dimension)));
  let index = 0;
  return {
    next(records) {
      tried.read(records);
      for (; index < POINTS_A_TRIAL * (records.length + 1); index++) {
        const setting = valuesAt(space, sequence.at(index));
        if (!tried.has(setting)) return trialOf(records, setting);
      }
      return trialOf(records, tried.lastResort(space));
    },
  };
}
