import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';

export type Align = 'start' | 'center' | 'end';

const MARGIN = 8;
const GAP = 6;

/** Puts a fixed element below its anchor, above it where there is no room, and always inside the window. */
export function place(floating: HTMLElement, anchor: HTMLElement, align: Align): void {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = floating;
  const below = box.bottom + GAP;
  const fitsBelow = below + height <= innerHeight - MARGIN;
  const above = box.top - GAP - height;
  const top = fitsBelow || above < MARGIN ? below : above;
  const left = { start: box.left, center: box.left + (box.width - width) / 2, end: box.right - width }[align];
  floating.style.top = `${Math.max(MARGIN, Math.min(top, innerHeight - height - MARGIN))}px`;
  floating.style.left = `${Math.max(MARGIN, Math.min(left, document.documentElement.clientWidth - width - MARGIN))}px`;
}

/** Shows the popover element beside its anchor while `open`, and keeps it there when the page scrolls. */
export function useFloating(
  open: boolean,
  anchor: RefObject<HTMLElement | null>,
  floating: RefObject<HTMLElement | null>,
  align: Align = 'start',
): void {
  useLayoutEffect(() => {
    const element = floating.current;
    if (!open || !element) return undefined;
    const follow = () => {
      if (anchor.current) place(element, anchor.current, align);
    };
    element.showPopover();
    follow();
    addEventListener('scroll', follow, { capture: true, passive: true });
    addEventListener('resize', follow);
    return () => {
      removeEventListener('scroll', follow, { capture: true });
      removeEventListener('resize', follow);
      if (element.isConnected && element.matches(':popover-open')) element.hidePopover();
    };
  }, [open, align]);
}

/** Calls `onDismiss` on Escape and on a press outside of the given elements, while `open`. */
export function useDismiss(open: boolean, inside: readonly RefObject<HTMLElement | null>[], onDismiss: (by: 'escape' | 'outside') => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      onDismiss('escape');
    };
    const onPress = (event: PointerEvent) => {
      const target = event.target;
      if (target instanceof Node && inside.some((ref) => ref.current?.contains(target))) return;
      onDismiss('outside');
    };
    document.addEventListener('keydown', onKey, true);
    document.addEventListener('pointerdown', onPress, true);
    return () => {
      document.removeEventListener('keydown', onKey, true);
      document.removeEventListener('pointerdown', onPress, true);
    };
  }, [open, onDismiss]);
}
