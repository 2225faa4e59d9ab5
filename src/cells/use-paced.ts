import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/**
 * A value that changes often, let through at most every `everyMs` milliseconds (0: at once). What comes too early
 * waits, the newest alone, and the last one always comes through.
 */
export function usePaced<Value extends object>(value: Value, everyMs: number): Value {
  const [shown, setShown] = useState(value);
  const shownMs = useRef(-Infinity);
  useLayoutEffect(() => {
    const show = (): void => {
      shownMs.current = performance.now();
      setShown(value);
    };
    const waitMs = shownMs.current + everyMs - performance.now();
    if (waitMs <= 0) {
      show();
      return undefined;
    }
    const timer = setTimeout(show, waitMs);
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return everyMs > 0 ? shown : value;
}
