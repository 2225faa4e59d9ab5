import type { Signal } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { setSettings } from '../../notebook/edits.ts';
import { bestTrial, scoreOf } from '../../sweep/best-trial.ts';
import type { SweepPlan, SweepTrial } from '../../sweep/types.ts';
import { focusCell } from '../../shell/index.ts';
import { Button } from '../../ui/index.ts';
import { nearestForecastCell, settingsFor } from '../backtest/open-forecast.ts';
import { trialInWords } from './finding.ts';

export interface PickedTrialProps {
  /** Of the cell. */
  readonly id: string;
  readonly plan: SweepPlan;
  readonly trials: readonly SweepTrial[];
  /** Trial that was clicked in a picture; null: the best one. */
  readonly picked: Signal<number | null>;
}

/** One trial in words, and what can be done with it. */
export function PickedTrial({ id, plan, trials, picked }: PickedTrialProps) {
  const { notebook, toaster } = useApp();
  const chosen = trials.find((trial) => trial.id === picked.value);
  const trial = chosen ?? bestTrial(trials);
  if (!trial) return null;
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
    toaster.show(`The Forecast cell has the settings of trial ${trial.id}`, { label: 'Go there', onSelect: () => focusCell(cell.id) });
  };
  return (
    <div class="sweep-picked">
      <p>{`${chosen ? 'Trial' : 'The best, trial'} ${trial.id}: ${trialInWords(trial, plan)}, error ${scoreOf(trial).toFixed(3)}${trial.state === 'pruned' ? ', ended early' : ''}.`}</p>
      <div class="export-buttons"><Button onClick={use}>Use these settings</Button></div>
    </div>
  );
}
