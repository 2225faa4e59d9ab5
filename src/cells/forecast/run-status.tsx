import { deviceWords } from '../../app/device-words.ts';
import type { Run } from '../../app/runs.ts';
import type { ForecastResult } from '../../notebook/kinds/forecast-result.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { Progress, formatCount, formatDuration } from '../../ui/index.ts';
import { layersInWords } from './loaded-model.ts';
import { lastIteration, type ShownTraining } from './training.ts';
import { trainingLabel, trainingProgress } from './training-progress.ts';

export interface RunStatusProps {
  readonly run: Run | undefined;
  readonly result: ForecastResult | undefined;
  /** What is shown of the result; null where it is about another trace than the open one. */
  readonly kept: ShownTraining | null;
  readonly info: TraceInfo;
}

/** What runs and how far it is; after it, what was trained, how long, and on what. */
export function RunStatus({ run, result, kept, info }: RunStatusProps) {
  const layers = info.layers.length;
  if (run) {
    const { report, notice } = run;
    if (report) return <Progress {...trainingProgress(report)} label={notice ?? trainingLabel(report, run.plan.layers.length)} />;
    return <Progress label={run.state === 'waiting' ? 'Waiting for another training to end' : 'Starting the device and checking it'} done={0} unit="iterations" />;
  }
  if (!result) return <p>{`Run trains on ${layers === 1 ? 'this layer' : `all ${layers} layers`} with what came before the origin.`}</p>;
  const { weights } = result.provenance;
  if (weights) {
    const used = kept && kept.layers.length > 0 ? layersInWords(kept.layers, info) : 'another trace';
    return <p>{`Weights loaded from ${weights.file}; nothing was trained here. They forecast ${used} in ${formatDuration(result.elapsedMs)}, on ${deviceWords(result.provenance)}.`}</p>;
  }
  const last = lastIteration(result);
  return (
    <p>
      {`${result.ended === 'cancelled' ? 'Cancelled' : 'Trained'} after ${formatCount(last)} iterations in ${formatDuration(result.elapsedMs)}, on ${deviceWords(result.provenance)}`}
      {result.ended === 'cancelled' ? '; the best so far is shown' : ''}.
    </p>
  );
}
