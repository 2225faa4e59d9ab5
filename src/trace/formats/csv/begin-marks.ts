import type { TablePlan } from '../../tables/columns.ts';
import type { Questions } from '../../read/questions.ts';
import { splitLine, type CsvHead } from './head.ts';
import { MarkedNumbers } from './marks.ts';

/** Bytes of the first rows that are looked at, or one row where that is longer. */
const lookedAtBytes = 1 << 16;

/** What reads the numbers of a table that is not cut at commas, decided from its first rows. */
export function markedNumbers(file: string, head: CsvHead, plan: TablePlan, questions: Questions): MarkedNumbers {
  const loads = plan.form === 'long' ? [plan.load] : plan.layers.flatMap(({ columns }) => columns);
  const counted = new Set([plan.step, ...loads]);
  const numbers = new MarkedNumbers(file, head.columns, head.columns.map((_, column) => counted.has(column)), questions);
  const rows = firstRows(head);
  const cellsOf = (columns: readonly number[]): string[] => rows.flatMap((row) => columns.map((column) => row[column]));
  // Programs that cut cells at semicolons are mostly set to a language with decimal commas; shares are no thousands.
  const areShares = plan.form === 'wide' && rows.every((row) => sumToWhole(plan.layers[0].columns.map((column) => Number(row[column]))));
  numbers.look([{ cells: cellsOf(loads), whole: false }, { cells: plan.step < 0 ? [] : cellsOf([plan.step]), whole: true }], head.delimiter === ';' && !areShares ? 'thousands' : 'decimals');
  return numbers;
}

function sumToWhole(loads: readonly number[]): boolean {
  const sum = loads.reduce((a, b) => a + b, 0);
  return Math.abs(sum - 1) < 0.01 || Math.abs(sum - 100) < 1;
}

/** Cells of the first rows that are as long as the header. */
function firstRows({ rest, delimiter, columns }: CsvHead): string[][] {
  const before = rest.lastIndexOf(10, lookedAtBytes);
  const end = rest.length <= lookedAtBytes ? rest.length : before >= 0 ? before : rest.indexOf(10);
  const lines = new TextDecoder().decode(rest.subarray(0, end < 0 ? rest.length : end)).split(/\r?\n/);
  return lines.filter((line) => !line.startsWith('#')).map((line) => splitLine(line, delimiter)).filter((row) => row.length === columns.length);
}
