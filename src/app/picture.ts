import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { toErrorParts, type ErrorParts } from '../errors.ts';
import type { Progress, WorkOptions } from '../progress.ts';

/** What a cell shows of an answer that comes from a worker. */
export interface Picture<Value> {
  /** The newest answer; stays while the next one is computed, and after an error. */
  readonly value: Value | null;
  readonly loading: boolean;
  readonly error: ErrorParts | null;
  /** Of the question under way, where it takes long enough to report. */
  readonly progress: Progress | null;
}

/** Older questions that have taken this long are given up for a newer one; younger ones are awaited, or a drag would never see an answer. */
const patienceMs = 1000;

/** Progress is told at most so often, and not of what is fast: every report draws the cell anew, and a worker may report hundreds of times a second. */
const progressEveryMs = 100;

/**
 * Asks a worker for a picture whenever `key` changes. At most one question is under way and only the newest waits,
 * so a dragged slider never queues up work: it is answered as fast as the worker can, ending with the last position.
 * @param key identifies the question; null asks nothing and keeps what is shown
 * @param ask may pass the signal and the progress on to the worker
 */
export function usePicture<Value>(key: string | null, ask: (work: WorkOptions) => Promise<Value>): ReadonlySignal<Picture<Value>> {
  const picture = useSignal<Picture<Value>>({ value: null, loading: key !== null, error: null, progress: null });
  const state = useRef({ busy: false, asked: '', newest: null as string | null, ask, mounted: true, startedMs: 0, controller: null as AbortController | null });
  state.current.newest = key;
  state.current.ask = ask;

  useEffect(() => {
    const current = state.current;
    current.mounted = true;
    return () => {
      current.mounted = false;
      current.controller?.abort();
    };
  }, []);

  // Before the frame is painted, not after: an answer that comes fast is in the same one.
  useLayoutEffect(() => {
    const current = state.current;
    const next = async (): Promise<void> => {
      if (current.busy) {
        if (current.newest !== current.asked && performance.now() - current.startedMs > patienceMs) current.controller?.abort();
        return;
      }
      current.busy = true;
      while (current.mounted && current.newest !== null && current.newest !== current.asked) {
        const asked = current.newest;
        current.asked = asked;
        const controller = new AbortController();
        current.controller = controller;
        current.startedMs = performance.now();
        let toldMs = current.startedMs;
        if (!picture.peek().loading) picture.value = { ...picture.peek(), loading: true };
        try {
          const value = await current.ask({
            signal: controller.signal,
            onProgress: (progress) => {
              const now = performance.now();
              if (!current.mounted || current.asked !== asked || now - toldMs < progressEveryMs) return;
              toldMs = now;
              picture.value = { ...picture.peek(), progress };
            },
          });
          if (current.mounted) picture.value = { value, loading: current.newest !== asked, error: null, progress: null };
        } catch (error) {
          // A worker that died is asked again once what it held is back (the key changes with its generation).
          const parts = toErrorParts(error);
          const wanted = current.newest === asked;
          if (current.mounted) picture.value = { value: picture.peek().value, loading: !wanted, error: wanted ? parts : null, progress: null };
        }
      }
      current.busy = false;
    };
    void next();
  }, [key]);

  return picture;
}
