import { useMemo, useState } from 'preact/hooks';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { forecasterOf } from '../../notebook/kinds/forecast.ts';
import { leaderboardOf, type LeaderboardRow } from '../../sweep/leaderboard.ts';
import { mean } from '../../sweep/means.ts';
import type { SweepPlan, SweepState } from '../../sweep/types.ts';
import { Button, DataTable, Icon, type Column, type Row } from '../../ui/index.ts';
import { shownRows } from './leaderboard-rows.ts';
import type { Remarks } from './remarks.ts';
import { settingName } from './setting-words.ts';
import { stateWords } from './state-words.ts';

/** Rows shown at first, beside pinned ones. */
const fewRows = 12;

export interface LeaderboardTableProps {
  readonly plan: SweepPlan;
  readonly state: SweepState;
  readonly remarks: ReadonlySignal<Remarks>;
  /** Trial that was chosen; null: none. */
  readonly picked: Signal<number | null>;
  /** Trial under the pointer, here or in a picture. */
  readonly hovered: Signal<number | null>;
}

/** Pinned trials, then the others from best to worst, and what the sliding average gets. A row picks its trial. */
export function LeaderboardTable({ plan, state, remarks, picked, hovered }: LeaderboardTableProps) {
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
    ...dimensions.map(({ forecaster, parameter }): Column => ({ key: `${forecaster}/${parameter}`, label: settingName(forecaster, parameter), numeric: true, format: (value) => value.toLocaleString('en-US', { maximumSignificantDigits: 4 }) })),
  ];
  const average = mean(state.average);
  const reference: Row = { key: 'average', reference: true, cells: { trial: 'Sliding average, window chosen on the past', score: average, difference: 0 } };
  const said = remarks.value;
  const shown = shownRows(ranked, said, all ? Infinity : fewRows);
  const someFinished = ranked.length > 0 && ranked[0].record.state === 'finished';
  const rows = shown.map(({ record, score, differencePercent, tied, pValue }): Row => ({
    key: String(record.id),
    // Errors of trials that were ended early are of less training: they do not compare with those of finished ones.
    reference: someFinished && record.state !== 'finished',
    // The best one is no tie with itself.
    head: <TrialHead id={record.id} said={said} tied={tied && !Number.isNaN(pValue)} picked={picked} />,
    onPick: () => { picked.value = picked.peek() === record.id ? null : record.id; },
    onHover: (over) => { hovered.value = over ? record.id : null; },
    cells: {
      score, difference: differencePercent, iterations: record.scores.at(-1)?.iterations, state: stateWords[record.state],
      forecaster: forecasterOf(record.forecaster).label,
      ...Object.fromEntries(dimensions.map(({ forecaster, parameter }) => [`${forecaster}/${parameter}`, forecaster === record.forecaster ? record.values[parameter] : null])),
    },
  }));
  return (
    <div class="sweep-table">
      <DataTable caption={said.size > 0 ? 'Trials, pinned ones first, then the best' : 'Trials, the best first'} columns={columns} rows={state.average.length > 0 ? [...rows, reference] : rows} />
      {ranked.length > (all ? fewRows : shown.length) && <Button kind="quiet" onClick={() => setAll(!all)}>{all ? 'Show the best alone' : `Show all ${ranked.length.toLocaleString('en-US')} trials`}</Button>}
    </div>
  );
}

interface TrialHeadProps extends Pick<LeaderboardTableProps, 'picked'> {
  readonly id: number;
  readonly said: Remarks;
  readonly tied: boolean;
}

/** Number and name of a trial, a button that picks it: its click is the row's. */
function TrialHead({ id, said, tied, picked }: TrialHeadProps) {
  const { name, pinned = false } = said.get(id) ?? {};
  return (
    <span class="sweep-trial">
      <button type="button" class="sweep-trial-pick" aria-pressed={picked.value === id} aria-label={`Trial ${id}${name === undefined ? '' : ` ${name}`}`}>
        {id}{name !== undefined && <span class="sweep-trial-name">{name}</span>}
      </button>
      {pinned && <span class="sweep-trial-fact"><Icon name="pin" size={12} />pinned</span>}
      {tied && <span class="sweep-trial-fact">within chance of the best</span>}
    </span>
  );
}

function rankedOf({ innerOrigins, horizonSteps }: SweepPlan, { trials, average }: SweepState): readonly LeaderboardRow[] {
  const apart = innerOrigins.length > 1 ? innerOrigins[1] - innerOrigins[0] : horizonSteps;
  return leaderboardOf(trials, {
    averageError: mean(average), overlap: Math.max(1, Math.ceil(horizonSteps / apart)),
    originErrors: new Map(trials.filter(({ byOrigin }) => byOrigin.length > 0).map(({ id, byOrigin }) => [id, byOrigin])),
  });
}
