import { parseDecimal } from '../../read/decimal.ts';
import { badInput } from '../../read/problems.ts';
import { saysNothing, type PlainRows, type TableRows } from '../../tables/rows.ts';
import type { MarkedNumbers } from './marks.ts';
import { sameBytes } from '../../tables/words.ts';
import { bytesReadBehind, cellsAt, rowKernel, type RowKernel } from './row-kernel.ts';

const newline = 10;
const carriageReturn = 13;
const space = 32;
const quote = 34;
const hash = 35;
const zero = 48;

/** Cells of plain rows that are handed over at once, about: what fits in a processor's nearest memory. */
const plainCells = 4096;

/** A row longer than this is no row of a table: 60 layers × 256 experts take about 200 kB. */
const longestRowBytes = 8 << 20;

/** What is fed at once: chunks have 1 MB, but the first one comes with the head of the file. */
const longestPieceBytes = 10 << 20;

const decoder = new TextDecoder();

/** A quoted number whose thousands are set apart by commas, "12,345.5"; NaN for anything else. */
function withoutGroups(bytes: Uint8Array): number {
  const text = bytes.length <= 32 ? decoder.decode(bytes) : '';
  return /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? Number(text.replaceAll(',', '')) : NaN;
}

/**
 * Cuts delimited text into rows of numbers, straight from bytes and in whatever pieces they come.
 * Call `feed`, then `next` until it gives 0; after the last piece `end`, then `next` until 0 again.
 * Lines that begin with "#" are comments. Rows of nothing but whole numbers of up to nine digits are taken by a WebAssembly kernel, many at once, everything else (signs, decimals, quotes, words) by `#field`.
 */
export class CsvRows implements TableRows, PlainRows {
  readonly numbers: Float64Array;
  readonly plain: Int32Array;
  readonly #file: string;
  readonly #delimiter: number;
  /** What reads numbers with points and commas in them; null where cells are cut at commas. */
  readonly #marked: MarkedNumbers | null;
  /** Where the text of a cell lies that took the long way. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** What `text` gave last for a column: words come many times in a row. */
  readonly #lastBytes: Uint8Array[] = [];
  readonly #lastTexts: string[] = [];
  /** Line of the row, from 1. */
  #line = 0;
  /** Text that is not yet cut, from `#position` to `#end`, in the kernel's memory from `#textAt` on. */
  readonly #buffer: Uint8Array;
  readonly #textAt: number;
  readonly #kernel: RowKernel;
  #position = 0;
  #end = 0;
  #nextLine: number;
  /** Line of the first of the plain rows. */
  #plainLine = 0;

  /**
   * @param delimiter character code
   * @param firstLine line number of the first byte fed
   * @param marked for cells that are not cut at commas
   */
  constructor(file: string, delimiter: number, columns: number, firstLine: number, marked: MarkedNumbers | null) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#marked = marked;
    this.#nextLine = firstLine;
    this.numbers = new Float64Array(columns);
    const cells = columns * Math.max(1, Math.floor(plainCells / columns));
    this.#textAt = cellsAt + cells * 4;
    const { kernel, buffer } = rowKernel(this.#textAt + longestRowBytes + longestPieceBytes + bytesReadBehind);
    this.#kernel = kernel;
    this.plain = new Int32Array(buffer, cellsAt, cells);
    this.#buffer = new Uint8Array(buffer, this.#textAt);
    this.#starts = new Int32Array(columns);
    this.#ends = new Int32Array(columns);
  }

  /** Takes the next bytes, at most `longestPieceBytes`. @returns whether there may be a complete row now */
  feed(bytes: Uint8Array): boolean {
    const left = this.#end - this.#position;
    if (left > longestRowBytes) {
      throw badInput(this.#file, `line ${this.#nextLine} is longer than 8 MB`, 'check that its lines end and its quotes are closed', `${this.#file} line ${this.#nextLine}`);
    }
    const buffer = this.#buffer;
    buffer.copyWithin(0, this.#position, this.#end);
    buffer.set(bytes, left);
    this.#position = 0;
    this.#end = left + bytes.length;
    // Two sentinels: scanning stops at the first, and looking one byte past a return is safe.
    buffer[this.#end] = newline;
    buffer[this.#end + 1] = newline;
    return bytes.includes(newline);
  }

  /** Says that there are no more bytes: the last line may lack its newline. */
  end(): void {
    if (this.#end > this.#position) this.feed(Uint8Array.of(newline));
  }

  get place(): string {
    return `line ${this.#line}`;
  }

  nextPlain(): number {
    const columns = this.numbers.length;
    const rows = this.#kernel.takeRows(this.#textAt + this.#position, this.#textAt + this.#end, cellsAt, columns, this.plain.length / columns, this.#delimiter);
    this.#position = this.#kernel.stoppedAt() - this.#textAt;
    this.#plainLine = this.#nextLine;
    this.#nextLine += rows;
    return rows;
  }

  takePlain(row: number): void {
    const first = row * this.numbers.length;
    for (let column = 0; column < this.numbers.length; column++) this.numbers[column] = this.plain[first + column];
    this.#line = this.#plainLine + row;
  }

  /** Reads the next row into `numbers`. @returns its number of cells, which may not be the header's; 0 when no row is complete */
  next(): number {
    const buffer = this.#buffer;
    const { numbers } = this;
    const delimiter = this.#delimiter;
    const end = this.#end;
    const columns = numbers.length;
    let at = this.#position;
    let lines = 1;
    for (;;) {
      while (at < end && (buffer[at] === newline || (buffer[at] === carriageReturn && buffer[at + 1] === newline))) {
        if (buffer[at] === carriageReturn && at + 1 >= end) return 0;
        if (buffer[at] === newline) this.#nextLine++;
        at++;
        this.#position = at;
      }
      if (at >= end) return 0;
      if (buffer[at] !== hash) break;
      at = buffer.indexOf(newline, at);
      if (at >= end) return 0;
      this.#position = at;
    }
    for (let column = 0; ; column++) {
      const start = at;
      let value = 0;
      let digit = buffer[at] - zero;
      while (digit >>> 0 < 10) {
        value = (value * 10 + digit) | 0;
        digit = buffer[++at] - zero;
      }
      let stop = digit + zero;
      if (stop === carriageReturn && buffer[at + 1] === newline) {
        at++;
        stop = newline;
      }
      const length = at - start;
      if (length > 0 && length < 10 && (stop === delimiter || stop === newline)) {
        if (column < columns) numbers[column] = value;
      } else {
        at = this.#field(start, column);
        if (at < 0) return 0;
        stop = buffer[at];
        if (buffer[start] === quote) for (let i = start; i < at; i++) if (buffer[i] === newline) lines++;
      }
      if (stop === newline) {
        if (at >= end) return 0;
        this.#position = at + 1;
        this.#line = this.#nextLine;
        this.#nextLine += lines;
        return column + 1;
      }
      at++;
    }
  }

  /** The text of a cell of the row that `next` read last, if it was not a plain whole number. */
  text(column: number): string {
    const bytes = this.#buffer.subarray(this.#starts[column], this.#ends[column]);
    const last = this.#lastBytes[column];
    if (last && sameBytes(last, bytes)) return this.#lastTexts[column];
    this.#lastBytes[column] = bytes.slice();
    return (this.#lastTexts[column] = decoder.decode(bytes).replaceAll('""', '"'));
  }

  isEmpty(column: number): boolean {
    const length = this.#ends[column] - this.#starts[column];
    return length === 0 || (length <= 4 && saysNothing(this.text(column)));
  }

  /** Reads a cell the long way. @returns the position of the delimiter or newline after it; -1 when the bytes end before */
  #field(start: number, column: number): number {
    const buffer = this.#buffer;
    const delimiter = this.#delimiter;
    let from = start;
    let to: number;
    let at = start;
    if (buffer[start] === quote) {
      from = start + 1;
      for (at = from; ; at++) {
        if (at >= this.#end) return -1;
        if (buffer[at] !== quote) continue;
        if (buffer[at + 1] !== quote) break;
        at++;
      }
      to = at;
      while (buffer[at] !== delimiter && buffer[at] !== newline) at++;
    } else {
      while (buffer[at] !== delimiter && buffer[at] !== newline) at++;
      to = at;
      if (buffer[at] === newline && to > from && buffer[to - 1] === carriageReturn) to--;
    }
    if (at >= this.#end) return -1;
    while (from < to && buffer[from] === space) from++;
    while (from < to && buffer[to - 1] === space) to--;
    if (column < this.numbers.length) {
      const marked = this.#marked;
      const number = marked ? marked.number(buffer, from, to, column, this.#nextLine) : parseDecimal(buffer, from, to);
      this.numbers[column] = number !== number && buffer[start] === quote && !marked ? withoutGroups(buffer.subarray(from, to)) : number;
      this.#starts[column] = from;
      this.#ends[column] = to;
    }
    return at;
  }
}
