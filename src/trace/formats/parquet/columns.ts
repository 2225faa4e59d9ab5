import type { FlatColumn, ListColumn } from '../../tables/frame.ts';
import type { FrameCells } from '../../tables/frame-rows.ts';
import type { Json } from '../json/parse.ts';
import type { ParquetLeaf } from './schema.ts';
import type { Page, ParquetPages } from './pages.ts';
import { badInput } from '../../read/problems.ts';
import { asBadInput, cutOff } from '../../read/slices.ts';

/** A column whose next rows can be waited for. */
export interface ParquetColumn {
  /** Rows at hand. */
  readonly left: number;
  /** Gets more rows where none are at hand. Afterwards `left` is 0 at the end alone. */
  advance(): Promise<void>;
}

/** A column of one value a row. */
export class FlatParquetColumn implements ParquetColumn, FlatColumn {
  readonly isText: boolean;
  left = 0;
  readonly #pages: ParquetPages;
  readonly #mostDefined: number;
  #page: Page | null = null;
  #levels = new Int32Array(0);

  constructor(pages: ParquetPages, leaf: ParquetLeaf) {
    this.#pages = pages;
    this.#mostDefined = leaf.mostDefined;
    this.isText = leaf.kind === 'text';
  }

  async advance(): Promise<void> {
    if (this.left > 0) return;
    this.#page = await this.#pages.next();
    this.left = this.#page?.cells ?? 0;
  }

  read(into: FrameCells, count: number): void {
    const page = this.#page;
    if (!page || count > this.left) throw new RangeError('no such rows are at hand');
    this.left -= count;
    try {
      if (page.definition === null) page.values.read(into, count);
      else this.#readWithGaps(page, into, count);
    } catch (error) {
      throw asBadInput(error, page.what);
    }
  }

  #readWithGaps({ definition, values }: Page, into: FrameCells, count: number): void {
    if (this.#levels.length < count) this.#levels = new Int32Array(count);
    const levels = this.#levels;
    definition?.read(levels, count);
    let from = 0;
    for (let i = 0; i < count; i++) if (levels[i] === this.#mostDefined) from++;
    values.read(into, from);
    const { numbers, texts } = into;
    // From the end, so that no value is overwritten before it has moved.
    for (let to = count - 1; to >= 0; to--) {
      const isThere = levels[to] === this.#mostDefined;
      if (isThere) from--;
      numbers[to] = isThere ? numbers[from] : NaN;
      if (texts) texts[to] = isThere ? texts[from] : '';
    }
  }
}

/** A column of lists of numbers. Its rows may go on from one page to the next. */
export class ListParquetColumn implements ParquetColumn, ListColumn {
  readonly #pages: ParquetPages;
  readonly #leaf: ParquetLeaf;
  #rows: Json[] = [];
  #next = 0;
  /** The row that may go on, and its open lists from the outermost in. */
  #open: Json | undefined;
  readonly #lists: (Json[] | undefined)[] = [];
  #isDone = false;

  constructor(pages: ParquetPages, leaf: ParquetLeaf) {
    this.#pages = pages;
    this.#leaf = leaf;
  }

  get left(): number {
    return this.#rows.length - this.#next;
  }

  async advance(): Promise<void> {
    if (this.left > 0) return;
    this.#rows = [];
    this.#next = 0;
    while (this.#rows.length === 0 && !this.#isDone) {
      const page = await this.#pages.next();
      if (page) this.#take(page);
      else this.#finish();
    }
  }

  take(count: number): Json[] {
    this.#next += count;
    return this.#rows.slice(this.#next - count, this.#next);
  }

  #finish(): void {
    if (this.#open !== undefined) this.#rows.push(this.#open);
    this.#open = undefined;
    this.#isDone = true;
  }

  /** Puts lists together (Melnik et al. 2010, "Dremel", section 4.2). */
  #take({ cells, repetition, definition, values, what }: Page): void {
    const { mostDefined, listDefined } = this.#leaf;
    const repeats = new Int32Array(cells);
    const defines = new Int32Array(cells);
    let there = 0;
    const own = { numbers: new Float64Array(0), texts: null };
    try {
      repetition?.read(repeats, cells);
      definition?.read(defines, cells);
      for (const level of defines) if (level === mostDefined) there++;
      own.numbers = new Float64Array(there);
      values.read(own, there);
    } catch (error) {
      throw asBadInput(error, what);
    }
    let next = 0;
    const lists = this.#lists;
    /** What stands in the list of a depth; depth 0 is the row. */
    const content = (depth: number, level: number): Json => {
      if (depth === listDefined.length) {
        if (level !== mostDefined) return null;
        const value = own.numbers[next++];
        return value === value ? value : null;
      }
      lists[depth + 1] = undefined;
      if (level < listDefined[depth]) return level === listDefined[depth] - 1 ? [] : null;
      const list: Json[] = [];
      lists[depth + 1] = list;
      list.push(content(depth + 1, level));
      return list;
    };
    for (let cell = 0; cell < cells; cell++) {
      const depth = repeats[cell];
      if (depth === 0) {
        if (this.#open !== undefined) this.#rows.push(this.#open);
        this.#open = content(0, defines[cell]);
        continue;
      }
      const list = lists[depth];
      if (depth > listDefined.length || !list) throw badInput(what, 'its lists do not fit together', cutOff);
      list.push(content(depth, defines[cell]));
    }
  }
}
