/** Replays of trials, one a cell. What came of one is told while the page is open, and kept nowhere. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { toErrorParts, type ErrorParts } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { SweepPlan, SweepTrial } from '../sweep/types.ts';
import { withEntry, withoutEntry } from './map-entries.ts';
import type { Session } from './session.ts';
import type { Replayed, ReplayTrial } from './sweep-replay.ts';
import type { Sweeps } from './sweeps.ts';

export interface Replay {
  /** When the sweep began, and the trial of it. */
  readonly began: string;
  readonly trial: SweepTrial;
  readonly progress: Progress | null;
  /** null while it runs, and where it failed. */
  readonly replayed: Replayed | null;
  readonly failure: ErrorParts | null;
}

export interface Replays {
  /** The latest, by cell id. */
  readonly latest: ReadonlySignal<ReadonlyMap<string, Replay>>;
  /** On the open trace; does nothing while the cell's sweep, or another replay of the cell, runs. */
  start(cellId: string, plan: SweepPlan, began: string, trial: SweepTrial): void;
  cancel(cellId: string): void;
}

export function createReplays(session: Pick<Session, 'trace'>, sweeps: Pick<Sweeps, 'active'>, replayTrial: ReplayTrial): Replays {
  const latest = signal<ReadonlyMap<string, Replay>>(new Map());
  const running = new Map<string, AbortController>();

  async function run(cellId: string, plan: SweepPlan, first: Replay, { signal: ending }: AbortController): Promise<void> {
    const tell = (change: Partial<Replay>): void => {
      if (!ending.aborted) latest.value = withEntry(latest.peek(), cellId, { ...first, ...change });
    };
    try {
      tell({ replayed: await replayTrial(plan, first.trial, { signal: ending, onProgress: (progress) => tell({ progress }) }) });
    } catch (error) {
      tell({ failure: toErrorParts(error) });
    }
  }

  function end(cellId: string): void {
    running.get(cellId)?.abort();
    if (latest.peek().has(cellId)) latest.value = withoutEntry(latest.peek(), cellId);
  }

  let fingerprint: string | undefined;
  effect(() => {
    const now = session.trace.value?.info.fingerprint;
    if (now !== fingerprint) for (const cellId of latest.peek().keys()) end(cellId);
    fingerprint = now;
  });
  // The sweep takes the device.
  effect(() => {
    for (const cellId of sweeps.active.value.keys()) end(cellId);
  });

  return {
    latest,
    start(cellId, plan, began, trial) {
      if (!session.trace.peek() || running.has(cellId) || sweeps.active.peek().has(cellId)) return;
      const mine = new AbortController();
      const first: Replay = { began, trial, progress: null, replayed: null, failure: null };
      running.set(cellId, mine);
      latest.value = withEntry(latest.peek(), cellId, first);
      void run(cellId, plan, first, mine).finally(() => running.delete(cellId));
    },
    cancel: end,
  };
}
