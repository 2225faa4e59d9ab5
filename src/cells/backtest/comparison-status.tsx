import type { ComparisonRun } from '../../app/comparisons.ts';
import type { ComparisonSettings } from '../../forecast/comparison/types.ts';
import type { KeptComparison } from '../../notebook/comparison-result.ts';
import { Progress, formatCount, formatDuration } from '../../ui/index.ts';
import { workInWords } from './plan.ts';

export interface ComparisonStatusProps {
  readonly run: ComparisonRun | undefined;
  readonly kept: KeptComparison | undefined;
  /** What Run would do now. */
  readonly plan: ComparisonSettings;
  /** Why it cannot be run. */
  readonly problem: string | null;
}

/** How far a comparison is; after it, what was done; before it, what will be. */
export function ComparisonStatus({ run, kept, plan, problem }: ComparisonStatusProps) {
  if (run) return <Progress {...(run.progress ?? { done: 0, unit: 'origins' })} label={`Comparing ${formatCount(run.settings.contenders.length)} forecasters on ${formatCount(run.settings.layers.length)} layers`} />;
  if (problem !== null) return <p>{problem}</p>;
  if (!kept) return <p>{`Run compares ${workInWords(plan)}.`}</p>;
  const { result, complete, elapsedMs, device } = kept;
  const judged = formatCount(result.points.length);
  return <p>{complete ? `${judged} forecasts judged in ${formatDuration(elapsedMs)}${device === undefined ? '' : `, trained on ${device}`}.` : `Stopped after ${formatDuration(elapsedMs)}; the ${judged} forecasts judged until then are shown.`}</p>;
}
