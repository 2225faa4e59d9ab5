/** Breaks files as disks, networks and hostile people do, the same way for the same seed. */
import { random as randomOf, type Random } from '../../../src/random.ts';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const below = (random: Random, count: number): number => Math.floor(random() * count);

function spliced(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const result = new Uint8Array(at + inserted.length + Math.max(0, bytes.length - at - removed));
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(bytes.subarray(Math.min(bytes.length, at + removed)), at + inserted.length);
  return result;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
/** What numbers in text become. */
const oddNumbers = ['-1', 'NaN', 'nan', 'Infinity', '1e400', '1e308', '0.5', '99999999999999999999', '', ' ', '"', '1,2', '0x10', '\u0000', '９'];
/** What words of binary formats become: lengths and offsets among them. */
const oddWords = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0x1000000];

const mutations: readonly Mutation[] = [
  // Cut off, at the start or the end.
  (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  (bytes, random) => bytes.subarray(below(random, Math.min(bytes.length, 400))),
  // Some bits flipped, near the start (headers) or anywhere.
  (bytes, random) => flipped(bytes, random, Math.min(bytes.length, 512)),
  (bytes, random) => flipped(bytes, random, bytes.length),
  // A length, an offset or a count set to something odd; small files keep them at the start and the end.
  (bytes, random) => {
    const copy = bytes.slice();
    const reach = Math.min(bytes.length, 1024);
    const at = random() < 0.5 ? below(random, reach) : bytes.length - 1 - below(random, reach);
    const word = oddWords[below(random, oddWords.length)];
    for (let i = 0; i < 4 && at + i < copy.length; i++) copy[at + i] = (word >>> (8 * i)) & 0xff;
    return copy;
  },
  // A piece gone, doubled, or filled with one byte.
  (bytes, random) => spliced(bytes, below(random, bytes.length), 1 + below(random, 64), new Uint8Array()),
  (bytes, random) => {
    const at = below(random, bytes.length);
    return spliced(bytes, at, 0, bytes.slice(at, at + 1 + below(random, 512)));
  },
  (bytes, random) => spliced(bytes, below(random, bytes.length), 64, new Uint8Array(64).fill([0, 0x20, 0x30, 0x5b, 0xff][below(random, 5)])),
  // A number in text made odd.
  (bytes, random) => {
    const from = below(random, bytes.length);
    let at = from;
    while (at < bytes.length && !(bytes[at] >= 0x30 && bytes[at] <= 0x39)) at++;
    let end = at;
    while (end < bytes.length && bytes[end] >= 0x30 && bytes[end] <= 0x39) end++;
    return spliced(bytes, at, end - at, text(oddNumbers[below(random, oddNumbers.length)]));
  },
];

function flipped(bytes: Uint8Array, random: Random, reach: number): Uint8Array {
  const copy = bytes.slice();
  const count = 1 + below(random, 6);
  for (let i = 0; i < count; i++) copy[below(random, reach)] ^= 1 << below(random, 8);
  return copy;
}

/** A broken copy: one to three things done to it. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = randomOf(seed);
  let result = bytes;
  const count = 1 + below(random, 3);
  for (let i = 0; i < count && result.length > 0; i++) result = mutations[below(random, mutations.length)](result, random);
  return result;
}
