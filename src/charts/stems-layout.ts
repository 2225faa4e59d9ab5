/** Where the parts of a picture of stems stand, and what it says in words. Pure. */
import { spoken } from './format.ts';
import type { Span } from './scales.ts';

/** What a stem is worth: over the zero line, under it, or too near to it to tell. */
export type StemKind = 'above' | 'below' | 'level';

export interface Stem {
  readonly id: string;
  /** "layer 3" */
  readonly label: string;
  /** Name under the picture: "3". */
  readonly tick: string;
  /** null: not known yet. */
  readonly value: number | null;
  readonly kind: StemKind;
  /** Facts at the pointer besides the value: "LSTM" "1.29 %". */
  readonly facts?: readonly { readonly label: string; readonly value: string }[];
}

/** Ends of the axis: it grows in few steps, so that values which still move do not move the axis with them. */
const ENDS = [0.05, 0.1, 0.2, 0.5, 1];

/**
 * The y axis of stems whose values are fractions: the smallest of ±5, 10, 20, 50 and 100 % that holds the values on
 * each side. What lies beyond 100 % is drawn at the edge.
 */
export function stemDomain(values: readonly number[]): Span {
  const end = (reach: number): number => ENDS.find((one) => one >= reach) ?? ENDS[ENDS.length - 1];
  return [-end(Math.max(0, ...values.map((value) => -value))), end(Math.max(0, ...values))];
}

/** Every how many names under the stems one is written, so that they do not touch. */
export function tickEvery(widths: readonly number[], columnPx: number): number {
  const widest = Math.max(1, ...widths);
  return [1, 2, 5, 10, 20, 50, 100].find((every) => every * columnPx >= widest + 6) ?? widths.length;
}

export interface StemText {
  readonly index: number;
  readonly text: string;
  /** Middle and baseline of the text, pixels. */
  readonly x: number;
  readonly y: number;
}

/** From the end of a stem to the baseline of its text, pixels. */
const ABOVE = -9;
const BELOW = 18;

/** How a value is written: alone in its column, where the axis says the unit, or with its stem's name. */
export interface StemWords {
  readonly short: (value: number) => string;
  readonly full: (value: number) => string;
}

/**
 * Numbers beside the ends of the stems: all of them where each fits its column, else those of the picked, the best and
 * the worst one, with their names. A text that would touch an earlier one is left out.
 * @param endOf pixel of the end of a stem of this value
 */
export function stemTexts(
  stems: readonly Stem[], picked: string | null, columnPx: number, left: number, right: number,
  endOf: (value: number) => number, { short, full }: StemWords, width: (text: string) => number,
): readonly StemText[] {
  const known = stems.flatMap(({ value }, index) => (value === null ? [] : [{ index, value }]));
  if (known.length === 0) return [];
  const beside = (value: number): number => endOf(value) + (value < 0 ? BELOW : ABOVE);
  const middle = (index: number): number => left + (index + 0.5) * columnPx;
  if (known.every(({ value }) => width(short(value)) + 4 <= columnPx)) return known.map(({ index, value }) => ({ index, text: short(value), x: middle(index), y: beside(value) }));
  const best = known.reduce((one, other) => (other.value > one.value ? other : one));
  const worst = known.reduce((one, other) => (other.value < one.value ? other : one));
  const wanted = [...known.filter(({ index }) => stems[index].id === picked), best, worst];
  const placed: (StemText & { readonly half: number })[] = [];
  for (const { index, value } of wanted) {
    if (placed.some((one) => one.index === index)) continue;
    const text = `${stems[index].label} ${full(value)}`;
    const half = width(text) / 2;
    const x = Math.min(right - half, Math.max(left + half, middle(index)));
    const y = beside(value);
    if (placed.some((one) => Math.abs(one.x - x) < one.half + half + 6 && Math.abs(one.y - y) < 15)) continue;
    placed.push({ index, text, x, y, half });
  }
  return placed;
}

/** "12 layers: 9 better, 2 level, 1 worse. Highest: layer 3, +14 %. Lowest: layer 7, −4 %." */
export function describeStems(stems: readonly Stem[], words: Readonly<Record<StemKind, string>>, write: (value: number) => string): string {
  const known = stems.flatMap((stem) => (stem.value === null ? [] : [{ ...stem, value: stem.value }])).toSorted((a, b) => b.value - a.value);
  if (known.length === 0) return 'No values yet.';
  const counts = (['above', 'level', 'below'] as const)
    .map((kind) => [known.filter((stem) => stem.kind === kind).length, words[kind]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`);
  const highest = known[0];
  const lowest = known[known.length - 1];
  return spoken(
    `${counts.join(', ')}. Highest: ${highest.label}, ${write(highest.value)}.${known.length > 1 ? ` Lowest: ${lowest.label}, ${write(lowest.value)}.` : ''}`,
  );
}
