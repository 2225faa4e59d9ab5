/** Curves as pixels, and the one that is meant by a place. Pure. */
import { lastAtMost } from './scales.ts';
import type { Polyline } from './line-painting.ts';
import type { PlacedAxis } from './value-axis.ts';

export interface Curve {
  /** Ascending. */
  readonly x: ArrayLike<number>;
  /** NaN breaks the curve. */
  readonly y: ArrayLike<number>;
}

/** Last point of a curve that has a value; NaN for one without any. */
export function endOf({ x, y }: Curve): { readonly x: number; readonly y: number } {
  for (let i = y.length - 1; i >= 0; i--) if (Number.isFinite(y[i])) return { x: x[i], y: y[i] };
  return { x: Number.NaN, y: Number.NaN };
}

export function curveLine({ x, y }: Curve, axes: { readonly x: PlacedAxis; readonly y: PlacedAxis }): Polyline {
  return Array.from({ length: x.length }, (_, i) => [axes.x.at(x[i]), axes.y.at(y[i])]).flat();
}

/** Pixel of a curve at a pixel from the left, null beside it and in its gaps. */
function heightAt(line: Polyline, xs: ArrayLike<number>, x: number): number | null {
  const i = lastAtMost(xs, x);
  if (i < 0) return null;
  const from = line[2 * i + 1];
  if (i + 1 >= xs.length) return x - xs[i] <= END_PX ? from : null;
  const to = line[2 * i + 3];
  const at = from + ((to - from) * (x - xs[i])) / (xs[i + 1] - xs[i] || 1);
  return Number.isNaN(at) ? null : at;
}

/** How far right of its end a curve still answers. */
const END_PX = 10;

/** The row whose curve passes nearest above or below a place, null where none is within `reach` pixels. */
export function nearestCurve(lines: readonly Polyline[], rows: Iterable<number>, x: number, y: number, reach = 24): number | null {
  let best: number | null = null;
  let least = reach;
  for (const row of rows) {
    const line = lines[row];
    const xs = Array.from({ length: line.length / 2 }, (_, i) => line[2 * i]);
    const at = heightAt(line, xs, x);
    const away = at === null ? Infinity : Math.abs(at - y);
    if (away < least) {
      least = away;
      best = row;
    }
  }
  return best;
}
