/** Tables in JSON whose rows do not name their cells: the names stand elsewhere, or nowhere. */
import { isTable } from '../../tables/columns.ts';
import type { Questions } from '../../read/questions.ts';
import type { Json } from './parse.ts';
import { depthOf, isRecord, type JsonRecord } from './plan.ts';

/** Rows that are looked at to tell a table from an array of loads. */
const rowsLookedAt = 200;

const namesByLength: Readonly<Record<number, readonly string[]>> = {
  3: ['step', 'expert', 'tokens'],
  4: ['step', 'layer', 'expert', 'tokens'],
};

/** Names of the cells of rows, where the document gives them beside: `{"columns": [...], "data": [[...]]}`, as pandas writes with orient="split". */
export function splitNames({ columns, data }: JsonRecord): readonly string[] | null {
  if (!Array.isArray(columns) || !Array.isArray(data) || !Array.isArray(data[0])) return null;
  return columns.every((name) => typeof name === 'string') ? columns : null;
}

/**
 * Names of the cells of rows that have none, where the rows are surely step, layer, expert and load, or step, expert and load:
 * whole numbers, and those of step, layer and expert rise from row to row. Asks, since they may be loads all the same.
 */
export function tupleNames(rows: readonly Json[], questions: Questions): readonly string[] | null {
  const [first] = rows;
  const names = Array.isArray(first) ? namesByLength[first.length] : undefined;
  if (!names || rows.length < 3) return null;
  const seen = rows.slice(0, rowsLookedAt);
  if (!seen.every((row, i) => isTuple(row, names.length) && (i === 0 || isBefore(seen[i - 1] as readonly number[], row, names.length - 1)))) return null;
  const form = questions.ask({
    id: 'form',
    label: 'What is a row?',
    options: [{ value: 'long', label: `one load: ${names.slice(0, -1).join(', ')}, load` }, { value: 'wide', label: 'one step: the loads of all experts' }],
    guess: 'long',
    ambiguous: true,
  });
  return form === 'long' ? names : null;
}

function isTuple(row: Json, length: number): row is number[] {
  return Array.isArray(row) && row.length === length && row.every((cell) => typeof cell === 'number' && cell >= 0) && row.slice(0, -1).every(Number.isInteger);
}

function isBefore(a: readonly number[], b: readonly number[], keys: number): boolean {
  for (let i = 0; i < keys; i++) if (a[i] !== b[i]) return a[i] < b[i];
  return false;
}

/** A row with its cells under their names. */
export function namedRow(names: readonly string[], row: Json): Json {
  return Array.isArray(row) ? Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])) : row;
}

/** Whether a document holds columns of numbered cells, or numbered rows of cells, as pandas writes with orient="columns" and "index". */
export function isNumberedTable(record: JsonRecord): boolean {
  const members = Object.values(record);
  if (members.length === 0 || !members.every((member): member is JsonRecord => isRecord(member))) return false;
  const [first] = members;
  const flat = Object.values(first).every((cell) => !Array.isArray(cell) && !isRecord(cell));
  const numbered = (names: readonly string[]): boolean => names.length > 0 && names.every((name) => /^\d+$/.test(name));
  return flat && ((numbered(Object.keys(first)) && isTable(Object.keys(record))) || (numbered(Object.keys(record)) && isTable(Object.keys(first))));
}

/** Whether the keys of a document are steps: numbers that rise, each with the loads of all experts, or of all layers. Asks, since they may be layers. */
export function keysAreSteps(record: JsonRecord, questions: Questions): boolean {
  const keys = Object.keys(record);
  if (keys.length < 2 || !keys.every((key) => /^\d+$/.test(key) && Number.isSafeInteger(Number(key)))) return false;
  const [first, ...others] = Object.values(record);
  const depth = depthOf(first);
  if (depth < 1 || depth > 2 || !Array.isArray(first) || others.some((value) => depthOf(value) !== depth)) return false;
  // More rows under a key than keys: steps of a layer.
  const guess = depth === 2 && first.length > keys.length ? 'fields' : 'steps';
  return questions.ask({
    id: 'keys',
    label: 'What are the numbers of the arrays?',
    options: [{ value: 'steps', label: 'steps' }, { value: 'fields', label: 'something else: one of the arrays holds the loads' }],
    guess,
    ambiguous: true,
  }) === 'steps';
}
