/** What a sweep found, in a sentence or three. Pure. */
import { forecasterOf, inSentence } from '../../notebook/kinds/forecast.ts';
import { bestTrial, scoreOf } from '../../sweep/best-trial.ts';
import { mean } from '../../sweep/means.ts';
import { testedElsewhere } from '../../sweep/tested-elsewhere.ts';
import type { SweepPlan, SweepState, TestElsewhere, Trial } from '../../sweep/types.ts';
import { capital } from '../forecast/finding.ts';
import { traceName } from './plan.ts';
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
  const untested = plan.testOrigins.length === 0 ? ' Nothing was recorded after the origin that could test it.' : '';
  if (!test || test.trial !== best.id) return `${found}${untested}`;
  const there = test.elsewhere ? ` ${elsewhereInWords(plan, test.elsewhere, unit)}` : '';
  if (test.byOrigin.length === 0) return `${found}${untested}${there}`;
  const [own, theirs] = [mean(test.byOrigin), mean(test.average)];
  const verdict = own < theirs ? `${Math.round(100 * (1 - own / theirs))} % less than` : 'no better than';
  return `${found} On later steps, which the search did not see, it errs by ${unit(own)}: ${verdict} the sliding average (${unit(theirs)}).${there}`;
}

/** "On gpt-moe-125m-16e, another trace, the sliding average errs by 4.48 %; its settings trained there err by 4.30 %, 4 % less; as trained here it errs by 5.02 %, 12 % more." */
function elsewhereInWords({ elsewhere: ref }: SweepPlan, elsewhere: TestElsewhere, unit: (value: number) => string): string {
  if (!testedElsewhere(elsewhere)) return `It could not be tested on ${ref ? traceName(ref) : 'the other trace'}: ${elsewhere.problem}.`;
  const { name, byOrigin, average, asTrained, problem } = elsewhere;
  const theirs = mean(average);
  const against = (errors: readonly number[]): string => {
    const part = Math.round(100 * (mean(errors) / theirs - 1));
    return `${unit(mean(errors))}, ${part === 0 ? 'as much' : `${Math.abs(part)} % ${part < 0 ? 'less' : 'more'}`}`;
  };
  const start = `On ${name}, another trace, the sliding average errs by ${unit(theirs)}`;
  const there = problem === undefined ? `its settings ${asTrained ? 'trained' : 'fitted'} there err by ${against(byOrigin)}` : 'its settings do not work there';
  if (!asTrained) return `${start}; ${there}.`;
  return `${start}; ${there}; as trained here it ${'problem' in asTrained ? 'cannot forecast that trace' : `errs by ${against(asTrained.byOrigin)}`}.`;
}
