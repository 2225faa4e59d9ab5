/** What the columns of a table are decided from. */
export interface TableHead {
  /** Names of the columns, each once; "column 1", … without a header. */
  readonly columns: readonly string[];
  readonly hasHeader: boolean;
  /** Up to two rows of data as numbers, only without a header. */
  readonly firstRows: readonly (readonly number[])[];
  /** Where the names stand, as errors call it: "long.csv line 1". */
  readonly place: string;
}

/** The rows of a table one after the other, whatever the file: cut out of text, or gathered from columns. */
export interface TableRows {
  /** Cells of the row as numbers; NaN where a cell is empty or no number. */
  readonly numbers: Float64Array;
  /** The row, as errors call it: "line 48". */
  readonly place: string;
  /** Takes the next row. @returns its number of cells, which may not be the header's; 0 when none is at hand */
  next(): number;
  /** The text of a cell that is no plain whole number. */
  text(column: number): string;
  /** Whether a cell whose number is NaN is empty, or holds a word for "nothing". */
  isEmpty(column: number): boolean;
}

/** Rows that are as long as the header and hold nothing but whole numbers under 10⁹: most of most tables, taken many at once. */
export interface PlainRows {
  /** Cells of the rows that were taken, row after row. */
  readonly plain: Int32Array;
  /** Takes the next of them. @returns how many; 0 when none is at hand, or the next row is of another sort */
  nextPlain(): number;
  /** Makes one of them the row, as if `next` had taken it. */
  takePlain(row: number): void;
}

/** Whether a cell holds a word for "nothing". */
export function saysNothing(text: string): boolean {
  return text.length <= 4 && /^(|nan|na|n\/a|null|none|-)$/i.test(text);
}
