import { unpackBlock } from '../../packed/block-codecs.ts';
import { crc32 } from '../../packed/crc32.ts';
import { HybridNumbers } from './bits.ts';
import { thrift, type ParquetChunk, type ParquetFile, type ParquetLeaf } from './schema.ts';
import { encodingNames, plainValues, valuesOf, type Dictionary, type PageValues } from './values.ts';
import { badInput } from '../../read/problems.ts';
import type { Source } from '../../read/reader.ts';
import { asBadInput, cutOff, sliceOf } from '../../read/slices.ts';
import type { ThriftStruct } from './thrift.ts';
import { Words } from '../../tables/words.ts';

/** A page of data, unpacked. */
export interface Page {
  /** Cells, empty ones included. */
  readonly cells: number;
  /** Where in lists each cell stands; null for a column without lists. */
  readonly repetition: HybridNumbers | null;
  /** What each cell holds; null where all hold a value. */
  readonly definition: HybridNumbers | null;
  readonly values: PageValues;
  /** As errors call it. */
  readonly what: string;
}

/** Bytes of a page's description that are looked at first, and at most. */
const headerBytes = 256;
const mostHeaderBytes = 1 << 20;

/** What a page may unpack to: so much, and so much for each value (32 bytes of a decimal, two levels; a name). */
const freePageBytes = 1 << 16;
const mostNumberBytes = 40;
const mostTextBytes = 300;

const dataPage = 0;
const indexPage = 1;
const dictionaryPage = 2;
const dataPage2 = 3;

/** The pages of one column, through all row groups. */
export class ParquetPages {
  readonly #file: ParquetFile;
  readonly #source: Source;
  readonly #leaf: ParquetLeaf;
  readonly #chunks: readonly ParquetChunk[];
  readonly #onBytes: (bytes: number) => void;
  readonly #words = new Words();
  #group = -1;
  #chunk: ParquetChunk | null = null;
  #at = 0;
  #cellsLeft = 0;
  #page = 0;
  #dictionary: Dictionary | null = null;

  /** @param source of the file, reading ahead as far as memory allows */
  constructor(file: ParquetFile, source: Source, leaf: number, onBytes: (bytes: number) => void) {
    this.#file = file;
    this.#source = source;
    this.#leaf = file.leaves[leaf];
    this.#chunks = file.groups.map(({ chunks }) => chunks[leaf]);
    this.#onBytes = onBytes;
  }

  /** The next page that holds cells; null when there is none. */
  async next(): Promise<Page | null> {
    for (;;) {
      if (this.#cellsLeft === 0 && !this.#nextChunk()) return null;
      const page = await this.#read();
      if (page && page.cells > 0) return page;
    }
  }

  #nextChunk(): boolean {
    while (this.#cellsLeft === 0) {
      this.#chunk = this.#chunks[++this.#group] ?? null;
      if (!this.#chunk) return false;
      this.#at = this.#chunk.start;
      this.#cellsLeft = this.#chunk.values;
      this.#page = 0;
      this.#dictionary = null;
    }
    return true;
  }

  get #what(): string {
    return `${this.#file.name}, column ${this.#leaf.name}, row group ${this.#group}, page ${this.#page}`;
  }

  #broken(why: string): Error {
    return badInput(this.#what, why, cutOff, `${this.#file.name}, byte ${this.#at}`);
  }

  /** @returns null for a page that holds no cells */
  async #read(): Promise<Page | null> {
    const chunk = this.#chunk;
    if (!chunk?.codec) throw badInput(this.#what, `it is packed by ${chunk?.codecName}, which is not read`, 'write it with compression "zstd" or "snappy"');
    const end = chunk.start + chunk.bytes;
    const { header, bytes } = await this.#header(end);
    const what = this.#what;
    this.#at += bytes;
    const [type, unpackedBytes, packedBytes] = [header.int(1), header.int(2) ?? -1, header.int(3) ?? -1];
    if (packedBytes < 0 || unpackedBytes < 0 || this.#at + packedBytes > end) throw this.#broken(`it claims ${packedBytes} bytes, where ${end - this.#at} are left`);
    const view = await sliceOf(this.#source, this.#at, this.#at + packedBytes, this.#file.signal);
    const packed = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const sum = header.int(4);
    if (sum !== undefined && crc32(packed) !== sum >>> 0) throw this.#broken('its checksum does not fit');
    this.#at += packedBytes;
    this.#onBytes(bytes + packedBytes);
    this.#page++;
    const unpack = (part: Uint8Array, length: number, cells: number): Promise<Uint8Array> => {
      const most = freePageBytes + cells * (this.#leaf.kind === 'text' ? mostTextBytes : mostNumberBytes);
      if (length > most) throw new Error(`it claims ${length} bytes for ${cells} values`);
      return unpackBlock(chunk.codec ?? 'none', part, length, what);
    };
    try {
      switch (type) {
        case dataPage: return await this.#data(header.struct(5), (cells) => unpack(packed, unpackedBytes, cells), what);
        case dataPage2: return await this.#data2(header.struct(8), packed, unpackedBytes, unpack, what);
        case dictionaryPage:
          if (this.#dictionary) throw new Error('it is a second dictionary');
          this.#readDictionary(header.struct(7), await unpack(packed, unpackedBytes, chunk.values));
          return null;
        case indexPage: return null;
        default: throw new Error(`it is of no known type (${type})`);
      }
    } catch (error) {
      throw asBadInput(error, what);
    }
  }

  async #header(end: number): Promise<{ readonly header: ThriftStruct; readonly bytes: number }> {
    const { name, signal } = this.#file;
    if (this.#at >= end) throw this.#broken(`its column ends ${this.#cellsLeft} values early`);
    for (let length = headerBytes; ; length = mostHeaderBytes) {
      const most = Math.min(length, end - this.#at);
      const view = await sliceOf(this.#source, this.#at, this.#at + most, signal);
      const isAll = most < length || length === mostHeaderBytes;
      const result = thrift(new Uint8Array(view.buffer, view.byteOffset, most), `${name}, column ${this.#leaf.name}`, `the description of page ${this.#page} in row group ${this.#group}`, isAll);
      if (result) return { header: result.struct, bytes: result.bytes };
    }
  }

  #readDictionary(header: ThriftStruct | undefined, bytes: Uint8Array): void {
    const count = header?.int(1) ?? -1;
    const encoding = encodingNames[header?.int(2) ?? -1];
    if (encoding !== 'PLAIN' && encoding !== 'PLAIN_DICTIONARY') throw new Error(`its dictionary is encoded as ${encoding}`);
    // A value takes two bytes at least.
    if (count < 0 || count > bytes.length / 2) throw new Error(`it claims a dictionary of ${count} in ${bytes.length} bytes`);
    const cells = { numbers: new Float64Array(count), texts: this.#leaf.kind === 'text' ? [] : null };
    plainValues(bytes, this.#leaf, this.#words).read(cells, count);
    this.#dictionary = cells;
  }

  /** Counts the cells of a page off. */
  #take(cells: number): number {
    if (cells < 0 || cells > this.#cellsLeft) throw new Error(`it claims ${cells} values, where ${this.#cellsLeft} are left`);
    this.#cellsLeft -= cells;
    return cells;
  }

  async #data(header: ThriftStruct | undefined, unpack: (cells: number) => Promise<Uint8Array>, what: string): Promise<Page> {
    const cells = this.#take(header?.int(1) ?? -1);
    const bytes = await unpack(cells);
    const { mostDefined, listDefined } = this.#leaf;
    let at = 0;
    const levels = (most: number, encoding: number): HybridNumbers | null => {
      if (most === 0) return null;
      if (encodingNames[encoding] !== 'RLE') throw new Error(`its levels are encoded as ${encodingNames[encoding] ?? encoding}, which is not read`);
      if (at + 4 > bytes.length) throw new Error('its levels are missing');
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
      at += 4 + length;
      if (at > bytes.length) throw new Error('its levels end early');
      return new HybridNumbers(bytes.subarray(at - length, at), bitsFor(most));
    };
    const repetition = levels(listDefined.length, header?.int(4) ?? -1);
    const definition = levels(mostDefined, header?.int(3) ?? -1);
    return this.#pageOf(cells, repetition, definition, header?.int(2) ?? -1, bytes.subarray(at), what);
  }

  async #data2(header: ThriftStruct | undefined, packed: Uint8Array, unpackedBytes: number, unpack: (part: Uint8Array, length: number, cells: number) => Promise<Uint8Array>, what: string): Promise<Page> {
    const cells = this.#take(header?.int(1) ?? -1);
    const { mostDefined, listDefined } = this.#leaf;
    const [definedBytes, repeatedBytes] = [header?.int(5) ?? -1, header?.int(6) ?? -1];
    const levelBytes = definedBytes + repeatedBytes;
    if (definedBytes < 0 || repeatedBytes < 0 || levelBytes > packed.length || levelBytes > unpackedBytes) throw new Error(`it claims ${levelBytes} bytes of levels`);
    const repetition = listDefined.length > 0 ? new HybridNumbers(packed.subarray(0, repeatedBytes), bitsFor(listDefined.length)) : null;
    const definition = mostDefined > 0 ? new HybridNumbers(packed.subarray(repeatedBytes, levelBytes), bitsFor(mostDefined)) : null;
    const part = packed.subarray(levelBytes);
    // Values of a page that holds none may be packed to nothing.
    const isPacked = header?.bool(7) !== false && part.length > 0;
    const bytes = isPacked ? await unpack(part, unpackedBytes - levelBytes, cells) : part;
    return this.#pageOf(cells, repetition, definition, header?.int(4) ?? -1, bytes, what);
  }

  #pageOf(cells: number, repetition: HybridNumbers | null, definition: HybridNumbers | null, encoding: number, bytes: Uint8Array, what: string): Page {
    const isFull = definition === null || definition.isRunOf(this.#leaf.mostDefined, cells);
    const values = valuesOf(encoding, bytes, cells, this.#leaf, { words: this.#words, dictionary: this.#dictionary });
    if (!values) throw badInput(what, `it is encoded as ${encodingNames[encoding] || encoding}, which is not read`, 'write the column with the default encoding');
    return { cells, repetition, definition: isFull && !repetition ? null : definition, values, what };
  }
}

/** Bits that a level of 0 to `most` takes. */
function bitsFor(most: number): number {
  return 32 - Math.clz32(most);
}
