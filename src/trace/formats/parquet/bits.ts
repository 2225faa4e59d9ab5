import { unzigzag, varint } from './thrift.ts';

/** Numbers of a fixed width in bits, in runs of equal ones and packed ones (Parquet's RLE/bit-packing hybrid). */
export class HybridNumbers {
  readonly #bytes: Uint8Array;
  readonly #width: number;
  #at = 0;
  /** Numbers left of the run. */
  #left = 0;
  #isPacked = false;
  #value = 0;
  /** Where a packed run ends. */
  #end = 0;
  #bits = 0;
  #held = 0;

  /** @param width in bits, 0 to 32. Throws beyond. */
  constructor(bytes: Uint8Array, width: number) {
    if (width > 32) throw new Error(`numbers of ${width} bits`);
    this.#bytes = bytes;
    this.#width = width;
  }

  /** Whether what comes next is a run of at least `count` times `value`. */
  isRunOf(value: number, count: number): boolean {
    if (this.#width === 0) return value === 0;
    if (this.#left === 0 && this.#at < this.#bytes.length) this.#begin();
    return !this.#isPacked && this.#left >= count && this.#value === value;
  }

  /** Puts the next `count` numbers into `into` from its start. Throws where there are not so many. */
  read(into: Int32Array, count: number): void {
    if (this.#width === 0) {
      into.fill(0, 0, count);
      return;
    }
    for (let at = 0; at < count;) {
      while (this.#left === 0) this.#begin();
      const some = Math.min(count - at, this.#left);
      if (!this.#isPacked) into.fill(this.#value, at, at + some);
      else if (this.#width <= 24) this.#unpack(into, at, some);
      else this.#unpackWide(into, at, some);
      at += some;
      this.#left -= some;
      if (this.#left === 0 && this.#isPacked) this.#at = this.#end;
    }
  }

  #begin(): void {
    const { value: head, end } = varint(this.#bytes, this.#at);
    this.#at = end;
    this.#isPacked = head % 2 === 1;
    const count = Math.floor(head / 2);
    if (count > 2 ** 31) throw new Error(`a run of ${count}`);
    if (this.#isPacked) {
      this.#left = count * 8;
      // The last group of a page may be cut off.
      this.#end = Math.min(this.#bytes.length, this.#at + count * this.#width);
      this.#held = 0;
      this.#bits = 0;
      return;
    }
    const bytes = Math.ceil(this.#width / 8);
    if (this.#at + bytes > this.#bytes.length) throw new Error('its runs end early');
    this.#left = count;
    this.#value = 0;
    for (let i = 0; i < bytes; i++) this.#value |= this.#bytes[this.#at++] << (8 * i);
  }

  #unpack(into: Int32Array, from: number, count: number): void {
    const bytes = this.#bytes;
    const width = this.#width;
    const mask = (1 << width) - 1;
    let at = this.#at;
    let bits = this.#bits;
    let held = this.#held;
    if (count * width - held > (this.#end - at) * 8) throw new Error('its runs end early');
    for (let i = from, end = from + count; i < end; i++) {
      while (held < width) {
        bits |= bytes[at++] << held;
        held += 8;
      }
      into[i] = bits & mask;
      bits >>>= width;
      held -= width;
    }
    this.#at = at;
    this.#bits = bits;
    this.#held = held;
  }

  /** Bits that were taken of the byte at `#at` are in `#held`. */
  #unpackWide(into: Int32Array, from: number, count: number): void {
    const width = this.#width;
    const start = this.#at * 8 + this.#held;
    if (start + count * width > this.#end * 8) throw new Error('its runs end early');
    for (let i = 0; i < count; i++) into[from + i] = packedNumber(this.#bytes, start + i * width, width) | 0;
    const end = start + count * width;
    this.#at = Math.floor(end / 8);
    this.#held = end % 8;
  }
}

/** The number in `width` bits (up to 41) from bit `from` on, lowest first. */
function packedNumber(bytes: Uint8Array, from: number, width: number): number {
  let value = 0;
  let scale = 2 ** -(from & 7);
  for (let at = Math.floor(from / 8), end = Math.ceil((from + width) / 8); at < end; at++) {
    value += bytes[at] * scale;
    scale *= 256;
  }
  return Math.floor(value) % 2 ** width;
}

/** Widths of packed differences: beyond, sums are no longer exact. */
const widestDelta = 41;

/**
 * Whole numbers as differences (Parquet's DELTA_BINARY_PACKED).
 * @param most numbers that there may be; more are refused before they take memory
 * @param wrap brings a sum into the range of the type
 * @returns the numbers, and where their bytes end
 */
export function deltaNumbers(bytes: Uint8Array, most: number, wrap: (sum: number) => number): { readonly numbers: Float64Array; readonly end: number } {
  let at = 0;
  const next = (): number => {
    const { value, end } = varint(bytes, at);
    at = end;
    return value;
  };
  const [blockLength, miniblocks, count] = [next(), next(), next()];
  let value = wrap(unzigzag(next()));
  const miniLength = blockLength / miniblocks;
  if (blockLength > 1 << 20 || !Number.isInteger(miniLength) || miniLength % 8 !== 0 || miniLength === 0) throw new Error(`its differences come in blocks of ${blockLength} in ${miniblocks}`);
  if (count > most) throw new Error(`it holds ${count} numbers, where there may be ${most}`);
  const numbers = new Float64Array(count);
  if (count > 0) numbers[0] = checked(value);
  for (let filled = 1; filled < count;) {
    const least = checked(unzigzag(next()));
    if (at + miniblocks > bytes.length) throw new Error('its differences end early');
    const widths = bytes.subarray(at, at + miniblocks);
    at += miniblocks;
    for (let mini = 0; mini < miniblocks && filled < count; mini++) {
      const width = widths[mini];
      if (width > widestDelta) throw new Error(`differences of ${width} bits`);
      const size = (width * miniLength) / 8;
      const here = Math.min(miniLength, count - filled);
      if (at * 8 + here * width > bytes.length * 8) throw new Error('its differences end early');
      for (let i = 0; i < here; i++) {
        value = wrap(value + least + (width === 0 ? 0 : packedNumber(bytes, at * 8 + i * width, width)));
        numbers[filled++] = checked(value);
      }
      at += size;
    }
  }
  return { numbers, end: Math.min(at, bytes.length) };
}

function checked(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error('a number beyond 2^53');
  return value;
}
