import { useEffect, useMemo } from 'preact/hooks';
import { useComputed } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import { useApp } from '../../app/context.ts';
import type { SweepRun } from '../../app/sweeps.ts';
import type { ErrorParts } from '../../errors.ts';
import type { CellOf } from '../../notebook/document.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import { unpackSweep, type KeptSweep } from '../../notebook/sweep-result.ts';
import type { CellState } from '../../shell/index.ts';
import type { SweepPlan, SweepState } from '../../sweep/types.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { runState } from '../run-state.ts';
import { usePaced } from '../use-paced.ts';
import { sweepChanges, untestedElsewhere } from './plan.ts';

/** While scores come, pictures are drawn anew at most this often, ms. */
const pictureEveryMs = 1000;

/** A cell's sweep: the one that runs, or the one that its result keeps. */
export interface CellSweep {
  readonly run: SweepRun | undefined;
  readonly kept: KeptSweep | undefined;
  /** Of the one that runs, as it was a moment ago, else of the one that is kept; null before the first. */
  readonly shown: { readonly plan: SweepPlan; readonly state: SweepState; readonly began: string; readonly makings: readonly SweepMaking[]; /** Whether there is more to come. */ readonly running: boolean } | null;
  /** What of the plan is another than when the kept one was made. */
  readonly changes: readonly string[];
  readonly failure: ErrorParts | undefined;
  readonly state: CellState;
  /** Whether the kept one can go on. */
  readonly canGoOn: boolean;
  /** Begins a new one; where all that is missing is a test on another trace, that alone is done. */
  start(): void;
  goOn(): void;
  pause(): void;
  stop(): void;
  cancel(): void;
}

/** @param possible whether the plan can be run */
export function useSweep(cell: CellOf<'sweep'>, info: TraceInfo, plan: SweepPlan, possible: boolean): CellSweep {
  const { sweeps } = useApp();
  const started = useComputed(() => sweeps.active.value.get(cell.id)).value;
  const failure = useComputed(() => sweeps.failures.value.get(cell.id)).value;
  const run = started?.fingerprint === info.fingerprint ? started : undefined;
  const kept = useMemo(() => {
    const stored = cell.result;
    return stored?.fingerprint === info.fingerprint && stored.plan.layers.every((layer) => layer < info.layers.length) ? unpackSweep(stored) : undefined;
  }, [cell.result, info]);
  const newest = useMemo(() => {
    const one = run ?? kept;
    return { shown: one && one.state.trials.length > 0 ? { plan: one.plan, state: one.state, began: one.began, makings: one.makings, running: run !== undefined } : null };
  }, [run?.state, kept, run === undefined]);
  const { shown } = usePaced(newest, run ? pictureEveryMs : 0);
  const changes = kept && !run ? sweepChanges(kept.plan, plan) : [];
  const canGoOn = kept?.ended === 'paused' && !run && changes.length === 0;
  const start = (): void => {
    if (!possible) return;
    const untested = kept && untestedElsewhere(kept, plan);
    sweeps.start(cell.id, plan, untested ? { ...kept, state: untested } : undefined);
    // A search that was stopped stays so.
    if (untested && kept.ended === 'stopped') sweeps.stop(cell.id);
  };
  const goOn = (): void => {
    if (kept && canGoOn) sweeps.start(cell.id, kept.plan, kept);
  };
  const cancel = (): void => sweeps.cancel(cell.id);
  const state = runState(run, failure !== undefined, changes.length > 0, kept === undefined);
  useCellRegistration(cell.id, state, { run: canGoOn ? goOn : start, cancel });
  // Remarks about trials change nothing of what is asked for.
  const asked = useMemo(() => JSON.stringify(plan), [plan]);
  useEffect(() => sweeps.forgive(cell.id), [cell.id, asked, info.fingerprint]);
  return { run, kept, shown, changes, failure, state, canGoOn, start, goOn, cancel, pause: () => sweeps.pause(cell.id), stop: () => sweeps.stop(cell.id) };
}
