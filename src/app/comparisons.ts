/**
 * Comparisons of Backtest and Paper cells, one a cell. What one gave becomes the cell's result in the document, also when
 * it is cancelled or fails with something to show; opening another trace cancels those of the one before.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { drawSoon } from '../charts/draw-queue.ts';
import { toErrorParts, type ErrorParts } from '../errors.ts';
import type { ComparisonResult, ComparisonSettings } from '../forecast/comparison/types.ts';
import { packComparison } from '../notebook/comparison-result.ts';
import { findCell } from '../notebook/edits.ts';
import type { NotebookStore } from '../notebook/store.ts';
import type { Progress, WorkOptions } from '../progress.ts';
import type { DeviceInfo } from '../../workers/contract.ts';
import { withEntry, withoutEntry } from './map-entries.ts';
import type { Session } from './session.ts';
import { now } from './clock.ts';
import { deviceWords } from './device-words.ts';

export interface ComparisonRun {
  /** Of the trace that it was started on. */
  readonly fingerprint: string;
  readonly settings: ComparisonSettings;
  readonly progress: Progress | null;
  /** What has come so far; null before the first points. */
  readonly result: ComparisonResult | null;
}

export interface Comparisons {
  /** By cell id. */
  readonly active: ReadonlySignal<ReadonlyMap<string, ComparisonRun>>;
  readonly failures: ReadonlySignal<ReadonlyMap<string, ErrorParts>>;
  /** Starts a cell's comparison on the open trace; does nothing while one runs or nothing is open. */
  start(cellId: string, settings: ComparisonSettings): void;
  cancel(cellId: string): void;
  /** Takes a failure off a cell: its cause may be gone. */
  forgive(cellId: string): void;
}

export interface CompareOptions extends WorkOptions {
  /** What trains was chosen. */
  readonly onDevice?: (device: DeviceInfo) => void;
  /** What has come so far, in whole: called whenever more has come. */
  readonly onResult: (result: ComparisonResult) => void;
}

/** Compares on the open trace; resolves with everything, rejects with what went wrong or `cancelled`. */
export type Compare = (settings: ComparisonSettings, options: CompareOptions) => Promise<ComparisonResult>;

export function createComparisons(session: Pick<Session, 'trace'>, notebook: Pick<NotebookStore, 'document' | 'setResult'>, compare: Compare, version: string): Comparisons {
  const active = signal<ReadonlyMap<string, ComparisonRun>>(new Map());
  const failures = signal<ReadonlyMap<string, ErrorParts>>(new Map());
  const controllers = new Map<string, AbortController>();

  async function run(cellId: string, settings: ComparisonSettings, fingerprint: string, signal: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    const kind = findCell(notebook.document.peek(), cellId)?.kind;
    let newest: Pick<ComparisonRun, 'progress' | 'result'> = { progress: null, result: null };
    let device: string | undefined;
    /** Reports that come while the page is busy are told as one: the newest. */
    const tell = (): void => {
      if (active.peek().has(cellId) && !signal.aborted) active.value = withEntry(active.peek(), cellId, { fingerprint, settings, ...newest });
    };
    const update = (change: Partial<typeof newest>): void => {
      newest = { ...newest, ...change };
      drawSoon(tell);
    };
    const keep = (result: ComparisonResult, complete: boolean): void => {
      // Another notebook may have been opened, with a cell of this id that is something else.
      if ((findCell(notebook.document.peek(), cellId)?.kind ?? kind) !== kind) return;
      notebook.setResult(cellId, packComparison({ fingerprint, result, complete, elapsedMs: performance.now() - startedMs, version, time: now(), device }));
    };
    try {
      keep(await compare(settings, {
        signal,
        onProgress: (progress) => update({ progress }),
        onResult: (result) => update({ result }),
        onDevice(used) { device = deviceWords(used); },
      }), true);
    } catch (error) {
      if (newest.result && newest.result.points.length > 0) keep(newest.result, false);
      const parts = toErrorParts(error);
      if (parts.code !== 'cancelled') failures.value = withEntry(failures.peek(), cellId, parts);
    }
  }

  effect(() => {
    const fingerprint = session.trace.value?.info.fingerprint;
    for (const [cellId, one] of active.peek()) if (one.fingerprint !== fingerprint) controllers.get(cellId)?.abort();
  });

  return {
    active, failures,
    start(cellId, settings) {
      const open = session.trace.peek();
      if (!open || controllers.has(cellId)) return;
      const controller = new AbortController();
      controllers.set(cellId, controller);
      failures.value = withoutEntry(failures.peek(), cellId);
      active.value = withEntry(active.peek(), cellId, { fingerprint: open.info.fingerprint, settings, progress: null, result: null });
      void run(cellId, settings, open.info.fingerprint, controller.signal).finally(() => {
        controllers.delete(cellId);
        active.value = withoutEntry(active.peek(), cellId);
      });
    },
    cancel: (cellId) => controllers.get(cellId)?.abort(),
    forgive(cellId) {
      if (failures.peek().has(cellId)) failures.value = withoutEntry(failures.peek(), cellId);
    },
  };
}
