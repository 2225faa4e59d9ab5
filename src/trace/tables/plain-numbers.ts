import { halfToNumber } from '../arrays/elements.ts';
import type { FrameCells } from './frame-rows.ts';

/** How numbers lie in bytes: their type and length, or whole numbers of any length. */
export type NumberKind = 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | 'big-endian' | 'little-endian';

export interface NumberForm {
  readonly kind: NumberKind;
  /** Bytes of a whole number of any length. */
  readonly typeBytes: number;
  /** What a decimal number's whole number is divided by; 1 for others. */
  readonly divisor: number;
}

/** Bytes of a number. */
export function widthOf({ kind, typeBytes }: NumberForm): number {
  return kind === 'big-endian' || kind === 'little-endian' ? typeBytes : Number(kind[1]);
}

export const tooFew = (): Error => new Error('its values end early');

/** Numbers behind each other, little-endian. */
export class PlainNumbers {
  readonly #form: NumberForm;
  readonly #count: number;
  readonly #bytes: Uint8Array;
  /** Elements of a type that browsers know; for 64-bit integers their halves. */
  readonly #elements: Int8Array | Uint8Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array | Uint16Array | null;
  #at = 0;

  constructor(bytes: Uint8Array, form: NumberForm) {
    const width = widthOf(form);
    this.#form = form;
    this.#count = Math.floor(bytes.length / width);
    this.#bytes = bytes;
    const size = this.#count * width;
    const from = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice(0, size);
    const view = [from.buffer as ArrayBuffer, from.byteOffset] as const;
    switch (form.kind) {
      case 'i1': this.#elements = new Int8Array(...view, size); break;
      case 'u1': this.#elements = new Uint8Array(...view, size); break;
      case 'i2': this.#elements = new Int16Array(...view, size / 2); break;
      case 'i4': this.#elements = new Int32Array(...view, size / 4); break;
      case 'u4': case 'i8': case 'u8': this.#elements = new Uint32Array(...view, size / 4); break;
      case 'f4': this.#elements = new Float32Array(...view, size / 4); break;
      case 'f8': this.#elements = new Float64Array(...view, size / 8); break;
      case 'u2': case 'f2': this.#elements = new Uint16Array(...view, size / 2); break;
      default: this.#elements = null;
    }
  }

  /** Puts the next `count` numbers into the first places of `into`. Throws where there are not so many. */
  read({ numbers }: Pick<FrameCells, 'numbers'>, count: number): void {
    const at = this.#at;
    const elements = this.#elements;
    const { kind, divisor, typeBytes } = this.#form;
    if (at + count > this.#count) throw tooFew();
    this.#at += count;
    if (elements === null) {
      const whole = kind === 'big-endian' ? bigEndian : littleEndian;
      for (let i = 0; i < count; i++) numbers[i] = whole(this.#bytes, (at + i) * typeBytes, typeBytes);
    } else if (kind === 'i8' || kind === 'u8') {
      const half = kind === 'i8' ? 2 ** 31 : 2 ** 32;
      for (let i = 0, from = at * 2; i < count; i++, from += 2) {
        const high = elements[from + 1];
        numbers[i] = (high < half ? high : high - 2 ** 32) * 2 ** 32 + elements[from];
      }
    } else if (kind === 'f2') {
      for (let i = 0; i < count; i++) numbers[i] = halfToNumber(elements[at + i]);
    } else {
      numbers.set(elements.subarray(at, at + count));
    }
    if (divisor !== 1) for (let i = 0; i < count; i++) numbers[i] /= divisor;
  }
}

/** A signed whole number of any length; over 2⁵³ it is rounded. */
function bigEndian(bytes: Uint8Array, from: number, length: number): number {
  let value = bytes[from] >= 128 ? bytes[from] - 256 : bytes[from];
  for (let i = 1; i < length; i++) value = value * 256 + bytes[from + i];
  return value;
}

function littleEndian(bytes: Uint8Array, from: number, length: number): number {
  const last = from + length - 1;
  let value = bytes[last] >= 128 ? bytes[last] - 256 : bytes[last];
  for (let i = last - 1; i >= from; i--) value = value * 256 + bytes[i];
  return value;
}
