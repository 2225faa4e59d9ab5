import { isTrained } from '../forecast/trained.ts';
import { rungsOf } from './halving.ts';
import type { SweepPlan } from './types.ts';

/** Iterations after which a plan's trained trials are judged, ascending; none where all are trained to their end at once. */
export function rungsOfPlan({ halving, space }: Pick<SweepPlan, 'halving' | 'space'>): readonly number[] {
  const trained = space.find(({ forecaster }) => isTrained(forecaster));
  if (!halving || !trained) return [];
  const maximum = Number(trained.values.iterations);
  return rungsOf({ ...halving, grace: Math.min(halving.grace, maximum), maximum });
}
