/** Where the axes of parallel coordinates and the lines between them stand. Pure. */
import { inBrush, type Brush } from './brush.ts';
import { wrapped } from './label-layout.ts';
import { textWidth } from './use-size.ts';
import { makeFrame, type Frame } from './frame.ts';
import type { Polyline } from './line-painting.ts';
import { axisName, placeAxis, type Column, type PlacedAxis } from './value-axis.ts';

/** From axis to axis at least, pixels; a picture with less room for each scrolls. */
export const LEAST_SPACING = 92;
const LINE = 15;
/** Left of the first axis, at least and at most. */
const TICK_ROOM = { least: 48, most: 150 };
/** From the lower end of an axis to the place of rows that have no value there, and to the words under it. */
const UNSET = 18;
const UNSET_WORDS = 18;

export interface PlacedColumn extends PlacedAxis {
  readonly id: string;
  readonly values: ArrayLike<number>;
  readonly x: number;
  /** Name with its unit, in one or two lines. */
  readonly name: readonly string[];
  /** Pixel of rows without a value; null where every row has one. */
  readonly unset: number | null;
}

export interface ParallelLayout {
  /** Its width may be more than there is room for: the picture scrolls then. */
  readonly frame: Frame;
  readonly columns: readonly PlacedColumn[];
  readonly spacing: number;
}

/**
 * @param columns from left to right, at least one
 * @param rightRoom for the label of the reference beside the last axis
 * @param extra values that have to be on the last axis
 */
export function layoutParallel(columns: readonly Column[], width: number, height: number, rightRoom: number, extra: readonly number[]): ParallelLayout {
  const gaps = Math.max(1, columns.length - 1);
  const left = leftRoom(columns[0], width);
  const right = Math.max(LEAST_SPACING / 2, rightRoom);
  const spacing = Math.max(LEAST_SPACING, (width - left - right) / gaps);
  const names = columns.map(({ axis }) => wrapped(axisName(axis), spacing - 12));
  const lines = names.reduce((most, { length }) => Math.max(most, length), 1);
  const missing = columns.map(({ values }) => Array.from(values).some((value) => Number.isNaN(value)));
  const frame = makeFrame(Math.max(width, Math.ceil(left + gaps * spacing + right)), height, {
    left, right, top: lines * LINE + 14, bottom: missing.includes(true) ? 8 + UNSET + UNSET_WORDS : 16,
  });
  const most = Math.max(2, Math.min(7, Math.floor((frame.bottom - frame.top) / 36)));
  return {
    frame, spacing,
    columns: columns.map((column, i) => ({
      ...placeAxis(column.axis, column.values, [frame.bottom, frame.top], { extra: i === columns.length - 1 ? extra : [], most }),
      id: column.id, values: column.values, x: frame.left + i * spacing, name: names[i],
      unset: missing[i] ? frame.bottom + UNSET : null,
    })),
  };
}

/** Room for the names of the first axis, which has no lines at its left. */
function leftRoom({ axis }: Column, width: number): number {
  const widest = axis.kind === 'category' ? axis.names.reduce((most, name) => Math.max(most, textWidth(name)), 0) : 0;
  return Math.max(TICK_ROOM.least, textWidth(axisName(axis)) / 2, Math.min(widest + 14, TICK_ROOM.most, width * 0.3));
}

/** Pixel of a row on an axis. */
export function rowAt(column: PlacedColumn, row: number): number {
  const at = column.at(column.values[row]);
  return Number.isNaN(at) ? (column.unset ?? column.range[0]) : at;
}

/** Corners of a row's line. */
export function rowLine(columns: readonly PlacedColumn[], row: number): Polyline {
  const line = new Float64Array(2 * columns.length);
  columns.forEach((column, i) => {
    line[2 * i] = column.x;
    line[2 * i + 1] = rowAt(column, row);
  });
  return line;
}

/** The row whose line passes nearest above or below a point, null where none is within `reach` pixels. */
export function nearestRow(columns: readonly PlacedColumn[], rows: Iterable<number>, x: number, y: number, reach = 24): number | null {
  if (columns.length === 0) return null;
  const right = Math.min(columns.length - 1, Math.max(1, columns.findIndex((column) => column.x >= x)));
  const [a, b] = [columns[Math.max(0, right - 1)], columns[right]];
  const part = b.x > a.x ? Math.min(1, Math.max(0, (x - a.x) / (b.x - a.x))) : 0;
  let best: number | null = null;
  let least = reach;
  for (const row of rows) {
    const from = rowAt(a, row);
    const away = Math.abs(from + (rowAt(b, row) - from) * part - y);
    if (away < least) {
      least = away;
      best = row;
    }
  }
  return best;
}

/** Whether a row lies in every range; true where there are none. */
export function inBrushes(columns: readonly PlacedColumn[], brushes: ReadonlyMap<string, Brush>, row: number): boolean {
  return columns.every((column) => {
    const brush = brushes.get(column.id);
    return !brush || inBrush(column, brush, column.values[row]);
  });
}
