/** What pictures of the same rows (trials of a sweep) share, so that a choice in one is seen in all. Pure. */
import type { Signal } from '@preact/signals';
import { formatValue, type Column } from './value-axis.ts';
import { formatCount, spoken } from './format.ts';
import type { FigureTable } from './table.ts';

export interface LinkedProps {
  /** Id of each row, each once. */
  readonly ids: readonly number[];
  /** Ids that are picked out in every picture; empty: none is, and all are drawn alike. */
  readonly selected: Signal<ReadonlySet<number>>;
  /** Id under the pointer in any of the pictures. */
  readonly hovered: Signal<number | null>;
  /** A row was clicked, or chosen with Enter. */
  readonly onPick?: (id: number) => void;
  /** Whether a row was ended early: drawn thinner, dashed or hollow. Default none was. */
  readonly pruned?: (row: number) => boolean;
  /** Name of a row, default "trial 17". */
  readonly name?: (id: number) => string;
  /** What rows are called, default "trials". */
  readonly plural?: string;
}

/** A value that others are compared with: "sliding average". */
export interface Reference {
  readonly label: string;
  readonly value: number;
}

export const NONE: ReadonlySet<number> = new Set();

export function defaultName(id: number): string {
  return `trial ${id}`;
}

/** A set with an id more, or without it where it was in. */
export function toggled(set: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Rows by ascending value; those without one come last, in their own order. */
export function rowsBy(values: ArrayLike<number>): number[] {
  const key = (row: number): number => (Number.isNaN(values[row]) ? Infinity : values[row]);
  return Array.from({ length: values.length }, (_, row) => row).sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
}

export interface LinkedWords {
  readonly name: (id: number) => string;
  readonly plural: string;
}

/** "60 trials, 12 without score. Lowest error 3.1 % (trial 17), highest 9.2 % (trial 4). Sliding average 3.5 %: 20 trials are lower." */
export function describeRows(ids: readonly number[], score: Column, { name, plural }: LinkedWords, reference?: Reference): string {
  const known = rowsBy(score.values).filter((row) => row < ids.length && Number.isFinite(score.values[row]));
  const write = (value: number): string => formatValue(score.axis, value);
  if (known.length === 0) return ids.length === 0 ? `No ${plural} yet.` : `${formatCount(ids.length)} ${plural}, none with ${score.axis.label}.`;
  const [best, worst] = [known[0], known[known.length - 1]];
  const missing = ids.length - known.length;
  const counted = ids.length === 1 ? name(ids[0]) : `${formatCount(ids.length)} ${plural}`;
  const parts = [
    `${counted}${missing > 0 ? `, ${formatCount(missing)} without ${score.axis.label}` : ''}.`,
    known.length === 1
      ? `${score.axis.label} ${write(score.values[best])} (${name(ids[best])}).`
      : `Lowest ${score.axis.label} ${write(score.values[best])} (${name(ids[best])}), highest ${write(score.values[worst])} (${name(ids[worst])}).`,
  ];
  if (reference) {
    const lower = known.filter((row) => score.values[row] < reference.value).length;
    parts.push(`${reference.label} ${write(reference.value)}: ${formatCount(lower)} of ${formatCount(known.length)} are lower.`);
  }
  return spoken(parts.join(' '));
}

/** "trial 17: window 1,000 steps, error 3.1 %" */
export function describeRow(name: string, columns: readonly Column[], row: number): string {
  const said = columns.filter(({ values }) => !Number.isNaN(values[row])).map(({ axis, values }) => `${axis.label} ${formatValue(axis, values[row])}`);
  return spoken(said.length > 0 ? `${name}: ${said.join(', ')}` : `${name}: no values`);
}

/** The rows behind a picture, for its `Figure`. Categories are written by name. */
export function rowsTable(caption: string, ids: readonly number[], columns: readonly Column[], word = 'trial'): FigureTable {
  return {
    caption,
    columns: [{ label: word, format: formatCount }, ...columns.map(({ axis }) => ({ label: axis.label, unit: axis.unit }))],
    rows: () => ids.map((id, row) => [id, ...columns.map(({ axis, values }) => (axis.kind === 'category' ? (axis.names[values[row]] ?? '') : values[row]))]),
  };
}
