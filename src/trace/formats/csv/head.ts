import { loadName, shown } from '../../read/names.ts';
import { badInput } from '../../read/problems.ts';
import { isTable } from '../../tables/columns.ts';
import type { TableHead } from '../../tables/rows.ts';

const newline = 10;
const quote = 34;
const longestHeadBytes = 8 << 20;

/** Lines in which the header is looked for, where the first one is not it. */
const mostLines = 50;

/** Bytes of data that are looked at where numbers may be written in more than one way. */
const lookedAtBytes = 1 << 16;

/** The first lines of a table. */
export interface CsvHead extends TableHead {
  /** Character between cells. */
  readonly delimiter: string;
  /** All bytes from the first row of data on, as far as they were read. */
  readonly rest: Uint8Array;
  /** Line number that `rest` begins with. */
  readonly restLine: number;
  readonly notes: readonly string[];
}

/** Where a table begins: the line of its header, or of its first row where it has none. */
interface Beginning {
  readonly line: number;
  readonly delimiter: string;
  readonly cells: readonly string[];
  readonly hasHeader: boolean;
}

/** Collects bytes until the first lines show where the table begins, quoted newlines aside. */
export class HeadCollector {
  #bytes = new Uint8Array(1 << 14);
  #length = 0;
  #inQuotes = false;
  readonly #lineEnds: number[] = [];
  /** Where the table begins, once the first line shows it. */
  #begin: Beginning | null = null;

  /** @returns whether there is enough */
  add(piece: Uint8Array): boolean {
    if (this.#length + piece.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length + piece.length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    for (let at = this.#length; at < this.#length + piece.length && this.#lineEnds.length < mostLines; at++) {
      if (this.#bytes[at] === quote) this.#inQuotes = !this.#inQuotes;
      else if (this.#bytes[at] === newline && !this.#inQuotes) this.#lineEnds.push(at + 1);
    }
    this.#length += piece.length;
    if (this.#length > longestHeadBytes) return true;
    if (this.#lineEnds.length < 3) return false;
    this.#begin ??= this.#firstLineNames();
    if (this.#begin === null) return this.#lineEnds.length === mostLines;
    return this.#begin.delimiter === ',' || this.#length >= this.#lineEnds[0] + lookedAtBytes;
  }

  /** Understands what was collected. */
  finish(file: string): CsvHead {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (this.#lineEnds.length < mostLines && (this.#lineEnds.at(-1) ?? 0) < bytes.length) this.#lineEnds.push(bytes.length);
    const lines = this.#lineEnds.map((_, line) => this.#line(line));
    const begin = this.#begin ?? beginningIn(lines);
    if (begin === null) {
      const what = lines.length > 1 ? `none of its first ${lines.length} lines begins a table; the first is` : 'its only line has no comma, tab or semicolon:';
      throw badInput(file, `${what} "${shown(lines[0] ?? '')}"`, 'save it as CSV with one column for each value', `${file} line 1`);
    }
    const { line, delimiter, cells, hasHeader } = begin;
    const lineNumber = 1 + lines.slice(0, line).reduce((sum, text) => sum + text.split('\n').length, 0);
    const place = `${file} line ${lineNumber}`;
    const notes = line === 0 || lines.slice(0, line).every((text) => /^\s*(#|$)/.test(text)) ? [] : [
      `${line === 1 ? 'the line' : `the ${line} lines`} before the table ${line === 1 ? 'is' : 'are'} left out: "${shown(lines.find((text) => text.trim() !== '') ?? '')}"${line === 1 ? '' : ', …'}`,
    ];
    if (hasHeader) {
      const restLine = lineNumber + lines[line].split('\n').length;
      return { delimiter, place, columns: uniqueNames(cells), hasHeader, firstRows: [], rest: bytes.subarray(this.#lineEnds[line]), restLine, notes };
    }
    const secondRow = splitLine(lines[line + 1] ?? '', delimiter);
    const firstRows = [cells, secondRow].map((row) => row.map(Number)).filter((row) => row.length === cells.length);
    const start = line === 0 ? this.#start : this.#lineEnds[line - 1];
    return { delimiter, place, columns: cells.map((_, i) => `column ${i + 1}`), hasHeader, firstRows, rest: bytes.subarray(start), restLine: lineNumber, notes };
  }

  /** The beginning at the first line, where that surely is the header. */
  #firstLineNames(): Beginning | null {
    const lines = [0, 1, 2].map((line) => this.#line(line));
    return namesColumns(lines[0]) && hasRowsBelow(lines, 0) ? beginningAt(lines, 0) : null;
  }

  /** Behind the mark of UTF-8. */
  get #start(): number {
    return this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf ? 3 : 0;
  }

  #line(line: number): string {
    const from = line === 0 ? this.#start : this.#lineEnds[line - 1];
    return new TextDecoder().decode(this.#bytes.subarray(from, this.#lineEnds[line])).replace(/\r?\n$/, '');
  }
}

/**
 * Finds where the table begins: at the first line whose cells are names of columns, else at the first line, if the next one
 * has as many cells or no other names columns, else at the first row of numbers, or the names right before it. null when there is no table.
 */
function beginningIn(lines: readonly string[]): Beginning | null {
  const numbers = lines.findIndex(isNumeric);
  const named = lines.slice(0, numbers < 0 ? lines.length : numbers).findIndex((text, line) => namesColumns(text) && hasRowsBelow(lines, line));
  if (named >= 0) return beginningAt(lines, named);
  if (numbers <= 0 || hasRowsBelow(lines, 0) || namesColumns(lines[0])) return beginningAt(lines, 0);
  const delimiter = findDelimiter(lines[numbers]) ?? ',';
  const row = splitLine(lines[numbers], delimiter);
  const before = splitLine(withoutHash(lines[numbers - 1]), delimiter);
  const hasHeader = before.length === row.length && (delimiter !== ' ' || isTable(before));
  return hasHeader ? { line: numbers - 1, delimiter, cells: before, hasHeader } : { line: numbers, delimiter, cells: row, hasHeader };
}

function beginningAt(lines: readonly string[], line: number): Beginning | null {
  const header = withoutHash(lines[line] ?? '');
  const delimiter = findDelimiter(header);
  if (delimiter === null) return null;
  const cells = splitLine(header, delimiter);
  return { line, delimiter, cells, hasHeader: !cells.every(isNumber) };
}

function withoutHash(line: string): string {
  return line.replace(/^#\s*/, '');
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

/** Whether the cells of a line name columns of a trace, which no row of data does. */
function namesColumns(line: string): boolean {
  const header = withoutHash(line);
  const delimiter = findDelimiter(header);
  const cells = delimiter === null ? [] : splitLine(header, delimiter);
  // One word alone may speak of an expert by chance, as "1e-4" does.
  const loads = cells.filter((cell) => loadName(cell)?.expert != null).length;
  return cells.length > 1 && !cells.some(isNumber) && loads !== 1 && isTable(cells);
}

function isNumeric(line: string): boolean {
  const delimiter = findDelimiter(line);
  const cells = delimiter === null ? [] : splitLine(line, delimiter);
  return cells.length > 1 && cells.every(isNumber);
}

/** Whether the next line that is no comment has as many cells, or there is none. */
function hasRowsBelow(lines: readonly string[], line: number): boolean {
  const header = withoutHash(lines[line]);
  const delimiter = findDelimiter(header);
  const next = lines.slice(line + 1).find((one) => !/^\s*(#|$)/.test(one));
  return delimiter !== null && (next === undefined || splitLine(next, delimiter).length === splitLine(header, delimiter).length);
}

/** The character that separates the cells of a line; null when there is none. */
export function findDelimiter(line: string): string | null {
  const bare = line.replace(/"[^"]*"/g, '');
  const counted = [',', '\t', ';', '|'].map((character) => ({ character, count: bare.split(character).length - 1 }));
  const best = counted.reduce((a, b) => (b.count > a.count ? b : a));
  if (best.count > 0) return best.character;
  // What numpy.savetxt writes by default.
  return /^\s*[-+\d.eE]+( [-+\d.eE]+)+\s*$/.test(bare) ? ' ' : null;
}

export function splitLine(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let inQuotes = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (character === '"') {
      if (inQuotes && line[i + 1] === '"') cell += line[++i];
      else inQuotes = !inQuotes;
    } else if (character === delimiter && !inQuotes) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

/** Names with a number behind those that came before: "load", "load (2)". */
export function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
