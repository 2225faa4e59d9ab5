import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/**
 * Width of an element in whole CSS pixels, 0 until it is known; follows the element. The observer reports after the
 * frame's own layout and before it is painted: asking each element at once would cost a layout apiece.
 */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

/** Device pixels per CSS pixel; follows zooming and moving to another screen. At most 3: more is not seen. */
export function useDevicePixels(): number {
  const [ratio, setRatio] = useState(() => Math.min(3, window.devicePixelRatio || 1));
  useLayoutEffect(() => {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const follow = (): void => setRatio(Math.min(3, window.devicePixelRatio || 1));
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [ratio]);
  return ratio;
}

/** About how wide a text is at 12 px in the system's font. Exact widths would cost a layout a label. */
export function textWidth(text: string): number {
  return text.length * 6.6;
}
