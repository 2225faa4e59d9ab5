/**
 * What a training step draws, by hashes of (seed, step, row): the same on every device, and the same again when a
 * training is resumed. The kernels repeat these functions word by word.
 */
import { hash, mix } from '../../src/random.ts';

/**
 * `random`: each row of each batch is a sample of its own draw, with replacement.
 * `shuffled`: every sample once an epoch, in an order that the seed and the epoch give.
 */
export type DrawOrder = 'random' | 'shuffled';

/**
 * Place of a row's sample in its span, below `count`.
 * @param step number of the training step, from 1
 */
export function draw(order: DrawOrder, seed: number, step: number, row: number, batchSize: number, count: number): number {
  if (order === 'random') return hash(seed, step, row) % count;
  const place = (step - 1) * batchSize + row;
  return permuted(place % count, count, hash(seed, Math.floor(place / count)));
}

/**
 * Where a permutation of `count` numbers, given by its key, puts `index`: a Feistel network of four rounds on the next
 * power of four, walked until it lands below `count` (Black and Rogaway 2002).
 */
export function permuted(index: number, count: number, key: number): number {
  let half = 1;
  while (4 ** half < count) half++;
  const mask = 2 ** half - 1;
  let at = index;
  do {
    let left = at >>> half;
    let right = at & mask;
    for (let round = 0; round < 4; round++) {
      const next = left ^ (mix(right ^ mix(key + round)) & mask);
      left = right;
      right = next;
    }
    at = ((left << half) | right) >>> 0;
  } while (at >= count);
  return at;
}

/** Marks places between the layers, so that they share no draw with the inputs. */
export const BETWEEN = 0x80000000;

/** Threshold of a dropout rate: a place whose hash lies below it is dropped. */
export function dropThreshold(rate: number): number {
  return Math.floor(rate * 4294967296);
}

/**
 * What dropout multiplies a number by: 0, or 1 / (1 − rate).
 * @param place input dropout: `bin · inputs + input`; between the layers: `BETWEEN + bin · hidden + unit`
 */
export function dropFactor(seed: number, step: number, row: number, place: number, rate: number): number {
  return hash(seed, step, row, place) < dropThreshold(rate) ? 0 : 1 / (1 - rate);
}
