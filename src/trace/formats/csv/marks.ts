import { parseDecimal } from '../../read/decimal.ts';
import { badInput, needsAnswers } from '../../read/problems.ts';
import type { Questions } from '../../read/questions.ts';

/** What may stand between thousands where commas are not between cells. */
type Mark = '.' | ',';

/** Words for a mark, and numbers whose thousands it sets apart: "3.470", "1.234.567,5". None of them begins with 0. */
const marks: Readonly<Record<Mark, { readonly word: string; readonly decimal: string; readonly grouped: RegExp }>> = {
  '.': { word: 'point', decimal: 'the decimal point', grouped: /^[-+]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$/ },
  ',': { word: 'comma', decimal: 'the decimal comma', grouped: /^[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/ },
};
const both = ['.', ','] as const;
const otherThan: Readonly<Record<Mark, Mark>> = { '.': ',', ',': '.' };

/** Bytes of a number that is looked at. */
const longestNumber = 40;

const point = 46;
const comma = 44;

/** The mark that sets thousands apart, if the cell's form allows that. */
function grouping(text: string): Mark | null {
  return both.find((mark) => marks[mark].grouped.test(text)) ?? null;
}

/** A number written with marks between its thousands. */
function withoutGroups(text: string, mark: Mark): number {
  return Number(text.replaceAll(mark, '').replace(otherThan[mark], '.'));
}

/** Whether a cell can be nothing but grouped: "1.234.567", "1.234,5". */
function isSurelyGrouped(text: string, mark: Mark): boolean {
  return text.indexOf(mark) !== text.lastIndexOf(mark) || text.includes(otherThan[mark]);
}

/** What the beginning of a table shows: the cells of its loads, or of its steps. */
export interface CellSort {
  readonly cells: readonly string[];
  /** They are steps, which have no decimals. */
  readonly whole: boolean;
}

type Meaning = 'thousands' | 'decimals';

interface Finding {
  readonly mark: Mark;
  /** A cell that may be either, where there is one. */
  readonly example: string;
  readonly guess: Meaning;
  readonly ambiguous: boolean;
}

/** What cells show of a mark. */
interface Tally {
  /** One that is grouped for sure, and one that may have three decimals instead. */
  sure: string | null;
  open: string | null;
  /** Whether cells like the open one stand beside whole numbers without a mark, as no three decimals do. */
  besideWhole: boolean;
  /** Whether it is the decimal mark in some cell. */
  decimal: boolean;
}

/**
 * What cells say of their marks. Those between thousands have three digits behind each; where other cells of the same sort
 * have none, or the other mark is the decimal one, they are between thousands for sure. Three decimals everywhere are a guess.
 * @returns null where there are no marks, 'decimals' where they stand before decimals alone
 */
function findingOf(sorts: readonly CellSort[], openGuess: Meaning): Finding | 'decimals' | null {
  const tallies: Record<Mark, Tally> = {
    '.': { sure: null, open: null, besideWhole: false, decimal: false },
    ',': { sure: null, open: null, besideWhole: false, decimal: false },
  };
  for (const { cells, whole } of sorts) {
    const open: Partial<Record<Mark, string>> = {};
    let hasWhole = false;
    for (const text of cells) {
      const mark = grouping(text);
      if (mark) {
        if (isSurelyGrouped(text, mark)) tallies[mark].sure ??= text;
        else open[mark] ??= text;
        if (whole && !text.endsWith('000')) tallies[mark].besideWhole = true;
      } else if (/^\d+$/.test(text)) hasWhole = true;
      else for (const one of both) if (text.includes(one)) tallies[one].decimal = true;
    }
    for (const mark of both) {
      tallies[mark].open ??= open[mark] ?? null;
      tallies[mark].besideWhole ||= hasWhole && open[mark] !== undefined;
    }
  }
  const grouped = both.filter((mark) => !tallies[mark].decimal && (tallies[mark].sure ?? tallies[mark].open) !== null);
  const [mark] = grouped;
  if (mark === undefined) return tallies['.'].decimal || tallies[','].decimal ? 'decimals' : null;
  const { sure, open, besideWhole } = tallies[mark];
  const example = open ?? sure ?? '';
  if (grouped.length > 1) return { mark, example, guess: 'decimals', ambiguous: true };
  const isSure = sure !== null || besideWhole || tallies[otherThan[mark]].decimal;
  return { mark, example, guess: isSure ? 'thousands' : openGuess, ambiguous: !isSure };
}

/**
 * Reads the numbers of a table whose cells are not cut at commas, in which a point or a comma may stand before decimals
 * ("3.47", "3,47") or between thousands ("3.470"). Its beginning decides which, else the first such cell; the person may
 * say otherwise. A later cell that does not fit is an error, never misread.
 */
export class MarkedNumbers {
  readonly #file: string;
  readonly #columns: readonly string[];
  readonly #questions: Questions;
  /** Of each column, whether its numbers are steps or loads. */
  readonly #counted: readonly boolean[];
  #decided = false;
  /** What stands between thousands; null for nothing. */
  #mark: Mark | null = null;
  /** What was asked about. */
  #found: Finding | null = null;
  readonly #decoder = new TextDecoder();

  constructor(file: string, columns: readonly string[], counted: readonly boolean[], questions: Questions) {
    this.#file = file;
    this.#columns = columns;
    this.#counted = counted;
    this.#questions = questions;
  }

  /**
   * Decides from the beginning of the table.
   * @param openGuess for cells that may be either
   */
  look(sorts: readonly CellSort[], openGuess: Meaning): void {
    this.#decide(findingOf(sorts, openGuess));
  }

  /** The number in bytes `from` (in) to `to` (out); NaN where there is none. Throws for one that is not written like those before. */
  number(bytes: Uint8Array, from: number, to: number, column: number, line: number): number {
    if ((this.#decided && this.#found === null) || !this.#counted[column] || !hasMark(bytes, from, to)) return parseDecimal(bytes, from, to, true);
    const decimal = parseDecimal(bytes, from, to, true);
    if (to - from > longestNumber) return decimal;
    const text = this.#decoder.decode(bytes.subarray(from, to));
    const mark = grouping(text);
    if (!this.#decided) {
      // Whole numbers came before, as far as the table was looked at.
      if (mark) this.#decide({ mark, example: text, guess: 'thousands', ambiguous: false });
      else if (decimal === decimal) this.#decide('decimals');
    }
    if (this.#mark === null) {
      if (this.#found && mark && isSurelyGrouped(text, mark)) throw this.#unlike(this.#found, text, column, line);
      return decimal;
    }
    if (mark === this.#mark) return withoutGroups(text, mark);
    if (this.#found && decimal === decimal && text.includes(this.#mark)) throw this.#unlike(this.#found, text, column, line);
    return decimal;
  }

  notes(): string[] {
    if (this.#mark === null || !this.#found) return [];
    return [`${marks[this.#mark].word}s in numbers stand between thousands: "${this.#found.example}" is read as ${withoutGroups(this.#found.example, this.#mark)}`];
  }

  #decide(found: Finding | 'decimals' | null): void {
    this.#decided = found !== null;
    if (found === null || found === 'decimals') return;
    const { mark, example, guess, ambiguous } = found;
    this.#found = found;
    this.#mark = mark;
    // What has several marks is nothing to ask about.
    if (isSurelyGrouped(example, mark)) return;
    const { word, decimal } = marks[mark];
    const answer = this.#questions.ask({
      id: 'thousands',
      label: `What is the ${word} in "${example}"?`,
      options: [
        { value: 'thousands', label: `between thousands: ${withoutGroups(example, mark)}` },
        { value: 'decimals', label: `${decimal}: ${Number(example.replace(mark, '.'))}` },
      ],
      guess,
      ambiguous,
    });
    if (answer === 'decimals') this.#mark = null;
  }

  #unlike({ mark, example }: Finding, text: string, column: number, line: number): Error {
    const { word, decimal } = marks[mark];
    const [here, before] = this.#mark === null ? [`stands between thousands`, `is ${decimal}`] : ['does not stand between thousands', 'does'];
    return needsAnswers(badInput(
      this.#file,
      `line ${line}: the ${word} in "${text}" ${here}, that in "${example}" before ${before}`,
      `say what the ${word} is, or write all numbers in one way`,
      `${this.#file} line ${line}, column ${column + 1} (${this.#columns[column]})`,
    ), this.#questions.all);
  }
}

function hasMark(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === point || bytes[at] === comma) return true;
  return false;
}
