import { useMemo, useState } from 'preact/hooks';
import { forecasterOf } from '../../notebook/kinds/forecast.ts';
import { leaderboardOf, type LeaderboardRow } from '../../sweep/leaderboard.ts';
import { mean } from '../../sweep/means.ts';
import type { SweepPlan, SweepState, TrialState } from '../../sweep/types.ts';
import { Button, DataTable, type Column, type Row } from '../../ui/index.ts';

/** Rows shown at first. */
const fewRows = 12;

const stateWords: Readonly<Record<TrialState, string>> = { waiting: 'waiting', running: 'running', pruned: 'ended early', finished: 'finished', failed: 'failed' };

export interface LeaderboardTableProps {
  readonly plan: SweepPlan;
  readonly state: SweepState;
}

/** Trials from best to worst, and what the sliding average gets among them. */
export function LeaderboardTable({ plan, state }: LeaderboardTableProps) {
  const [all, setAll] = useState(false);
  const ranked = useMemo(() => rankedOf(plan, state), [plan, state]);
  const dimensions = plan.space.flatMap(({ forecaster, dimensions: own }) => own.map(({ parameter }) => ({ forecaster, parameter })));
  const several = plan.space.length > 1;
  const columns: readonly Column[] = [
    { key: 'trial', label: 'Trial' },
    { key: 'score', label: 'Error', unit: plan.measure.startsWith('absolute') ? 'points' : '%', numeric: true, best: 'lowest', format: (value) => value.toFixed(3) },
    { key: 'difference', label: 'Against the average', unit: '%', numeric: true, format: (value) => `${value > 0 ? '+' : ''}${value.toFixed(1)}` },
    { key: 'iterations', label: 'Iterations', numeric: true, format: (value) => value.toLocaleString('en-US') },
    { key: 'state', label: 'State' },
    ...(several ? [{ key: 'forecaster', label: 'Forecaster' }] : []),
    ...dimensions.map(({ forecaster, parameter }): Column => ({ key: `${forecaster}/${parameter}`, label: labelOf(forecaster, parameter), numeric: true, format: (value) => value.toLocaleString('en-US', { maximumSignificantDigits: 4 }) })),
  ];
  const average = mean(state.average);
  const reference: Row = { key: 'average', reference: true, cells: { trial: 'Sliding average, window chosen on the past', score: average, difference: 0 } };
  const shown = all ? ranked : ranked.slice(0, fewRows);
  const rows = shown.map(({ record, score, differencePercent, tied }): Row => ({
    key: String(record.id),
    cells: {
      trial: `${record.id}${tied ? ' · within chance of the best' : ''}`, score, difference: differencePercent, iterations: record.scores.at(-1)?.iterations, state: stateWords[record.state],
      forecaster: forecasterOf(record.forecaster).label,
      ...Object.fromEntries(dimensions.map(({ forecaster, parameter }) => [`${forecaster}/${parameter}`, forecaster === record.forecaster ? record.values[parameter] : null])),
    },
  }));
  return (
    <div class="sweep-table">
      <DataTable caption="Trials, the best first" columns={columns} rows={state.average.length > 0 ? [...rows, reference] : rows} />
      {ranked.length > fewRows && <Button kind="quiet" onClick={() => setAll(!all)}>{all ? 'Show the best alone' : `Show all ${ranked.length.toLocaleString('en-US')} trials`}</Button>}
    </div>
  );
}

function rankedOf({ innerOrigins, horizonSteps }: SweepPlan, { trials, average }: SweepState): readonly LeaderboardRow[] {
  const apart = innerOrigins.length > 1 ? innerOrigins[1] - innerOrigins[0] : horizonSteps;
  return leaderboardOf(trials, {
    averageError: mean(average), overlap: Math.max(1, Math.ceil(horizonSteps / apart)),
    originErrors: new Map(trials.filter(({ byOrigin }) => byOrigin.length > 0).map(({ id, byOrigin }) => [id, byOrigin])),
  });
}

function labelOf(forecaster: string, parameter: string): string {
  return forecasterOf(forecaster).parameters.find(({ id }) => id === parameter)?.label ?? parameter;
}
