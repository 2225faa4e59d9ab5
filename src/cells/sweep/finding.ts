/** What a sweep found, in a sentence or three. Pure. */
import { forecasterOf, inSentence } from '../../notebook/kinds/forecast.ts';
import { bestTrial, scoreOf } from '../../sweep/best-trial.ts';
import { mean } from '../../sweep/means.ts';
import type { SweepPlan, SweepState, Trial } from '../../sweep/types.ts';
import { capital } from '../forecast/finding.ts';
import type { Remarks } from './remarks.ts';
import { settingInWords, settingName } from './setting-words.ts';
import { trialName } from './trial-name.ts';

const percent = (value: number): string => `${value.toFixed(2)} %`;

/** "LSTM with window 1,000, hidden units 24 and learning rate 0.004": what was varied of a trial. */
export function trialInWords({ forecaster, values }: Pick<Trial, 'forecaster' | 'values'>, { space }: Pick<SweepPlan, 'space'>): string {
  const { label } = forecasterOf(forecaster);
  const varied = space.find((branch) => branch.forecaster === forecaster)?.dimensions ?? [];
  const parts = varied.map(({ parameter: id }) => `${inSentence(settingName(forecaster, id))} ${settingInWords(forecaster, id, values[id])}`);
  if (parts.length === 0) return label;
  return `${label} with ${parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`}`;
}

/** The best setting, how it did where the search looked, and how it does where it did not. */
export function sweepFinding(plan: SweepPlan, { trials, average, test }: SweepState, partial: boolean, remarks: Remarks = new Map()): string | undefined {
  const best = bestTrial(trials);
  if (!best) return undefined;
  const unit = (value: number): string => (plan.measure.startsWith('absolute') ? `${value.toFixed(3)} points` : percent(value));
  const score = scoreOf(best);
  const beaten = mean(average);
  const against = average.length === 0 ? '' : score < beaten ? `, ${Math.round(100 * (1 - score / beaten))} % less than the sliding average (${unit(beaten)})` : `, which does not beat the sliding average (${unit(beaten)})`;
  const found = `${capital(`${partial ? 'so far ' : ''}${trialName(best.id, remarks.get(best.id))}`)} is best where the search looked: ${trialInWords(best, plan)} errs by ${unit(score)}${against}.`;
  if (!test || test.trial !== best.id) return plan.testOrigins.length === 0 ? `${found} Nothing was recorded after the origin that could test it.` : found;
  const [own, theirs] = [mean(test.byOrigin), mean(test.average)];
  const verdict = own < theirs ? `${Math.round(100 * (1 - own / theirs))} % less than` : 'no better than';
  return `${found} On later steps, which the search did not see, it errs by ${unit(own)}: ${verdict} the sliding average (${unit(theirs)}).`;
}
