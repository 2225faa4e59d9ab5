import { GatecastError } from '../../src/errors.ts';

/**
 * A moment of the past that a forecast is practised at. It knows the grains before `at`;
 * its target is the grains from `at` to `at + horizon` (out). Both count from the start of the history.
 */
export interface Anchor {
  readonly at: number;
  readonly horizon: number;
}

/** Anchors of a horizon whose targets end after `from` and at `to` at the latest, and which know `known` grains or more. */
export function anchorsEnding(horizon: number, from: number, to: number, known: number): Anchor[] {
  const first = Math.max(from + 1, known + horizon);
  return Array.from({ length: Math.max(0, to - first + 1) }, (_, i) => ({ at: first + i - horizon, horizon }));
}

/** Most samples that a validation looks at; more change its loss by less than its own noise. */
const MOST_VALIDATED = 4096;

/** `count` indices, all when there are few, else evenly spread ones. */
export function spread(count: number, most = MOST_VALIDATED): Uint32Array {
  const length = Math.min(count, most);
  return Uint32Array.from({ length }, (_, i) => Math.floor((i * count) / length));
}

/**
 * Ends of the parts of spread indices, for parts of the whole that lie one after the other.
 * @param sizes of the parts
 */
export function partsOf(spreadOut: Uint32Array, sizes: readonly number[]): readonly number[] {
  let end = 0;
  let next = 0;
  return sizes.map((size) => {
    end += size;
    while (next < spreadOut.length && spreadOut[next] < end) next++;
    return next;
  });
}

/** @param origin the origin's distance from the first step, steps @param needed how many are needed */
export function tooShort(origin: number, needed: number, remedy: string): GatecastError {
  return new GatecastError({
    code: 'bad-setting', where: 'origin',
    message: `the LSTM has ${origin.toLocaleString('en')} steps before the origin and needs ${needed.toLocaleString('en')}`,
    remedy,
  });
}
