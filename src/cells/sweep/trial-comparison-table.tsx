import { useMemo } from 'preact/hooks';
import type { ReadonlySignal } from '@preact/signals';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import type { SweepPlan, SweepState, SweepTrial } from '../../sweep/types.ts';
import { DataTable, formatCount, type Row } from '../../ui/index.ts';
import { capital } from '../forecast/finding.ts';
import { seriesTable } from '../tables.ts';
import type { Remarks } from './remarks.ts';
import { comparedCurves, comparedFacts, mostCompared } from './trial-comparison.ts';
import { shortTrialName } from './trial-name.ts';

export interface TrialComparisonProps {
  readonly plan: SweepPlan;
  readonly state: SweepState;
  readonly remarks: ReadonlySignal<Remarks>;
}

/** Pinned trials side by side. */
export function TrialComparison({ plan, state, remarks }: TrialComparisonProps) {
  const said = remarks.value;
  const pinned = useMemo(() => state.trials.filter(({ id }) => said.get(id)?.pinned), [state.trials, said]);
  if (pinned.length < 2) return <p class="sweep-hint">Pin two trials or more to see them side by side.</p>;
  return <Compared plan={plan} state={state} trials={pinned.slice(0, mostCompared)} left={pinned.length - mostCompared} said={said} />;
}

interface ComparedProps extends Pick<TrialComparisonProps, 'plan' | 'state'> {
  readonly trials: readonly SweepTrial[];
  /** Pinned ones beyond those that are compared. */
  readonly left: number;
  readonly said: Remarks;
}

function Compared({ plan, state, trials, left, said }: ComparedProps) {
  const key = trials.map(({ id }) => id).join();
  const curves = useMemo(() => comparedCurves(trials, said), [state.trials, key, said]);
  const last = Math.max(1, ...curves.map(({ x }) => x[x.length - 1]));
  const rows = comparedFacts(plan, state, trials).map(({ key: fact, label, values, differs }): Row => ({
    key: fact,
    head: differs ? <><strong>{label}</strong> <span class="sweep-trial-fact">differs</span></> : label,
    cells: Object.fromEntries(values.map((value, place) => [String(trials[place].id), value])),
  }));
  return (
    <>
      <div class="sweep-table">
        <DataTable
          caption={`Pinned trials side by side${left > 0 ? `, the first ${mostCompared} of ${mostCompared + left}` : ''}`}
          columns={[{ key: 'fact', label: '' }, ...trials.map(({ id }) => ({ key: String(id), label: capital(shortTrialName(id, said.get(id))), numeric: true }))]}
          rows={rows}
        />
      </div>
      {curves.length > 0 && (
        <Figure
          title="Learning curves of pinned trials" caption="Validation loss, as a part of that before training." exportName="sweep pinned curves"
          table={seriesTable('Learning curves of pinned trials', curves, '', 1, { label: 'iterations', format: formatCount })}
        >
          <Lines label="Learning curves of pinned trials" series={curves} steps={{ fromStep: 0, toStep: last + 1 }} y={lossAxis} height={240} xLabel="iterations" xWord="iteration" />
        </Figure>
      )}
    </>
  );
}

const lossAxis = { label: 'validation loss, part of the first', log: true };
