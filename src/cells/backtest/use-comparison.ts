import { useEffect, useMemo } from 'preact/hooks';
import { useComputed } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import type { ComparisonRun } from '../../app/comparisons.ts';
import { useApp } from '../../app/context.ts';
import type { ErrorParts } from '../../errors.ts';
import type { ComparisonResult, ComparisonSettings } from '../../forecast/comparison/types.ts';
import { unpackComparison, type KeptComparison } from '../../notebook/comparison-result.ts';
import type { CellOf } from '../../notebook/document.ts';
import type { StoredComparison } from '../../notebook/kinds/comparison-result.ts';
import type { CellState } from '../../shell/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { runState } from '../run-state.ts';
import { usePaced } from '../use-paced.ts';
import { changesOf } from './plan.ts';

/** While points come, pictures are drawn anew at most this often, ms. */
const pictureEveryMs = 1000;

/** A cell's comparison: the one that runs, or the one that its result keeps. */
export interface CellComparison {
  readonly run: ComparisonRun | undefined;
  readonly kept: KeptComparison | undefined;
  /** Of the one that runs, as it was a moment ago, else of the one that is kept; null before the first point. */
  readonly judged: ComparisonResult | null;
  /** Whether there is more to come, or was when it was stopped. */
  readonly partial: boolean;
  /** What of the plan is another than when the kept one was made. */
  readonly changes: readonly string[];
  readonly failure: ErrorParts | undefined;
  readonly state: CellState;
  start(): void;
  cancel(): void;
}

/**
 * @param plan what Run compares
 * @param options.possible whether it can be run; default true
 * @param options.broken whether something else of the cell failed
 */
export function useComparison(
  cell: CellOf<'backtest' | 'paper'>, info: TraceInfo, plan: ComparisonSettings, { possible = true, broken = false }: { readonly possible?: boolean; readonly broken?: boolean } = {},
): CellComparison {
  const { comparisons } = useApp();
  const started = useComputed(() => comparisons.active.value.get(cell.id)).value;
  const failure = useComputed(() => comparisons.failures.value.get(cell.id)).value;
  const run = started?.fingerprint === info.fingerprint ? started : undefined;
  const kept = useMemo(() => keptHere(cell.result, info), [cell.result, info]);
  const newest = useMemo(() => ({ result: (run ? run.result : kept?.result) ?? null }), [run?.result, kept, run === undefined]);
  const { result } = usePaced(newest, run ? pictureEveryMs : 0);
  const changes = kept && !run ? changesOf(kept.result.settings, plan) : [];
  const start = (): void => {
    if (possible) comparisons.start(cell.id, plan);
  };
  const cancel = (): void => comparisons.cancel(cell.id);
  const state = runState(run, failure !== undefined || broken, changes.length > 0, kept === undefined);
  useCellRegistration(cell.id, state, { run: start, cancel });
  useEffect(() => comparisons.forgive(cell.id), [cell.settings, info.fingerprint]);
  return { run, kept, judged: result && result.points.length > 0 ? result : null, partial: run !== undefined || kept?.complete === false, changes, failure, state, start, cancel };
}

/** One of another trace has nothing to show here: its layers and steps are not those of this one. */
function keptHere(stored: StoredComparison | undefined, { fingerprint, layers }: Pick<TraceInfo, 'fingerprint' | 'layers'>): KeptComparison | undefined {
  const fits = stored?.fingerprint === fingerprint && stored.settings.layers.every((layer) => layer < layers.length);
  return fits ? unpackComparison(stored) : undefined;
}
