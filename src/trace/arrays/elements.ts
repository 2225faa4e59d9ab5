import { float8Numbers, type Float8 } from './float8.ts';
import { badInput } from '../read/problems.ts';

/** Element types that a load can have. Lengths are in bytes; `b1` is a truth value, `bf2` a bfloat16. */
export type ElementType = 'b1' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | Float8 | 'f2' | 'bf2' | 'f4' | 'f8';

/** How the elements of an array lie behind each other. */
export interface ArrayForm {
  readonly type: ElementType;
  readonly bigEndian: boolean;
  /** Whether the first axis varies fastest in the file. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly length: number;
  /** What the file calls its axes, where it does: "step", "layer", "expert". */
  readonly axisNames?: readonly string[];
}

export function elementBytes(type: ElementType): number {
  return Number(type.at(-1));
}

/** Bytes of all elements. */
export function bytesOfForm(form: ArrayForm): number {
  return form.length * elementBytes(form.type);
}

/** Decoded elements. 64-bit integers and half floats come as doubles. */
export type Values = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/**
 * Decodes the elements of an array from pieces that may end anywhere, also inside an element. What follows the array is passed over.
 * @param name as errors call it
 */
export async function decodeElements(pieces: AsyncIterable<Uint8Array>, form: ArrayForm, name: string, onValues: (values: Values) => void): Promise<void> {
  const decoder = new ElementDecoder(form);
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    decoder.push(piece, onValues);
  }
  if (decoder.decoded < form.length) {
    throw badInput(name, `its elements end after ${bytes} of ${bytesOfForm(form)} bytes; shape (${form.shape.join(', ')})`, 'the file is cut off; copy it again');
  }
}

/** Decodes elements piece by piece. */
export class ElementDecoder {
  decoded = 0;
  readonly #form: ArrayForm;
  readonly #size: number;
  #left = new Uint8Array(0);

  constructor(form: ArrayForm) {
    this.#form = form;
    this.#size = elementBytes(form.type);
  }

  push(piece: Uint8Array, onValues: (values: Values) => void): void {
    const wanted = (this.#form.length - this.decoded) * this.#size - this.#left.length;
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
    if (this.#form.bigEndian && this.#size > 1) swapBytes(aligned, this.#size);
    this.decoded += whole / this.#size;
    onValues(decode(aligned.buffer, this.#form.type));
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
    case 'bf2': {
      // A bfloat16 is the upper half of a float.
      const floats = new Float32Array(buffer.byteLength / 2);
      new Uint32Array(floats.buffer).set(Uint32Array.from(new Uint16Array(buffer), (bits) => bits * 0x10000));
      return floats;
    }
    case 'e4f1':
    case 'e5f1':
    case 'e4z1':
    case 'e5z1': {
      const numbers = float8Numbers(type);
      return Float32Array.from(new Uint8Array(buffer), (bits) => numbers[bits]);
    }
    case 'f2': return Float64Array.from(new Uint16Array(buffer), halfToNumber);
  }
}

/** The number that the bits of an IEEE 754 binary16 stand for. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
