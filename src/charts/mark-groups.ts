/** Rows that are drawn alike, put together so that thousands of them take a few SVG elements. Pure. */

/** How many colours a score may have. */
export const TONES = 12;

export interface MarkGroup {
  /** Colour of the score, 0 (best) to TONES − 1; null for rows without one. */
  readonly tone: number | null;
  readonly pruned: boolean;
  /** Not among those that are selected. */
  readonly faint: boolean;
  readonly rows: readonly number[];
}

/** Colour of a score's place between best (0) and worst (1); null for NaN. */
export function toneOf(position: number): number | null {
  return Number.isNaN(position) ? null : Math.min(TONES - 1, Math.max(0, Math.floor(position * TONES)));
}

/**
 * Groups in the order in which they are drawn: faint ones, those without score, then from the worst to the best,
 * pruned ones under the others of their colour.
 * @param selected whether a row is picked out; null where none is and all are drawn alike
 */
export function markGroups(
  count: number, tone: (row: number) => number | null, pruned: (row: number) => boolean, selected: ((row: number) => boolean) | null,
): MarkGroup[] {
  const groups = new Map<number, { tone: number | null; pruned: boolean; faint: boolean; rows: number[] }>();
  for (let row = 0; row < count; row++) {
    const faint = selected !== null && !selected(row);
    const early = pruned(row);
    const place = tone(row);
    // Faint ones have no colour.
    const order = faint ? (early ? 0 : 1) : 2 + 2 * (place === null ? 0 : TONES - place) + (early ? 0 : 1);
    const group = groups.get(order);
    if (group) group.rows.push(row);
    else groups.set(order, { tone: faint ? null : place, pruned: early, faint, rows: [row] });
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
