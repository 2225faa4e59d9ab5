/** How many lines are painted on a canvas, and how each looks. */
import type { MarkGroup } from './mark-groups.ts';

/** Corners of a line as x, y, x, y …, pixels; NaN breaks it. */
export type Polyline = ArrayLike<number>;

export interface LineLook {
  readonly width: number;
  readonly opacity: number;
  readonly dash: readonly number[];
}

/** More lines than these are drawn finely and without dashes: dashed ones took nearly three times as long (measured). */
export const MANY_LINES = 300;
/** Corners that are painted in one frame: 2,000 lines over seven axes took 50 ms fine, 300 ms wide (two busy cores). */
const CORNERS = { fine: 3000, wide: 800 };

/** The more lines, the finer each, so that dense places show. */
export function lineLook({ faint, pruned, tone }: MarkGroup, count: number): LineLook {
  const many = count > MANY_LINES;
  const dash = many || faint ? [] : tone === null ? [1, 3] : pruned ? [4, 3] : [];
  if (faint) return { width: 0.75, opacity: 0.3, dash };
  if (many) return pruned ? { width: 0.6, opacity: 0.4, dash } : { width: 1, opacity: 0.55, dash };
  return pruned ? { width: 1.1, opacity: 0.9, dash } : { width: 1.5, opacity: 0.9, dash };
}

/** How many lines of so many corners one frame may paint. */
export function linesAFrame(count: number, corners: number): number {
  return Math.max(1, Math.floor((count > MANY_LINES ? CORNERS.fine : CORNERS.wide) / Math.max(1, corners)));
}

/** One line at a time: 2,000 in one path took three times as long (measured). */
export function strokeLine(context: CanvasRenderingContext2D, line: Polyline): void {
  context.beginPath();
  let down = false;
  for (let i = 0; i + 1 < line.length; i += 2) {
    const [x, y] = [line[i], line[i + 1]];
    if (Number.isNaN(y)) down = false;
    else if (down) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      down = true;
    }
  }
  context.stroke();
}

/** The same line as SVG path data. */
export function linePath(line: Polyline): string {
  const parts: string[] = [];
  let down = false;
  for (let i = 0; i + 1 < line.length; i += 2) {
    if (!Number.isNaN(line[i + 1])) parts.push(`${down ? 'L' : 'M'}${Math.round(line[i] * 10) / 10} ${Math.round(line[i + 1] * 10) / 10}`);
    down = !Number.isNaN(line[i + 1]);
  }
  return parts.join('');
}

/**
 * Does one thing after the other, so many a frame; the first ones at once.
 * @returns what ends it before it is done
 */
export function inPieces<Item>(items: readonly Item[], size: number, each: (item: Item) => void, done: () => void): () => void {
  let next = 0;
  let frame = 0;
  const go = (): void => {
    const end = Math.min(items.length, next + size);
    while (next < end) each(items[next++]);
    if (next < items.length) frame = requestAnimationFrame(go);
    else done();
  };
  go();
  return () => cancelAnimationFrame(frame);
}
