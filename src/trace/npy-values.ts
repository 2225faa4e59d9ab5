import { amount } from './amount.ts';
import { elementBytes, parseNpyHeader, type ElementType, type NpyHeader } from './npy-header.ts';
import { badInput } from './problems.ts';

/** Decoded elements. 64-bit integers and half floats come as doubles. */
export type Values = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/**
 * Reads an .npy file from pieces of any size: the header first, then its elements in the order of the file.
 * The pieces may end anywhere, also inside an element.
 * @param onHeader called once, before any elements
 */
export async function decodeNpy(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  onHeader: (header: NpyHeader) => void,
  onValues: (values: Values) => void,
): Promise<void> {
  let head: Uint8Array | null = new Uint8Array(0);
  let header: NpyHeader | null = null;
  let decoder: ElementDecoder | null = null;
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (decoder) {
      decoder.push(piece, onValues);
      continue;
    }
    const joined: Uint8Array = new Uint8Array((head?.length ?? 0) + piece.length);
    joined.set(head ?? []);
    joined.set(piece, head?.length ?? 0);
    head = joined;
    header = parseNpyHeader(joined, name);
    if (!header) continue;
    onHeader(header);
    decoder = new ElementDecoder(header);
    decoder.push(joined.subarray(header.dataStart), onValues);
    head = null;
  }
  if (!header || !decoder) throw badInput(name, `it ends after ${amount(bytes, 'byte')}, inside its header`, 'the file is cut off; copy it again', `${name}, byte ${bytes}`);
  if (decoder.decoded < header.length) {
    const whole = header.dataStart + header.length * elementBytes(header.type);
    throw badInput(name, `it ends after ${bytes} of ${whole} bytes; shape (${header.shape.join(', ')})`, 'the file is cut off; copy it again', `${name}, byte ${bytes}`);
  }
}

class ElementDecoder {
  decoded = 0;
  readonly #header: NpyHeader;
  readonly #size: number;
  #left = new Uint8Array(0);

  constructor(header: NpyHeader) {
    this.#header = header;
    this.#size = elementBytes(header.type);
  }

  push(piece: Uint8Array, onValues: (values: Values) => void): void {
    const wanted = (this.#header.length - this.decoded) * this.#size - this.#left.length;
    const used = piece.subarray(0, Math.max(0, wanted));
    const available = this.#left.length + used.length;
    const whole = available - (available % this.#size);
    // A copy aligns the bytes for a typed array, and may be swapped.
    const aligned = new Uint8Array(whole);
    const fromLeft = Math.min(this.#left.length, whole);
    aligned.set(this.#left.subarray(0, fromLeft));
    aligned.set(used.subarray(0, whole - fromLeft), fromLeft);
    const rest = new Uint8Array(available - whole);
    rest.set(this.#left.subarray(fromLeft));
    rest.set(used.subarray(whole - fromLeft), this.#left.length - fromLeft);
    this.#left = rest;
    if (whole === 0) return;
    if (this.#header.bigEndian && this.#size > 1) swapBytes(aligned, this.#size);
    this.decoded += whole / this.#size;
    onValues(decode(aligned.buffer, this.#header.type));
  }
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

function decode(buffer: ArrayBuffer, type: ElementType): Values {
  switch (type) {
    case 'b1':
    case 'u1': return new Uint8Array(buffer);
    case 'i1': return new Int8Array(buffer);
    case 'u2': return new Uint16Array(buffer);
    case 'i2': return new Int16Array(buffer);
    case 'u4': return new Uint32Array(buffer);
    case 'i4': return new Int32Array(buffer);
    case 'f4': return new Float32Array(buffer);
    case 'f8': return new Float64Array(buffer);
    case 'u8':
    case 'i8': {
      const low = new Uint32Array(buffer);
      const high = type === 'u8' ? low : new Int32Array(buffer);
      return Float64Array.from({ length: low.length / 2 }, (_, i) => high[2 * i + 1] * 2 ** 32 + low[2 * i]);
    }
    case 'f2': return Float64Array.from(new Uint16Array(buffer), halfToNumber);
  }
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
