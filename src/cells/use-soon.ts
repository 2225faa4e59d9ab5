import { useLayoutEffect, useState } from 'preact/hooks';
import { drawSoon } from '../charts/draw-queue.ts';

/** The newest value whose turn to be drawn has come; null before the first. Parts of a cell that change together are drawn one after the other, so that input is answered between them. */
export function useSoon<Value extends object>(value: Value): Value | null {
  const [shown, setShown] = useState<Value | null>(null);
  useLayoutEffect(() => drawSoon(() => setShown(value)), [value]);
  return shown;
}
