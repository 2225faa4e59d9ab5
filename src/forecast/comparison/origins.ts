import { GatecastError } from '../../errors.ts';
import { usualBlockSteps } from '../anchors.ts';
import { endStep } from '../history.ts';
import { earlyForecasts, resolvedForecasts } from '../past-misses.ts';
import type { ComparisonSettings } from './types.ts';

export interface Origin {
  readonly originStep: number;
  /** How many of the horizons, from the shortest on, the trace holds whole after it. */
  readonly horizons: number;
}

/**
 * Origins that a comparison judges: those with a known step before them and at least the shortest horizon after them.
 * @param steps of the trace's rows
 * @throws GatecastError `bad-setting`, where "origins" or "horizons", when there is none or the settings make no sense
 */
export function comparisonOrigins(steps: Float64Array, { firstOriginStep, lastOriginStep, everySteps, horizons }: ComparisonSettings): readonly Origin[] {
  if (!(everySteps > 0)) {
    throw new GatecastError({ code: 'bad-setting', where: 'origins', message: `origins cannot be ${everySteps} steps apart`, remedy: 'choose at least 1 step' });
  }
  if (horizons.length === 0 || !horizons.every((horizon, i) => horizon >= 1 && (i === 0 || horizon > horizons[i - 1]))) {
    throw new GatecastError({ code: 'bad-setting', where: 'horizons', message: `horizons of ${horizons.join(', ') || 'no'} steps cannot be compared`, remedy: 'choose one or more, ascending, of at least 1 step' });
  }
  const end = endStep(steps);
  const last = Math.min(lastOriginStep, end - horizons[0]);
  const origins: Origin[] = [];
  for (let i = 0; firstOriginStep + i * everySteps <= last; i++) {
    const originStep = firstOriginStep + i * everySteps;
    if (originStep > steps[0]) origins.push({ originStep, horizons: horizons.filter((horizon) => originStep + horizon <= end).length });
  }
  if (origins.length > 0) return origins;
  throw new GatecastError({
    code: 'bad-setting', where: 'origins',
    message: `no origin from ${firstOriginStep} to ${lastOriginStep} has steps before it and ${horizons[0]} steps of the trace after it`,
    remedy: 'choose a shorter horizon or other origins',
  });
}

/**
 * Origins before the first, ascending, whose forecasts its intervals are made of: as many as the trace has, as far as they
 * count. They lie as far apart as the others, but no closer than half a block, since nearer ones say the same.
 */
export function earlierOrigins(steps: Float64Array, { everySteps, horizons }: Pick<ComparisonSettings, 'everySteps' | 'horizons'>, firstOriginStep: number): readonly number[] {
  const apart = everySteps * Math.max(1, Math.ceil(usualBlockSteps / 2 / everySteps));
  const most = Math.ceil(horizons[horizons.length - 1] / apart) + resolvedForecasts + earlyForecasts;
  return Array.from({ length: most }, (_, i) => firstOriginStep - (most - i) * apart).filter((originStep) => originStep > steps[0]);
}
