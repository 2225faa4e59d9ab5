import { useComputed } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import type { SweepPlan, SweepTrial } from '../../sweep/types.ts';
import { Button, ErrorPanel, Progress } from '../../ui/index.ts';
import { replayInWords } from './replay-words.ts';
import { makingOf } from './trial-provenance.ts';

export interface TrialReplayProps {
  /** Of the cell. */
  readonly id: string;
  readonly plan: SweepPlan;
  /** When the sweep began. */
  readonly began: string;
  readonly makings: readonly SweepMaking[];
  readonly trial: SweepTrial;
}

/** Makes a trial again, and says whether the numbers agree. */
export function TrialReplay({ id, plan, began, makings, trial }: TrialReplayProps) {
  const { replays, sweeps } = useApp();
  const busy = useComputed(() => sweeps.active.value.has(id)).value;
  const latest = useComputed(() => replays.latest.value.get(id)).value;
  const own = latest?.began === began && latest.trial.id === trial.id ? latest : undefined;
  const runs = latest !== undefined && latest.replayed === null && latest.failure === null;
  const made = trial.scores.length > 0 || trial.state === 'failed';
  const what = isTrained(trial.forecaster) ? 'Trains' : 'Fits';
  return (
    <div class="sweep-replay">
      <div class="sweep-replay-line">
        <Button icon="play" disabled={busy || runs || !made} onClick={() => replays.start(id, plan, began, trial)}>Replay</Button>
        <p class="sweep-hint">{busy ? 'A trial can be made again once the sweep has ended or is paused.' : `${what} it again with the same settings and seed, and says whether the numbers agree.`}</p>
      </div>
      {own && runs && (
        <>
          <Progress {...(own.progress ?? { done: 0, unit: 'iterations' })} label={`Making trial ${trial.id} again`} />
          <div class="export-buttons"><Button icon="stop" onClick={() => replays.cancel(id)}>Cancel the replay</Button></div>
        </>
      )}
      <p role="status" class="sweep-replay-outcome">{own?.replayed ? replayInWords(plan, own.trial, makingOf(own.trial, makings), own.replayed) : ''}</p>
      {own?.failure && <ErrorPanel title="The replay ended" error={own.failure} />}
    </div>
  );
}
