import { saysNothing, type TableRows } from './rows.ts';

/** Cells of one column in a window of rows. */
export interface FrameCells {
  /** NaN where a cell is empty or no number. */
  readonly numbers: Float64Array;
  /** For a column of text, '' for an empty cell. */
  readonly texts: string[] | null;
}

/** Gathers rows from a window of columns. Call `feed`, then `next` until it gives 0. */
export class FrameRows implements TableRows {
  readonly numbers: Float64Array;
  readonly #cells: readonly (FrameCells | undefined)[];
  /** Columns that have cells, and their numbers. */
  readonly #used: Int32Array;
  readonly #windows: readonly Float64Array[];
  #at = 0;
  #count = 0;
  #firstRow = 0;

  /** @param cells by column; undefined for one that is not read */
  constructor(cells: readonly (FrameCells | undefined)[]) {
    this.#cells = cells;
    this.numbers = new Float64Array(cells.length).fill(NaN);
    this.#used = Int32Array.from(cells.keys()).filter((column) => cells[column] !== undefined);
    this.#windows = Array.from(this.#used, (column) => cells[column]?.numbers ?? new Float64Array(0));
  }

  /** Says that the cells hold the next so many rows. */
  feed(count: number): void {
    this.#firstRow += this.#count;
    this.#at = 0;
    this.#count = count;
  }

  get place(): string {
    return `row ${this.#firstRow + this.#at - 1}`;
  }

  next(): number {
    if (this.#at >= this.#count) return 0;
    const at = this.#at++;
    const { numbers } = this;
    const used = this.#used;
    const windows = this.#windows;
    for (let i = 0; i < used.length; i++) numbers[used[i]] = windows[i][at];
    return numbers.length;
  }

  text(column: number): string {
    return this.#cells[column]?.texts?.[this.#at - 1] ?? String(this.numbers[column]);
  }

  isEmpty(column: number): boolean {
    return saysNothing(this.#cells[column]?.texts?.[this.#at - 1] ?? '');
  }
}
