import { badInput } from '../../read/problems.ts';
import type { TableHead } from '../../tables/rows.ts';

const newline = 10;
const quote = 34;
const longestHeadBytes = 8 << 20;

/** The first lines of a table. */
export interface CsvHead extends TableHead {
  /** Character between cells. */
  readonly delimiter: string;
  /** All bytes from the first row of data on, as far as they were read. */
  readonly rest: Uint8Array;
  /** Line number that `rest` begins with. */
  readonly restLine: number;
}

/** Collects bytes until the first three lines are whole, quoted newlines aside. */
export class HeadCollector {
  #bytes = new Uint8Array(1 << 14);
  #length = 0;
  #inQuotes = false;
  readonly #lineEnds: number[] = [];

  /** @returns whether there is enough */
  add(piece: Uint8Array): boolean {
    if (this.#length + piece.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length + piece.length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    for (let at = this.#length; at < this.#length + piece.length && this.#lineEnds.length < 3; at++) {
      if (this.#bytes[at] === quote) this.#inQuotes = !this.#inQuotes;
      else if (this.#bytes[at] === newline && !this.#inQuotes) this.#lineEnds.push(at + 1);
    }
    this.#length += piece.length;
    return this.#lineEnds.length >= 3 || this.#length > longestHeadBytes;
  }

  /** Understands what was collected. */
  finish(file: string): CsvHead {
    const bytes = this.#bytes.subarray(0, this.#length);
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    const firstEnd = this.#lineEnds[0] ?? bytes.length;
    const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to)).replace(/\r?\n$/, '');
    const headerText = decode(start, firstEnd);
    const place = `${file} line 1`;
    const header = headerText.replace(/^#\s*/, '');
    const delimiter = findDelimiter(header);
    if (delimiter === null) {
      throw badInput(file, `its first line has no comma, tab or semicolon: "${header.slice(0, 60)}"`, 'save it as CSV with one column for each value', place);
    }
    const cells = splitLine(header, delimiter);
    const hasHeader = !cells.every((cell) => cell !== '' && Number.isFinite(Number(cell)));
    if (hasHeader) {
      const restLine = 1 + headerText.split('\n').length;
      return { delimiter, place, columns: uniqueNames(cells), hasHeader, firstRows: [], rest: bytes.subarray(firstEnd), restLine };
    }
    const secondRow = splitLine(decode(firstEnd, this.#lineEnds[1] ?? bytes.length), delimiter);
    const firstRows = [cells, secondRow].map((row) => row.map(Number)).filter((row) => row.length === cells.length);
    return { delimiter, place, columns: cells.map((_, i) => `column ${i + 1}`), hasHeader, firstRows, rest: bytes.subarray(start), restLine: 1 };
  }
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

function splitLine(line: string, delimiter: string): string[] {
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
