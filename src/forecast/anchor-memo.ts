/**
 * What was worked out at the anchors of a layer, kept with the layer's rows: at the next origin, or for another layer that
 * learns from this one, most of it is asked for again. Everything at an anchor follows from the rows that it knows, so
 * nothing of a later origin can get in.
 */
import type { AnchorGrid } from './anchors.ts';
import type { History } from './contract.ts';

/** Kinds of things that are kept of a layer: the ones used last. */
const mostKinds = 12;

type ByAnchor = Map<string, Float64Array>;

/** By the memory that a layer's rows lie in: histories are views of it. */
const kept = new WeakMap<ArrayBufferLike, Map<string, ByAnchor>>();

/**
 * The numbers at anchors `from` (in) to `to` (out), made where they are not known yet.
 * @param what names all that they depend on beside the grid and the rows that are known `lag` anchors later
 * @param make makes those of anchors `from` (in) to `to` (out)
 */
export function rememberedAt(
  grid: AnchorGrid, what: string, lag: number, from: number, to: number, make: (from: number, to: number) => readonly Float64Array[],
): readonly Float64Array[] {
  const known = ofKind(grid, `${what} ${lag}`);
  const keys = Array.from({ length: Math.max(0, to - from) }, (_, i) => anchorKey(grid, from + i, lag));
  const missing = keys.flatMap((key, i) => (known.has(key) ? [] : [i]));
  if (missing.length > 0) {
    const first = missing[0];
    make(from + first, from + missing[missing.length - 1] + 1).forEach((numbers, i) => known.set(keys[first + i], numbers));
  }
  return keys.map((key) => known.get(key)!);
}

function ofKind(grid: AnchorGrid, what: string): ByAnchor {
  const { buffer } = grid.history.cumulative;
  const kinds = kept.get(buffer) ?? new Map<string, ByAnchor>();
  kept.set(buffer, kinds);
  const kind = `${what} ${grid.everySteps} ${anchorStep(grid, 0)}`;
  const found = kinds.get(kind) ?? new Map<string, Float64Array>();
  kinds.delete(kind);
  kinds.set(kind, found);
  if (kinds.size > mostKinds) kinds.delete(kinds.keys().next().value!);
  return found;
}

/** The last anchor knows all rows, which with uneven steps may be fewer than lie before its step. */
function anchorKey(grid: AnchorGrid, anchor: number, lag: number): string {
  return `${anchorStep(grid, anchor)} ${grid.known[anchor + lag]}`;
}

function anchorStep({ endStep, count, everySteps }: AnchorGrid, anchor: number): number {
  return endStep - (count - 1 - anchor) * everySteps;
}

let layers = 0;
const numbers = new WeakMap<ArrayBufferLike, number>();

/** Names the layers of histories, to tell what was learnt from other ones apart. */
export function layersKey(histories: readonly History[]): string {
  return histories.map(({ cumulative: { buffer } }) => {
    const number = numbers.get(buffer) ?? layers++;
    numbers.set(buffer, number);
    return number;
  }).join();
}
