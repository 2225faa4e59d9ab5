/**
 * Sweeps of Sweep cells, one a cell. What one has given becomes the cell's result in the document at the end of each
 * round, so that it outlives the page; opening another trace pauses those of the one before.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type { BackendName } from '../../workers/contract.ts';
import { drawSoon } from '../charts/draw-queue.ts';
import { toErrorParts, type ErrorParts } from '../errors.ts';
import { cellOfKind } from '../notebook/edits.ts';
import type { SweepMaking } from '../notebook/kinds/sweep-making.ts';
import type { StoredSweep } from '../notebook/kinds/sweep-result.ts';
import type { NotebookStore } from '../notebook/store.ts';
import { packSweep, type KeptSweep } from '../notebook/sweep-result.ts';
import type { Progress } from '../progress.ts';
import { emptySweep, type SweepPlan, type SweepState } from '../sweep/types.ts';
import { now } from './clock.ts';
import { deviceWords } from './device-words.ts';
import { withEntry, withoutEntry } from './map-entries.ts';
import type { Session } from './session.ts';
import { learnPace } from './sweep-pace.ts';
import { SweepMakings } from './sweep-makings.ts';
import type { RunSweep } from './sweep-run.ts';

export interface SweepRun {
  /** Of the trace that it was started on. */
  readonly fingerprint: string;
  readonly plan: SweepPlan;
  /** When it began, ISO 8601, UTC: not when it was taken up again. */
  readonly began: string;
  /** What made its scores, in the order of time. */
  readonly makings: readonly SweepMaking[];
  readonly progress: Progress | null;
  readonly state: SweepState;
  /** It went on after a lost device or a dead worker; says how. */
  readonly notice: string | null;
  /** The search was stopped, and the best trial is being tested. */
  readonly stopping: boolean;
}

export interface Sweeps {
  /** By cell id. */
  readonly active: ReadonlySignal<ReadonlyMap<string, SweepRun>>;
  readonly failures: ReadonlySignal<ReadonlyMap<string, ErrorParts>>;
  /** Starts a cell's sweep on the open trace, anew or from where it stands; does nothing while one runs or nothing is open. */
  start(cellId: string, plan: SweepPlan, from?: Pick<KeptSweep, 'state' | 'began' | 'makings'>): void;
  /** Ends it at once; it can go on from here. */
  pause(cellId: string): void;
  /** Ends the search at once, and tests the best trial. */
  stop(cellId: string): void;
  /** Ends it at once, for good; what has come is kept. */
  cancel(cellId: string): void;
  /** Takes a failure off a cell: its cause may be gone. */
  forgive(cellId: string): void;
}

/** The finished rounds are kept in the notebook this often at most, ms: a result is validated and saved in whole. */
const keepEveryMs = 2000;

interface Running {
  readonly ending: AbortController;
  readonly stopping: AbortController;
  /** What the sweep is called when it ends before its end. */
  ended: 'paused' | 'cancelled';
}

export function createSweeps(session: Pick<Session, 'trace'>, notebook: Pick<NotebookStore, 'document' | 'setResult'>, runSweep: RunSweep, version: string): Sweeps {
  const active = signal<ReadonlyMap<string, SweepRun>>(new Map());
  const failures = signal<ReadonlyMap<string, ErrorParts>>(new Map());
  const running = new Map<string, Running>();

  async function run(cellId: string, first: SweepRun, { ending, stopping }: Running): Promise<void> {
    const { fingerprint, plan, began } = first;
    const makings = new SweepMakings(first.makings, first.state, version, now);
    let newest: SweepRun = { ...first, makings: makings.list };
    let device: string | undefined;
    let backend: BackendName | undefined;
    let keptMs = -Infinity;
    const tell = (): void => {
      if (running.has(cellId)) active.value = withEntry(active.peek(), cellId, newest);
    };
    const update = (change: Partial<SweepRun>): void => {
      newest = { ...newest, ...change };
      drawSoon(tell);
    };
    const keep = (ended: StoredSweep['ended']): void => {
      // Another notebook may have been opened, with a cell of this id that is something else.
      if (!cellOfKind(notebook.document.peek(), cellId, 'sweep')) return;
      notebook.setResult(cellId, packSweep({ fingerprint, plan, state: newest.state, ended, began, makings: makings.list, version, time: now(), device }));
      keptMs = performance.now();
    };
    try {
      const state = await runSweep(plan, first.state, {
        signal: ending.signal, stopping: stopping.signal,
        onProgress: (progress) => update({ progress }),
        onState(state) {
          const judged = judgedTrials(state) > judgedTrials(newest.state);
          update({ state: makings.marked(state) });
          // While it runs it is a paused one to whoever opens the notebook later.
          if (judged && performance.now() - keptMs > keepEveryMs) keep('paused');
        },
        onDevice(used) {
          device = deviceWords(used);
          ({ backend } = used);
          makings.trainsOn(used, newest.state.elapsedMs);
          update({ makings: makings.list });
        },
        onRecovered: (notice) => update({ notice }),
      });
      newest = { ...newest, state: makings.marked(state) };
      keep(stopping.signal.aborted ? 'stopped' : 'complete');
      const open = session.trace.peek();
      if (open && backend && !stopping.signal.aborted && first.state.trials.length === 0) learnPace(plan, open.info, backend, state.elapsedMs);
    } catch (error) {
      const parts = toErrorParts(error);
      if (newest.state.trials.length > 0) keep(parts.code === 'cancelled' ? running.get(cellId)?.ended ?? 'paused' : 'paused');
      if (parts.code !== 'cancelled') failures.value = withEntry(failures.peek(), cellId, parts);
    }
  }

  effect(() => {
    const fingerprint = session.trace.value?.info.fingerprint;
    for (const [cellId, one] of active.peek()) if (one.fingerprint !== fingerprint) running.get(cellId)?.ending.abort();
  });

  return {
    active, failures,
    start(cellId, plan, from = { state: emptySweep, began: now().toISOString(), makings: [] }) {
      const open = session.trace.peek();
      if (!open || running.has(cellId)) return;
      const mine: Running = { ending: new AbortController(), stopping: new AbortController(), ended: 'paused' };
      const first: SweepRun = { fingerprint: open.info.fingerprint, plan, began: from.began, makings: from.makings, progress: null, state: from.state, notice: null, stopping: false };
      running.set(cellId, mine);
      failures.value = withoutEntry(failures.peek(), cellId);
      active.value = withEntry(active.peek(), cellId, first);
      void run(cellId, first, mine).finally(() => {
        running.delete(cellId);
        active.value = withoutEntry(active.peek(), cellId);
      });
    },
    pause: (cellId) => running.get(cellId)?.ending.abort(),
    stop(cellId) {
      running.get(cellId)?.stopping.abort();
      const one = active.peek().get(cellId);
      if (one) active.value = withEntry(active.peek(), cellId, { ...one, stopping: true });
    },
    cancel(cellId) {
      const mine = running.get(cellId);
      if (!mine) return;
      mine.ended = 'cancelled';
      mine.ending.abort();
    },
    forgive(cellId) {
      if (failures.peek().has(cellId)) failures.value = withoutEntry(failures.peek(), cellId);
    },
  };
}

function judgedTrials({ trials }: SweepState): number {
  return trials.reduce((sum, { scores }) => sum + scores.length, 0);
}
