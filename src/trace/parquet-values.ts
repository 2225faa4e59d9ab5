import { halfToNumber } from './elements.ts';
import { wordOf, type FrameCells, type Word } from './frame-rows.ts';
import { deltaNumbers, HybridNumbers } from './parquet-bits.ts';
import type { ParquetKind, ParquetLeaf } from './parquet-schema.ts';

/** The values of a page, one after the other; empty cells are not among them. */
export interface PageValues {
  /** Puts the next `count` values into the first places of `into`. Throws where there are not so many. */
  read(into: FrameCells, count: number): void;
}

/** The values of a column that its pages name by number. */
export interface Dictionary {
  readonly numbers: Float64Array;
  readonly texts: readonly string[] | null;
}

/** Encodings by their number in the format. */
export const encodingNames = ['PLAIN', '', 'PLAIN_DICTIONARY', 'RLE', 'BIT_PACKED', 'DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT'] as const;

const bytesOfKind: Readonly<Record<ParquetKind, number>> = { i4: 4, u4: 4, i8: 8, u8: 8, f4: 4, f8: 8, f2: 2, 'big-endian': 0, text: 0 };

/** Values behind each other. */
export function plainValues(bytes: Uint8Array, leaf: ParquetLeaf, words: Words): PageValues {
  return leaf.kind === 'text' ? new PlainTexts(bytes, words) : new PlainNumbers(bytes, leaf);
}

/**
 * The values of a data page.
 * @param most values that there may be
 * @returns null for an encoding that is not read
 */
export function valuesOf(encoding: number, bytes: Uint8Array, most: number, leaf: ParquetLeaf, context: { readonly words: Words; readonly dictionary: Dictionary | null }): PageValues | null {
  switch (encodingNames[encoding]) {
    case 'PLAIN': return plainValues(bytes, leaf, context.words);
    case 'PLAIN_DICTIONARY': case 'RLE_DICTIONARY':
      if (!context.dictionary) throw new Error('its dictionary is missing');
      return new DictionaryValues(bytes, context.dictionary);
    case 'DELTA_BINARY_PACKED': return isWhole(leaf.kind) ? new WholeNumbers(deltaNumbers(bytes, most, wrapOf(leaf.kind)).numbers, leaf.divisor) : null;
    case 'DELTA_LENGTH_BYTE_ARRAY': return leaf.kind === 'text' ? new DeltaTexts(bytes, most, context.words) : null;
    case 'BYTE_STREAM_SPLIT': return leaf.kind === 'text' ? null : new PlainNumbers(joinedStreams(bytes, widthOf(leaf)), leaf);
    default: return null;
  }
}

function isWhole(kind: ParquetKind): boolean {
  return kind === 'i4' || kind === 'u4' || kind === 'i8' || kind === 'u8';
}

/** Differences of 32-bit numbers go round. */
function wrapOf(kind: ParquetKind): (sum: number) => number {
  if (kind === 'i4') return (sum) => sum | 0;
  return kind === 'u4' ? (sum) => sum >>> 0 : (sum) => sum;
}

function widthOf({ kind, typeBytes }: ParquetLeaf): number {
  return bytesOfKind[kind] || typeBytes;
}

const tooFew = (): Error => new Error('its values end early');

class PlainNumbers implements PageValues {
  readonly #leaf: ParquetLeaf;
  readonly #count: number;
  readonly #bytes: Uint8Array;
  /** Elements of a type that browsers know; for 64-bit integers their halves. */
  readonly #elements: Int32Array | Uint32Array | Float32Array | Float64Array | Uint16Array | null;
  #at = 0;

  constructor(bytes: Uint8Array, leaf: ParquetLeaf) {
    const width = widthOf(leaf);
    this.#leaf = leaf;
    this.#count = Math.floor(bytes.length / width);
    this.#bytes = bytes;
    const size = this.#count * width;
    const from = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice(0, size);
    const view = [from.buffer as ArrayBuffer, from.byteOffset] as const;
    switch (leaf.kind) {
      case 'i4': this.#elements = new Int32Array(...view, size / 4); break;
      case 'u4': case 'i8': case 'u8': this.#elements = new Uint32Array(...view, size / 4); break;
      case 'f4': this.#elements = new Float32Array(...view, size / 4); break;
      case 'f8': this.#elements = new Float64Array(...view, size / 8); break;
      case 'f2': this.#elements = new Uint16Array(...view, size / 2); break;
      default: this.#elements = null;
    }
  }

  read({ numbers }: FrameCells, count: number): void {
    const at = this.#at;
    const elements = this.#elements;
    const { kind, divisor, typeBytes } = this.#leaf;
    if (at + count > this.#count) throw tooFew();
    this.#at += count;
    if (elements === null) {
      for (let i = 0; i < count; i++) numbers[i] = bigEndian(this.#bytes, (at + i) * typeBytes, typeBytes);
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

class WholeNumbers implements PageValues {
  readonly #numbers: Float64Array;
  #at = 0;

  constructor(numbers: Float64Array, divisor: number) {
    this.#numbers = divisor === 1 ? numbers : numbers.map((number) => number / divisor);
  }

  read({ numbers }: FrameCells, count: number): void {
    if (this.#at + count > this.#numbers.length) throw tooFew();
    numbers.set(this.#numbers.subarray(this.#at, this.#at + count));
    this.#at += count;
  }
}

/** First bytes of all values, then second bytes, and so on. */
function joinedStreams(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width);
  const joined = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++) {
    const from = byte * count;
    for (let i = 0, to = byte; i < count; i++, to += width) joined[to] = bytes[from + i];
  }
  return joined;
}

class DictionaryValues implements PageValues {
  readonly #codes: HybridNumbers;
  readonly #dictionary: Dictionary;
  #scratch = new Int32Array(0);

  constructor(bytes: Uint8Array, dictionary: Dictionary) {
    // A page without values may be without a width.
    this.#codes = new HybridNumbers(bytes.subarray(1), bytes[0] ?? 0);
    this.#dictionary = dictionary;
  }

  read({ numbers, texts }: FrameCells, count: number): void {
    if (this.#scratch.length < count) this.#scratch = new Int32Array(count);
    const codes = this.#scratch;
    const { numbers: values, texts: words } = this.#dictionary;
    this.#codes.read(codes, count);
    const size = values.length;
    for (let i = 0; i < count; i++) {
      const code = codes[i];
      if (code >>> 0 >= size) throw new Error(`it names value ${code >>> 0} of a dictionary of ${size}`);
      numbers[i] = values[code];
    }
    if (texts && words) for (let i = 0; i < count; i++) texts[i] = words[codes[i]];
  }
}

/** Reads texts, each different one once. */
export class Words {
  readonly #known = new Map<string, Word>();
  readonly #decoder = new TextDecoder();

  of(bytes: Uint8Array): Word {
    if (bytes.length > longestText) throw new Error(`a text of ${bytes.length} bytes`);
    const text = this.#decoder.decode(bytes);
    let word = this.#known.get(text);
    if (!word) {
      word = wordOf(text);
      if (this.#known.size >= mostWords) this.#known.clear();
      this.#known.set(text, word);
    }
    return word;
  }
}

/** Names of layers and experts are shorter. */
const longestText = 4096;
const mostWords = 1 << 16;

/** Texts behind each other, each after its length. */
class PlainTexts implements PageValues {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Words;
  #at = 0;

  constructor(bytes: Uint8Array, words: Words) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#words = words;
  }

  read(into: FrameCells, count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.#at + 4 > this.#bytes.length) throw tooFew();
      const start = this.#at + 4;
      const end = start + this.#view.getUint32(this.#at, true);
      if (end > this.#bytes.length) throw tooFew();
      this.#at = end;
      putWord(into, i, this.#words.of(this.#bytes.subarray(start, end)));
    }
  }
}

/** Lengths of all texts, then the texts. */
class DeltaTexts implements PageValues {
  readonly #bytes: Uint8Array;
  readonly #lengths: Float64Array;
  readonly #words: Words;
  #at: number;
  #next = 0;

  constructor(bytes: Uint8Array, most: number, words: Words) {
    const { numbers, end } = deltaNumbers(bytes, most, (sum) => sum | 0);
    this.#bytes = bytes;
    this.#lengths = numbers;
    this.#at = end;
    this.#words = words;
  }

  read(into: FrameCells, count: number): void {
    for (let i = 0; i < count; i++) {
      const end = this.#at + this.#lengths[this.#next++];
      if (!(end >= this.#at && end <= this.#bytes.length)) throw tooFew();
      putWord(into, i, this.#words.of(this.#bytes.subarray(this.#at, end)));
      this.#at = end;
    }
  }
}

function putWord({ numbers, texts }: FrameCells, at: number, { text, number }: Word): void {
  numbers[at] = number;
  if (texts) texts[at] = text;
}
