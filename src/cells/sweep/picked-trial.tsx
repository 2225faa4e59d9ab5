import type { ReadonlySignal, Signal } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { setSettings } from '../../notebook/edits.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import { bestTrial, scoreOf } from '../../sweep/best-trial.ts';
import type { SweepPlan, SweepTrial } from '../../sweep/types.ts';
import { focusCell } from '../../shell/index.ts';
import { Button, Details } from '../../ui/index.ts';
import { capital } from '../forecast/finding.ts';
import { nearestForecastCell, settingsFor } from '../backtest/open-forecast.ts';
import { trialInWords } from './finding.ts';
import { setRemark, type Remarks } from './remarks.ts';
import { trialName } from './trial-name.ts';
import { trialProvenance } from './trial-provenance.ts';
import { TrialRemarksFields } from './trial-remarks.tsx';
import { TrialReplay } from './trial-replay.tsx';

export interface PickedTrialProps {
  /** Of the cell. */
  readonly id: string;
  readonly plan: SweepPlan;
  /** When the sweep began. */
  readonly began: string;
  readonly makings: readonly SweepMaking[];
  /** Of the trace. */
  readonly fingerprint: string;
  readonly trials: readonly SweepTrial[];
  readonly remarks: ReadonlySignal<Remarks>;
  /** Trial that was clicked in a picture or the table; null: the best one. */
  readonly picked: Signal<number | null>;
}

/** One trial in words, what can be done with it, and what the person says of it. */
export function PickedTrial({ id, plan, began, makings, fingerprint, trials, remarks, picked }: PickedTrialProps) {
  const { notebook, toaster } = useApp();
  const chosen = trials.find((trial) => trial.id === picked.value);
  const trial = chosen ?? bestTrial(trials);
  if (!trial) return null;
  const own = remarks.value.get(trial.id) ?? {};
  const name = trialName(trial.id, own);
  const use = (): void => {
    const cell = nearestForecastCell(notebook.document.peek(), id);
    if (!cell) {
      toaster.show('Add a Forecast cell to use these settings');
      return;
    }
    const contender = { key: trial.forecaster, id: trial.forecaster, label: trial.forecaster, values: trial.values };
    notebook.edit('Use the settings of a trial', (document) => setSettings<'forecast'>(document, cell.id, {
      ...settingsFor({ contender, originStep: plan.originStep, horizonSteps: plan.horizonSteps, layer: null }, cell.settings), seed: plan.seed,
    }));
    toaster.show(`The Forecast cell has the settings of ${name}`, { label: 'Go there', onSelect: () => focusCell(cell.id) });
  };
  const pin = (): void => setRemark(notebook, id, began, trial.id, own.pinned ? 'Unpin a trial' : 'Pin a trial', { pinned: !own.pinned });
  return (
    <section class="sweep-picked" aria-label="Chosen trial">
      <p>{`${chosen ? capital(name) : `The best, ${name}`}: ${trialInWords(trial, plan)}${endInWords(trial)}.`}</p>
      <div class="export-buttons">
        <Button onClick={use}>Use these settings</Button>
        <Button icon="pin" onClick={pin}>{own.pinned ? 'Unpin' : 'Pin'}</Button>
      </div>
      <TrialRemarksFields id={id} began={began} trial={trial.id} remarks={own} />
      <TrialReplay id={id} plan={plan} began={began} makings={makings} trial={trial} />
      <Details summary="How it was made">
        <dl class="provenance">{trialProvenance(plan, trial, fingerprint, makings).map(([term, text]) => <><dt>{term}</dt><dd>{text}</dd></>)}</dl>
      </Details>
    </section>
  );
}

/** ", error 1.234, ended early" */
function endInWords(trial: SweepTrial): string {
  if (trial.state === 'failed') return ` failed${trial.problem === undefined ? '' : `: ${trial.problem}`}`;
  const score = scoreOf(trial);
  return `${Number.isFinite(score) ? `, error ${score.toFixed(3)}` : ', not yet judged'}${trial.state === 'pruned' ? ', ended early' : ''}`;
}
