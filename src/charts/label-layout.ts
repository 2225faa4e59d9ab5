/** Places labels so that they do not cover each other. Pure. */

/**
 * Moves labels along one axis until each is at least `gap` from the next and all lie inside the span; their order
 * stays. Where there is no room for all, the last ones get null.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): (number | null)[] {
  const room = Math.max(0, Math.floor((high - low) / gap) + 1);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const kept = new Set(wanted.map((_, i) => i).slice(0, room));
  const placed: (number | null)[] = wanted.map(() => null);
  let before = low - gap;
  for (const i of order) {
    if (!kept.has(i)) continue;
    before = Math.max(wanted[i], before + gap);
    placed[i] = before;
  }
  let after = high + gap;
  for (const i of order.toReversed()) {
    const place = placed[i];
    if (place === null) continue;
    after = Math.min(place, after - gap);
    placed[i] = after;
  }
  return placed;
}

export interface FlagPlace {
  readonly row: number;
  readonly x: number;
  readonly anchor: 'start' | 'end';
}

/**
 * Places the labels of vertical lines in rows above a picture, right of their line, or left of it where there is no room.
 * @returns null for a label that fits in no row
 */
export function placeFlags(
  flags: readonly { readonly x: number; readonly width: number }[], left: number, right: number, rows: number, distance = 9,
): (FlagPlace | null)[] {
  const taken: (readonly [number, number])[][] = Array.from({ length: rows }, () => []);
  return flags.map(({ x, width }) => {
    for (let row = 0; row < rows; row++) {
      for (const anchor of ['start', 'end'] as const) {
        const from = anchor === 'start' ? x + distance : x - distance - width;
        const to = from + width;
        if (from < left - 1 || to > right + 1) continue;
        // The line's own grip counts too: half a grip on the other side.
        const span: readonly [number, number] = anchor === 'start' ? [x - 6, to] : [from, x + 6];
        if (taken[row].some(([start, end]) => span[0] < end + 4 && span[1] > start - 4)) continue;
        taken[row].push(span);
        return { row, x: anchor === 'start' ? x + distance : x - distance, anchor };
      }
    }
    return null;
  });
}
