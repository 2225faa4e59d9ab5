import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { toErrorParts, type ErrorParts } from '../errors.ts';

/** What a cell shows of an answer that comes from a worker. */
export interface Picture<Value> {
  /** The newest answer; stays while the next one is computed, and after an error. */
  readonly value: Value | null;
  readonly loading: boolean;
  readonly error: ErrorParts | null;
}

/**
 * Asks a worker for a picture whenever `key` changes. At most one question is under way and only the newest waits,
 * so a dragged slider never queues up work: it is answered as fast as the worker can, ending with the last position.
 * @param key identifies the question; null asks nothing and keeps what is shown
 */
export function usePicture<Value>(key: string | null, ask: () => Promise<Value>): ReadonlySignal<Picture<Value>> {
  const picture = useSignal<Picture<Value>>({ value: null, loading: key !== null, error: null });
  const state = useRef({ busy: false, asked: '', newest: null as string | null, ask, mounted: true });
  state.current.newest = key;
  state.current.ask = ask;

  useEffect(() => {
    const current = state.current;
    current.mounted = true;
    return () => {
      current.mounted = false;
    };
  }, []);

  // Before the frame is painted, not after: an answer that comes fast is in the same one.
  useLayoutEffect(() => {
    const current = state.current;
    const next = async (): Promise<void> => {
      if (current.busy) return;
      current.busy = true;
      while (current.mounted && current.newest !== null && current.newest !== current.asked) {
        const asked = current.newest;
        current.asked = asked;
        if (!picture.peek().loading) picture.value = { ...picture.peek(), loading: true };
        try {
          const value = await current.ask();
          if (current.mounted) picture.value = { value, loading: current.newest !== asked, error: null };
        } catch (error) {
          // A worker that died is asked again once what it held is back (the key changes with its generation).
          const parts = toErrorParts(error);
          const wanted = current.newest === asked;
          if (current.mounted) picture.value = { value: picture.peek().value, loading: !wanted, error: wanted ? parts : null };
        }
      }
      current.busy = false;
    };
    void next();
  }, [key]);

  return picture;
}
