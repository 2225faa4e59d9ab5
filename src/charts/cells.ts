/** Points put together in cells of two axes. Pure. */
import { lastAtMost } from './scales.ts';
import { bandPx, type PlacedAxis } from './value-axis.ts';
import type { PointLayout } from './point-layout.ts';

export interface Cell {
  /** Pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Rows with a score, at least one. */
  readonly rows: readonly number[];
  /** Of their scores. */
  readonly mean: number;
}

const MOST = 12;

/**
 * Edges of the cells along an axis, ascending pixels: between the values where there are few (categories, powers of
 * two), else equal parts, about as many as there are rows in each.
 */
export function cellEdges(axis: PlacedAxis, pixels: readonly number[]): number[] {
  const [from, to] = [Math.min(...axis.range), Math.max(...axis.range)];
  const band = bandPx(axis);
  const values = [...new Set(pixels)].sort((a, b) => a - b);
  if (band === 0 && values.length <= MOST) return [from, ...values.slice(1).map((value, i) => (value + values[i]) / 2), to];
  const count = band > 0 ? Math.round((to - from) / band) : Math.min(MOST, Math.max(4, Math.round(Math.cbrt(pixels.length))));
  return Array.from({ length: count + 1 }, (_, i) => from + (i / count) * (to - from));
}

/** Rows with a score put together in cells; empty ones are left out. */
export function cellsOf({ x, y, xs, ys }: Pick<PointLayout, 'x' | 'y' | 'xs' | 'ys'>, scores: ArrayLike<number>): Cell[] {
  const rows = Array.from({ length: xs.length }, (_, row) => row).filter((row) => Number.isFinite(xs[row] + ys[row]) && Number.isFinite(scores[row]));
  const across = cellEdges(x, rows.map((row) => xs[row]));
  const down = cellEdges(y, rows.map((row) => ys[row]));
  const place = (edges: readonly number[], pixel: number): number => Math.min(edges.length - 2, Math.max(0, lastAtMost(edges, pixel)));
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const key = place(down, ys[row]) * across.length + place(across, xs[row]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].map(([key, inside]) => {
    const [column, line] = [key % across.length, Math.floor(key / across.length)];
    return {
      left: across[column], top: down[line], width: across[column + 1] - across[column], height: down[line + 1] - down[line],
      rows: inside, mean: inside.reduce((sum, row) => sum + scores[row], 0) / inside.length,
    };
  });
}
