import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useDismiss, useFloating } from './floating.ts';
import type { Align } from './floating.ts';

const SHOW_AFTER_MS = 150;
/** Long enough to move the pointer from the word onto its definition. */
const HIDE_AFTER_MS = 200;

export interface HintState {
  readonly open: boolean;
  readonly anchor: RefObject<HTMLButtonElement | null>;
  readonly popup: RefObject<HTMLDivElement | null>;
  readonly show: () => void;
  readonly hide: () => void;
  readonly showSoon: () => void;
  readonly hideSoon: () => void;
}

/** A small popup that opens on hover, focus or tap, stays while the pointer is on it, and closes on Escape. */
export function useHint(align: Align = 'start'): HintState {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const set = useCallback((next: boolean) => {
    clearTimeout(timer.current);
    setOpen(next);
  }, []);
  const later = useCallback((next: boolean, milliseconds: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(next), milliseconds);
  }, []);
  const hide = useCallback(() => set(false), []);
  useEffect(() => () => clearTimeout(timer.current), []);
  useFloating(open, anchor, popup, align);
  useDismiss(open, [anchor, popup], hide);
  return {
    open,
    anchor,
    popup,
    show: () => set(true),
    hide,
    showSoon: () => later(true, SHOW_AFTER_MS),
    hideSoon: () => later(false, HIDE_AFTER_MS),
  };
}
