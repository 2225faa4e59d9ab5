/** Places labels so that they do not cover each other. Pure. */
import { textWidth } from './use-size.ts';

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

/** A name as far as there is room for it, its beginning and its end: names often differ there. */
export function shortened(name: string, widthPx: number): string {
  const most = Math.max(5, Math.floor(widthPx / textWidth('0')));
  const head = Math.ceil((most - 1) * 0.6);
  return name.length > most ? `${name.slice(0, head)}…${name.slice(name.length - (most - 1 - head))}` : name;
}

/** A name in one line, or broken between two words into two, each shortened where it does not fit. */
export function wrapped(name: string, widthPx: number): readonly string[] {
  if (textWidth(name) <= widthPx) return [name];
  const breaks = [...name.matchAll(/\s+/g)].map(({ index }) => index);
  if (breaks.length === 0) return [shortened(name, widthPx)];
  const longer = (at: number): number => Math.max(at, name.length - at - 1);
  const best = breaks.reduce((one, other) => (longer(other) < longer(one) ? other : one));
  return [name.slice(0, best), name.slice(best + 1)].map((line) => shortened(line, widthPx));
}
