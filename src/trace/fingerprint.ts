import type { Trace, TraceLayer } from './trace.ts';

/**
 * 128-bit hash of a stream of 32-bit words: MurmurHash3_x86_128 (Austin Appleby, public domain) with seed 0
 * over the words' little-endian bytes. Not cryptographic: it tells traces apart, it does not protect them.
 */
export class WordHash {
  #h1 = 0;
  #h2 = 0;
  #h3 = 0;
  #h4 = 0;
  #words = 0;
  readonly #left = new Uint32Array(4);
  #leftCount = 0;

  update(words: Uint32Array): this {
    this.#words += words.length;
    let at = 0;
    if (this.#leftCount > 0) {
      while (this.#leftCount < 4 && at < words.length) this.#left[this.#leftCount++] = words[at++];
      if (this.#leftCount < 4) return this;
      this.#blocks(this.#left, 0, 4);
      this.#leftCount = 0;
    }
    const end = at + ((words.length - at) & ~3);
    this.#blocks(words, at, end);
    for (at = end; at < words.length; at++) this.#left[this.#leftCount++] = words[at];
    return this;
  }

  /** 32 hexadecimal digits. Call once, at the end. */
  digest(): string {
    const [k1, k2, k3] = this.#left;
    if (this.#leftCount > 2) this.#h3 ^= mix(k3, 0x38b34ae5, 17, 0xa1e38b93);
    if (this.#leftCount > 1) this.#h2 ^= mix(k2, 0xab0e9789, 16, 0x38b34ae5);
    if (this.#leftCount > 0) this.#h1 ^= mix(k1, 0x239b961b, 15, 0xab0e9789);
    // The reference takes the length as 32 bits; so do we, and hash the shape apart.
    const bytes = (this.#words * 4) >>> 0;
    let [h1, h2, h3, h4] = [this.#h1 ^ bytes, this.#h2 ^ bytes, this.#h3 ^ bytes, this.#h4 ^ bytes];
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    [h1, h2, h3, h4] = [avalanche(h1), avalanche(h2), avalanche(h3), avalanche(h4)];
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    return [h1, h2, h3, h4].map((h) => (h >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #blocks(words: Uint32Array, from: number, to: number): void {
    let [h1, h2, h3, h4] = [this.#h1, this.#h2, this.#h3, this.#h4];
    for (let i = from; i < to; i += 4) {
      let k = Math.imul(words[i], 0x239b961b);
      h1 ^= Math.imul((k << 15) | (k >>> 17), 0xab0e9789);
      h1 = ((h1 << 19) | (h1 >>> 13)) + h2;
      h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
      k = Math.imul(words[i + 1], 0xab0e9789);
      h2 ^= Math.imul((k << 16) | (k >>> 16), 0x38b34ae5);
      h2 = ((h2 << 17) | (h2 >>> 15)) + h3;
      h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
      k = Math.imul(words[i + 2], 0x38b34ae5);
      h3 ^= Math.imul((k << 17) | (k >>> 15), 0xa1e38b93);
      h3 = ((h3 << 15) | (h3 >>> 17)) + h4;
      h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
      k = Math.imul(words[i + 3], 0xa1e38b93);
      h4 ^= Math.imul((k << 18) | (k >>> 14), 0x239b961b);
      h4 = ((h4 << 13) | (h4 >>> 19)) + h1;
      h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
    }
    this.#h1 = h1 | 0;
    this.#h2 = h2 | 0;
    this.#h3 = h3 | 0;
    this.#h4 = h4 | 0;
  }
}

function mix(k: number, before: number, rotate: number, after: number): number {
  const product = Math.imul(k, before);
  return Math.imul((product << rotate) | (product >>> (32 - rotate)), after);
}

function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The trace's fingerprint: a hash over kind, shape, steps and values. Names, format and loss do not count,
 * so the same trace has the same fingerprint in every format.
 */
export function fingerprint(trace: Pick<Trace, 'kind' | 'steps' | 'layers'>): string {
  const hash = hashOfShape(trace);
  for (const layer of trace.layers) hash.update(wordsOf(layer.values));
  return hash.digest();
}

/** Hash of all that comes before the values, which then follow layer by layer. */
export function hashOfShape(trace: Pick<Trace, 'kind' | 'steps' | 'layers'>): WordHash {
  const hash = new WordHash();
  hash.update(Uint32Array.of(1, trace.kind === 'counts' ? 0 : 1, trace.steps.length, trace.layers.length));
  hash.update(Uint32Array.from(trace.layers, (layer) => layer.experts));
  hash.update(new Uint32Array(trace.steps.buffer, trace.steps.byteOffset, trace.steps.length * 2));
  return hash;
}

/** The bits of loads. */
export function wordsOf({ buffer, byteOffset, length }: TraceLayer['values']): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
