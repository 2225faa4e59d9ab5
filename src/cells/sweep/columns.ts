/** Trials as columns that pictures are drawn from. Pure. */
import { commonDomain, type Column, type ValueAxis } from '../../charts/value-axis.ts';
import type { Parameter } from '../../forecast/contract.ts';
import { forecasterOf, inSentence } from '../../notebook/kinds/forecast.ts';
import { scoreOf } from '../../sweep/best-trial.ts';
import { mean } from '../../sweep/means.ts';
import type { Dimension, SweepPlan, SweepState, SweepTrial } from '../../sweep/types.ts';
import { measureLooks } from '../backtest/measures.ts';

export interface SweepColumns {
  readonly trials: readonly SweepTrial[];
  readonly ids: readonly number[];
  /** A column a parameter that is varied; the forecaster first, where there are several. */
  readonly settings: readonly Column[];
  readonly score: Column;
  /** Time at which the last score came, s. */
  readonly time: Column;
}

/** Of the trials that have a score. */
export function sweepColumns({ space, measure }: SweepPlan, { trials: all, average }: SweepState): SweepColumns {
  const trials = all.filter((trial) => Number.isFinite(scoreOf(trial)));
  const values = (of: (trial: SweepTrial) => number): Float64Array => Float64Array.from(trials, of);
  const look = measureLooks.find((one) => one.measure === measure) ?? measureLooks[0];
  const scores = values(scoreOf);
  const forecasters: readonly Column[] = space.length < 2 ? [] : [{
    id: 'forecaster',
    axis: { kind: 'category', label: 'forecaster', names: space.map(({ forecaster }) => forecasterOf(forecaster).label) },
    values: values((trial) => space.findIndex(({ forecaster }) => forecaster === trial.forecaster)),
  }];
  const settings = space.flatMap(({ forecaster, dimensions }) => dimensions.map((dimension): Column => {
    const { label, parameters } = forecasterOf(forecaster);
    const parameter = parameters.find(({ id }) => id === dimension.parameter);
    const axis = axisOf(dimension, parameter, space.length > 1 ? `${label}: ` : '');
    return { id: `${forecaster}/${dimension.parameter}`, axis, values: values((trial) => (trial.forecaster === forecaster ? placeOf(dimension, trial) : NaN)) };
  }));
  const errorAxis = { kind: 'log', label: look.label.toLowerCase(), unit: look.unit, robust: true } as const;
  return {
    trials, ids: trials.map(({ id }) => id), settings: [...forecasters, ...settings],
    score: { id: 'score', axis: commonDomain(errorAxis, [scores], average.length > 0 ? [mean(average)] : []), values: scores },
    time: { id: 'time', axis: { kind: 'linear', label: 'time', unit: 's' }, values: values(({ atMs }) => atMs / 1000) },
  };
}

function axisOf(dimension: Dimension, parameter: Parameter | undefined, prefix: string): ValueAxis {
  const label = `${prefix}${inSentence(parameter?.label ?? dimension.parameter)}`;
  if (dimension.kind === 'range') {
    return { kind: dimension.scale, label, unit: parameter && 'unit' in parameter ? parameter.unit : undefined, whole: parameter?.kind === 'integer', domain: [dimension.from, dimension.to] };
  }
  const choices = parameter?.kind === 'choice' ? parameter.choices : [];
  return { kind: 'category', label, names: dimension.values.map((value) => choices.find((choice) => choice.value === value)?.label ?? String(value)) };
}

/** Where a trial stands along a dimension: its value, or the place of its choice. */
export function placeOf(dimension: Dimension, { values }: Pick<SweepTrial, 'values'>): number {
  const value = values[dimension.parameter];
  return dimension.kind === 'choice' ? dimension.values.indexOf(value) : Number(value);
}
