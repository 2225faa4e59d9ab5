/** A few trials side by side, fact by fact. Pure. */
import { categoryMark } from '../../charts/colour.ts';
import type { LineSeries } from '../../charts/series.ts';
import { forecasterOf } from '../../notebook/kinds/forecast.ts';
import { scoreOf } from '../../sweep/best-trial.ts';
import { mean } from '../../sweep/means.ts';
import type { SweepPlan, SweepState, SweepTrial } from '../../sweep/types.ts';
import { formatCount, formatDuration } from '../../ui/index.ts';
import type { Remarks } from './remarks.ts';
import { settingInWords, settingName } from './setting-words.ts';
import { stateWords } from './state-words.ts';
import { shortTrialName } from './trial-name.ts';

/** More columns cannot be taken in at a glance. */
export const mostCompared = 4;

export interface ComparedFact {
  readonly key: string;
  readonly label: string;
  /** In the order of the trials; a dash where a trial has no such thing. */
  readonly values: readonly string[];
  /** A setting in which the trials differ. */
  readonly differs: boolean;
}

const orDash = (value: number | undefined, write: (value: number) => string): string => (value !== undefined && Number.isFinite(value) ? write(value) : '–');

/** What trials were asked to do, then what came of it. */
export function comparedFacts({ space, measure, innerOrigins }: SweepPlan, { average }: Pick<SweepState, 'average'>, trials: readonly SweepTrial[]): readonly ComparedFact[] {
  const unit = measure.startsWith('absolute') ? 'points' : '%';
  const beaten = average.length > 0 ? mean(average) : NaN;
  const fact = (key: string, label: string, write: (trial: SweepTrial) => string): ComparedFact => ({ key, label, values: trials.map(write), differs: false });
  const setting = (key: string, label: string, write: (trial: SweepTrial) => string): ComparedFact => {
    const values = trials.map(write);
    return { key, label, values, differs: new Set(values).size > 1 };
  };
  const branches = space.filter(({ forecaster }) => trials.some((trial) => trial.forecaster === forecaster));
  return [
    ...(space.length > 1 ? [setting('forecaster', 'Forecaster', ({ forecaster }) => forecasterOf(forecaster).label)] : []),
    ...branches.flatMap(({ forecaster, dimensions }) => dimensions.map(({ parameter }) => setting(
      `${forecaster}/${parameter}`, settingName(forecaster, parameter),
      (trial) => (trial.forecaster === forecaster ? settingInWords(forecaster, parameter, trial.values[parameter]) : '–'),
    ))),
    fact('score', `Error, ${unit}`, (trial) => orDash(scoreOf(trial), (score) => score.toFixed(3))),
    fact('difference', 'Against the average, %', (trial) => orDash(100 * (scoreOf(trial) / beaten - 1), (percent) => `${percent > 0 ? '+' : ''}${percent.toFixed(1)}`)),
    ...(innerOrigins.length > 1 ? innerOrigins.map((origin, place) => fact(`origin ${origin}`, `Error at step ${formatCount(origin)}, ${unit}`, ({ byOrigin }) => orDash(byOrigin[place], (error) => error.toFixed(3)))) : []),
    fact('iterations', 'Iterations', ({ scores }) => orDash(scores.at(-1)?.iterations, formatCount)),
    fact('time', 'Time', ({ elapsedMs }) => (elapsedMs > 0 ? formatDuration(elapsedMs) : '–')),
    fact('state', 'State', ({ state }) => stateWords[state]),
  ];
}

/** Validation losses of those that were trained, as parts of those before training. */
export function comparedCurves(trials: readonly SweepTrial[], remarks: Remarks): readonly LineSeries[] {
  return trials.flatMap(({ id, curve }, place) => (curve.length > 1 ? [{
    id: String(id), label: shortTrialName(id, remarks.get(id)), ...categoryMark(place),
    x: curve.map(({ iteration }) => iteration), y: curve.map(({ validation }) => validation),
  }] : []));
}
