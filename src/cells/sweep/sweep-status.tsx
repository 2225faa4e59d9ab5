import { useMemo } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { estimateSweep, trainsOnGpu } from '../../app/sweep-pace.ts';
import { Button, Progress, formatCount, formatDuration } from '../../ui/index.ts';
import { estimateInWords, sweepInWords } from './plan.ts';
import type { CellSweep } from './use-sweep.ts';
import type { SweepPlan } from '../../sweep/types.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

export interface SweepStatusProps {
  readonly sweep: CellSweep;
  readonly info: TraceInfo;
  /** What Run would do now. */
  readonly plan: SweepPlan;
  /** Why it cannot be run. */
  readonly problem: string | null;
}

/** How far a sweep is, and what ends it in which way; after it, what was done; before it, what will be. */
export function SweepStatus({ sweep, info, plan, problem }: SweepStatusProps) {
  const { run, kept } = sweep;
  if (run) {
    return (
      <>
        <Progress {...(run.progress ?? { done: 0, unit: 'trials' })} label={run.progress && run.progress.unit !== 'trials' ? run.progress.label : run.stopping ? 'Testing the best trial' : `Searching among ${formatCount(run.plan.trials)} trials`} />
        {run.notice !== null && <p>{`${run.notice}.`}</p>}
        <div class="export-buttons">
          <Button icon="pause" onClick={sweep.pause}>Pause</Button>
          <Button icon="stop" disabled={run.stopping} onClick={sweep.stop}>Stop and test the best</Button>
        </div>
      </>
    );
  }
  if (sweep.canGoOn && kept) {
    return (
      <>
        <p>{`Paused after ${formatDuration(kept.state.elapsedMs)} with ${countWords(kept.state.trials)}.`}</p>
        <div class="export-buttons"><Button kind="primary" icon="play" onClick={sweep.goOn}>Go on</Button></div>
      </>
    );
  }
  if (problem !== null) return <p>{problem}</p>;
  if (!kept || sweep.changes.length > 0) return <WhatRunDoes info={info} plan={plan} />;
  const { state, ended, device } = kept;
  const end = { complete: 'Searched', stopped: 'Stopped: searched', cancelled: 'Cancelled: searched', paused: 'Paused: searched' }[ended];
  return <p>{`${end} for ${formatDuration(state.elapsedMs)}, ${countWords(state.trials)}${device === undefined ? '' : `, trained on ${device}`}.`}</p>;
}

function WhatRunDoes({ info, plan }: Pick<SweepStatusProps, 'info' | 'plan'>) {
  const { runs } = useApp();
  const onGpu = trainsOnGpu(runs.preference.value);
  const estimate = useMemo(() => estimateSweep(plan, info, onGpu), [plan, info, onGpu]);
  return <p>{`Run searches ${sweepInWords(plan)}.${estimate ? ` ${estimateInWords(estimate)}` : ''}`}</p>;
}

function countWords(trials: readonly { readonly state: string }[]): string {
  const count = (state: string): number => trials.filter((trial) => trial.state === state).length;
  const parts = [[count('finished'), 'finished'], [count('pruned'), 'ended early'], [count('failed'), 'failed'], [count('waiting'), 'waiting']] as const;
  return `${formatCount(trials.length)} ${trials.length === 1 ? 'trial' : 'trials'}: ${parts.filter(([number]) => number > 0).map(([number, word]) => `${formatCount(number)} ${word}`).join(', ')}`;
}
