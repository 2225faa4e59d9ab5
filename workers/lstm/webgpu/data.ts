/** Examples on their way to the GPU: everything in one array of words, float numbers by their bits, and where it lies there. */
import type { Examples } from '../examples.ts';
import { noBases } from './structs.ts';

/** Places of one model's examples, in words; names as in `jobFields`. */
export interface Placed {
  readonly windows: number;
  readonly anchors: number;
  readonly norms: number;
  readonly bases: number;
  readonly sides: number;
  readonly validation: number;
  readonly validations: number;
  readonly parts: number;
  readonly queries: number;
  readonly queryCount: number;
}

/** Words that examples take. */
export function wordsOf({ values, anchors, norms, bases, sides, validation, parts, queries }: Examples): number {
  return values.length + anchors.length + (norms?.length ?? 0) + (bases?.length ?? 0) + sides.length + validation.length + parts.length + queries.length;
}

/**
 * Puts examples behind each other; those that several models share are held once.
 * @param parts ends of parts that each has, the last one repeated where it has fewer
 */
export function pack(all: readonly Examples[], parts: number): { readonly words: Uint32Array; readonly placed: ReadonlyMap<Examples, Placed> } {
  const distinct = [...new Set(all)];
  const words = new Uint32Array(distinct.reduce((sum, one) => sum + wordsOf(one) + parts, 0));
  let next = 0;
  const put = (values: ArrayLike<number> | null): number => {
    if (!values) return noBases;
    const at = next;
    if (values instanceof Float32Array) words.set(new Uint32Array(values.buffer, values.byteOffset, values.length), at);
    else words.set(values, at);
    next += values.length;
    return at;
  };
  const placed = new Map(distinct.map((one): [Examples, Placed] => [one, {
    windows: put(one.values), anchors: put(one.anchors), norms: put(one.norms), bases: put(one.bases), sides: put(one.sides),
    validation: put(one.validation), validations: one.validation.length, parts: put(Array.from({ length: parts }, (_, part) => one.parts[Math.min(part, one.parts.length - 1)])),
    queries: put(one.queries), queryCount: one.queries.length,
  }]));
  return { words, placed };
}

