import type { FrameCells } from '../../tables/frame-rows.ts';
import { deltaNumbers, HybridNumbers } from './bits.ts';
import type { ParquetKind, ParquetLeaf } from './schema.ts';
import { PlainNumbers, tooFew, widthOf } from '../../tables/plain-numbers.ts';
import { putWord, type Words } from '../../tables/words.ts';

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

/** Values behind each other. */
export function plainValues(bytes: Uint8Array, leaf: ParquetLeaf, words: Words): PageValues {
  const { kind } = leaf;
  return kind === 'text' ? new PlainTexts(bytes, words) : new PlainNumbers(bytes, { ...leaf, kind });
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
    case 'BYTE_STREAM_SPLIT': {
      const { kind } = leaf;
      return kind === 'text' ? null : new PlainNumbers(joinedStreams(bytes, widthOf({ ...leaf, kind })), { ...leaf, kind });
    }
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
