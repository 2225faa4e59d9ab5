/** Where points over two axes stand, and which one is meant by a place. Pure. */
import { hash } from '../random.ts';
import { makeFrame, type Frame } from './frame.ts';
import { shortened } from './label-layout.ts';
import { ticksThatFit } from './scales.ts';
import { textWidth } from './use-size.ts';
import { bandPx, placeAxis, type AxisTick, type Column, type PlacedAxis } from './value-axis.ts';

export interface PointLayout {
  readonly frame: Frame;
  readonly x: PlacedAxis;
  readonly y: PlacedAxis;
  /** Names under the picture: in two lines by turns where they would touch in one. */
  readonly xTicks: readonly (AxisTick & { readonly line: 0 | 1 })[];
  readonly yTicks: readonly AxisTick[];
  /** Of each row; NaN for one that has no place. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

const LINE = 15;

/** @param extraY values that have to be on the y axis besides those of the rows */
export function layoutPoints(ids: readonly number[], x: Column, y: Column, width: number, height: number, extraY: readonly number[]): PointLayout {
  const tall = Math.max(2, Math.min(7, Math.floor(height / 36)));
  // The widths of the numbers are known before their places.
  const names = placeAxis(y.axis, y.values, [height, 0], { extra: extraY, most: tall }).ticks.map(({ label }) => textWidth(label));
  const left = Math.min(Math.max(44, Math.max(0, ...names) + 14), Math.max(44, width * 0.36));
  const inner = Math.max(1, width - 22 - left);
  const band = x.axis.kind === 'category' ? inner / Math.max(1, x.axis.names.length) : Infinity;
  const twoLines = x.axis.kind === 'category' && x.axis.names.some((name) => textWidth(name) > band - 6);
  const frame = makeFrame(width, height, { left, right: 22, top: 10, bottom: 44 + (twoLines ? LINE : 0) });
  const placedX = placeAxis(x.axis, x.values, [frame.left, frame.right], { most: ticksThatFit(inner) });
  const placedY = placeAxis(y.axis, y.values, [frame.bottom, frame.top], { extra: extraY, most: tall });
  const roomX = band * (twoLines ? 2 : 1) - (twoLines ? 14 : 6);
  return {
    frame, x: placedX, y: placedY,
    xTicks: placedX.ticks.map(({ value, label }, i) => ({ value, label: Number.isFinite(roomX) ? shortened(label, roomX) : label, line: twoLines && i % 2 === 1 ? 1 : 0 })),
    // A reference alone makes no axis.
    yTicks: (ids.length > 0 || y.axis.kind === 'category' ? placedY.ticks : []).map(({ value, label }) => ({ value, label: shortened(label, left - 12) })),
    xs: Float64Array.from(ids, (id, row) => placedX.at(x.values[row]) + jitter(id, placedX, 1)),
    ys: Float64Array.from(ids, (id, row) => placedY.at(y.values[row]) + jitter(id, placedY, 2)),
  };
}

/** Rows of one category would cover each other: each has its own place in the middle 60 % of the band. */
function jitter(id: number, axis: PlacedAxis, salt: number): number {
  const band = bandPx(axis);
  return band > 0 ? (hash(id, salt) / 2 ** 32 - 0.5) * 0.6 * band : 0;
}

/** Whether a row has a place in the picture. */
export function isPlaced({ xs, ys }: Pick<PointLayout, 'xs' | 'ys'>, row: number): boolean {
  return Number.isFinite(xs[row] + ys[row]);
}

/** The row nearest to a place, null where none of them is within `reach` pixels. */
export function nearestPoint({ xs, ys }: Pick<PointLayout, 'xs' | 'ys'>, rows: Iterable<number>, x: number, y: number, reach = 28): number | null {
  let best: number | null = null;
  let least = reach;
  for (const row of rows) {
    const away = Math.hypot(xs[row] - x, ys[row] - y);
    if (away < least) {
      least = away;
      best = row;
    }
  }
  return best;
}

/** Rows inside a rectangle of pixels, its edges in. */
export function rowsInBox({ xs, ys }: Pick<PointLayout, 'xs' | 'ys'>, box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }): number[] {
  const found: number[] = [];
  for (let row = 0; row < xs.length; row++) {
    if (xs[row] >= box.left && xs[row] <= box.right && ys[row] >= box.top && ys[row] <= box.bottom) found.push(row);
  }
  return found;
}

/**
 * Where the name of a horizontal line covers the fewest points: at its right or left end, over or under it.
 * @param at pixel of the line
 */
export function placeRuleName(layout: Pick<PointLayout, 'frame' | 'xs' | 'ys'>, at: number, widthPx: number): { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' } {
  const { frame } = layout;
  const places = [at - 5, at + 14].flatMap((y) => [
    { x: frame.right - 4, y, anchor: 'end' as const, left: frame.right - 4 - widthPx },
    { x: frame.left + 4, y, anchor: 'start' as const, left: frame.left + 4 },
  ]).filter(({ y }) => y - 10 >= frame.top && y <= frame.bottom);
  const covered = places.map(({ left, y }) => rowsInBox(layout, { left: left - 4, right: left + widthPx + 4, top: y - 14, bottom: y + 6 }).length);
  const { x, y, anchor } = places[covered.indexOf(Math.min(...covered))] ?? { x: frame.right - 4, y: at - 5, anchor: 'end' };
  return { x, y, anchor };
}
