/** Chosen ranges of axes: how pointer and keyboard change them, and what lies in them. Pure. */
import { bandPx, type PlacedAxis } from './value-axis.ts';
import type { Span } from './scales.ts';

/** Values from low to high, both in; of categories always whole ones: −0.5 to 1.5 are the first two. */
export type Brush = Span;

/** An end of the axis holds what is drawn at it, however far beyond. */
export function inBrush({ domain: [low, high], at }: PlacedAxis, [from, to]: Brush, value: number): boolean {
  if (Number.isNaN(at(value))) return false;
  const seen = Math.min(high, Math.max(low, value));
  return seen >= from && seen <= to;
}

/** The range between two pixels of an axis, whichever comes first. */
export function brushBetween(axis: PlacedAxis, pixelA: number, pixelB: number): Brush {
  const [low, high] = [axis.invert(pixelA), axis.invert(pixelB)].sort((a, b) => a - b);
  if (axis.axis.kind !== 'category') return [low, high];
  const last = axis.axis.names.length - 1;
  const first = Math.min(last, Math.max(0, Math.round(low)));
  return [first - 0.5, Math.max(first, Math.min(last, Math.round(high))) + 0.5];
}

/** A range moved as a whole; it stops at the ends of its axis and keeps its length in pixels. */
export function movedBrush(axis: PlacedAxis, [low, high]: Brush, byPx: number): Brush {
  const [least, most] = axis.range[0] < axis.range[1] ? axis.range : [axis.range[1], axis.range[0]];
  const [from, to] = [axis.at(low), axis.at(high)].sort((a, b) => a - b);
  const band = bandPx(axis);
  const wanted = band > 0 ? Math.round(byPx / band) * band : byPx;
  const by = Math.min(most - to, Math.max(least - from, wanted));
  // Half a pixel inside, so that the edge between two categories belongs to the chosen one.
  return band > 0 ? brushBetween(axis, from + by + 0.5, to + by - 0.5) : brushBetween(axis, from + by, to + by);
}

const STEPS = 50;
const PAGE = 5;

/**
 * Up and down move the upper end, with Shift the lower one, Page keys by five steps; Escape takes the range away.
 * A step is a fiftieth of the axis, or one category. Without a range they start from the whole axis.
 * @returns the new range, null for none, undefined where the key means nothing
 */
export function brushKey(axis: PlacedAxis, brush: Brush | null, key: string, shift: boolean): Brush | null | undefined {
  if (key === 'Escape') return brush ? null : undefined;
  const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: PAGE, PageDown: -PAGE }[key];
  if (steps === undefined) return undefined;
  const [bottom, top] = axis.range;
  const size = bandPx(axis) || Math.abs(top - bottom) / STEPS;
  const up = Math.sign(top - bottom) || 1;
  // In steps above the lower end of the axis, whichever way its pixels go.
  const all = Math.abs(top - bottom) / size;
  const [low, high] = (brush ?? axis.domain).map((value) => ((axis.at(value) - bottom) * up) / size);
  const [newLow, newHigh] = shift
    ? [Math.max(0, Math.min(high - 1, low + steps)), high]
    : [low, Math.min(all, Math.max(low + 1, high + steps))];
  if (newLow < 1e-6 && newHigh > all - 1e-6) return brush ? null : undefined;
  const inset = axis.axis.kind === 'category' ? 0.25 : 0;
  return brushBetween(axis, bottom + (newLow + inset) * size * up, bottom + (newHigh - inset) * size * up);
}
