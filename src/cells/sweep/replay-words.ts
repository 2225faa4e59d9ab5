/** What came of making a trial again, in words. Pure. */
import type { Replayed } from '../../app/sweep-replay.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import { differencePercent } from '../../sweep/agreement.ts';
import { scoreOf } from '../../sweep/best-trial.ts';
import { mean } from '../../sweep/means.ts';
import type { SweepPlan, SweepTrial } from '../../sweep/types.ts';
import { sentence } from '../../ui/index.ts';
import { makerInWords } from './trial-provenance.ts';

/** What another order of sums explains of a difference between two steady trainings, %; see `docs/decisions.md`. */
export const tolerancePercent = 0.1;

/** @param making what made the trial; undefined where it is not known */
export function replayInWords({ measure }: Pick<SweepPlan, 'measure'>, trial: SweepTrial, making: SweepMaking | undefined, { byOrigin, problem, device }: Replayed): string {
  const trained = isTrained(trial.forecaster);
  const done = trained ? 'Trained again' : 'Fitted again';
  if (trial.state === 'failed') return problem === undefined ? `${done}: this time it did not fail.` : `${done}, it failed again: ${sentence(problem)}`;
  if (problem !== undefined) return `${done}, it failed this time: ${sentence(problem)}`;
  const write = (error: number): string => `${Number(error.toPrecision(6))}${measure.startsWith('absolute') ? ' points' : ' %'}`;
  const off = differencePercent(trial.byOrigin, byOrigin);
  const compared = `${done}: error ${write(mean(byOrigin))} instead of ${write(scoreOf(trial))}`;
  const before = making && makerInWords(trial, making);
  const now = making && device && makerInWords(trial, { ...making, ...device, adapter: device.adapter });
  const elsewhere = now !== undefined && now !== before ? ` It was made on ${before}, and again on ${now}.` : '';
  if (off === 0 && mean(byOrigin) === scoreOf(trial)) return `${compared}, the same to the last digit.${elsewhere}`;
  if (Number.isNaN(off)) return `${compared}; errors by origin are not known, so nothing more can be said.`;
  const largest = Math.max(off, Math.abs(100 * (mean(byOrigin) / scoreOf(trial) - 1)));
  const difference = `${Number(largest.toPrecision(2))} %`;
  if (!trained) return `${compared}: it differs by ${difference}, though nothing is trained and the same was expected to the last digit.`;
  const sameCpu = making !== undefined && device !== undefined && device.backend !== 'webgpu' && device.engine === making.engine && device.variant === making.variant;
  if (sameCpu) return `${compared}: it differs by ${difference}, where the same processor gives the same digits.`;
  if (largest > tolerancePercent) return `${compared}: it differs by ${difference}, more than the ${tolerancePercent} % that another order of sums explains, unless training is unsteady: then differences in the last digits grow.${elsewhere}`;
  return `${compared}: it agrees within ${difference}; sums that are taken in another order explain up to ${tolerancePercent} %.${elsewhere}`;
}
