import { number } from '../amount.ts';
import { breathe } from '../../breathe.ts';
import { throwIfAborted } from '../../errors.ts';
import { TraceBuilder } from '../build/builder.ts';
import { FrameRows, type FrameCells } from './frame-rows.ts';
import { JsonConsumer } from '../formats/json/consume.ts';
import type { Json } from '../formats/json/parse.ts';
import { hasRole } from '../read/names.ts';
import { badInput, Problems } from '../read/problems.ts';
import { Questions } from '../read/questions.ts';
import type { ReadOptions, ReadResult } from '../read/reader.ts';
import { isTable, planColumns, type TablePlan } from './columns.ts';
import { longRows, wideRows } from './consume.ts';

/** A column of numbers or texts, read from beginning to end. */
export interface FlatColumn {
  /** Whether its cells are texts. */
  readonly isText: boolean;
  /** Puts the next `count` cells into the first places of `into`. */
  read(into: FrameCells, count: number): void;
}

/** A column of lists, which may hold lists. */
export interface ListColumn {
  /** The cells of the next `count` rows; an empty one is null. */
  take(count: number): Json[];
}

/** What a file says of a column. */
export interface FrameField {
  readonly name: string;
  readonly isList: boolean;
  /** "timestamp": the type of a column that cannot be read; null for one that can. */
  readonly stranger: string | null;
}

/** Some columns of a frame, being read. */
export interface FrameReading {
  /** In the order asked for; lists and others as their fields say. */
  readonly flat: readonly FlatColumn[];
  readonly lists: readonly ListColumn[];
  /** Numbers of rows that can be read from all columns without waiting: before the next one comes, they must be. */
  windows(mostRows: number): AsyncIterable<number>;
}

/** A file of columns: Parquet, Arrow. */
export interface Frame {
  readonly name: string;
  readonly format: string;
  readonly fields: readonly FrameField[];
  /** @param flat and lists: numbers of fields. @param loadsARow that a row stands for, to tell a claim out of proportion */
  open(flat: readonly number[], lists: readonly number[], loadsARow: number): FrameReading;
}

/** Rows that are looked at together: cells of all columns take some 8 MB. */
const windowCells = 1 << 20;
const longestWindow = 1 << 14;

/** Loads that may be read for each byte of a file, beside some that are free: repeated values take almost no bytes in these formats. */
const loadsAByte = 64;
const freeLoads = 4_000_000;

/** The most loads that a file of so many bytes holds, if it means well. */
export function mostLoads(bytes: number): number {
  return freeLoads + loadsAByte * bytes;
}

/** Rejects a file that claims many more loads than such a file holds. @param rows and loadsARow claimed. @param bytes of the file */
export function checkProportion(name: string, rows: number, loadsARow: number, bytes: number): void {
  if (rows * Math.max(1, loadsARow) <= mostLoads(bytes)) return;
  throw badInput(name, `it claims ${number.format(rows)} rows in ${number.format(bytes)} bytes, far more than such a file holds`, 'if that is right, save it as CSV');
}

/** Reads a trace from columns: a row a load, a row a step, or lists of loads by row. */
export function readFrame(frame: Frame, options: ReadOptions): Promise<ReadResult> {
  const { name, fields } = frame;
  if (fields.length === 0) throw badInput(name, 'it has no columns', 'save a table with the columns step, layer, expert and tokens');
  const hasLists = fields.some(({ isList, stranger }) => isList && stranger === null);
  return hasLists && !isTable(fields.filter(({ isList }) => !isList).map((field) => field.name)) ? readLists(frame, options) : readTable(frame, options);
}

async function readTable(frame: Frame, options: ReadOptions): Promise<ReadResult> {
  const { name, fields } = frame;
  const questions = new Questions(options.mapping);
  const problems = new Problems(name);
  const builder = new TraceBuilder(name, options.store);
  const columns = fields.map((field) => field.name);
  const { plan, notes, namedShares } = planColumns(name, { columns, hasHeader: true, firstRows: [], place: name }, questions);
  const used = columnsOf(plan);
  for (const column of used) mustBeReadable(name, fields[column]);
  const reading = frame.open(used, [], plan.form === 'long' ? 1 : used.length);
  const window = windowRows(used.length);
  const own = reading.flat.map(({ isText }): FrameCells => ({ numbers: new Float64Array(window), texts: isText ? [] : null }));
  const cells: (FrameCells | undefined)[] = columns.map(() => undefined);
  used.forEach((column, i) => (cells[column] = own[i]));
  const rows = new FrameRows(cells);
  const context = { rows, builder, problems, columns, file: name };
  const consume = plan.form === 'long' ? longRows(plan, context) : wideRows(plan, context);
  await eachWindow(reading, window, options, (count) => {
    reading.flat.forEach((column, i) => column.read(own[i], count));
    rows.feed(count);
    consume.all();
  });
  problems.throwIfAny();
  return builder.finish({ name, format: `${frame.format}, ${plan.form}`, namedShares, questions, notes: [...notes, ...consume.notes()] }, options);
}

function columnsOf(plan: TablePlan): number[] {
  const columns = plan.form === 'long'
    ? [plan.step, plan.layer, plan.expert, plan.load, plan.loss]
    : [plan.step, plan.layer, plan.loss, ...plan.layers.flatMap((layer) => layer.columns)];
  return [...new Set(columns.filter((column) => column >= 0))];
}

function mustBeReadable(file: string, { name, isList, stranger }: FrameField): void {
  if (!isList && stranger === null) return;
  throw badInput(file, `column ${name} holds ${isList ? 'lists' : `values of type ${stranger}`}, where numbers are expected`, 'save the column as integers or floats', `${file}, column ${name}`);
}

/** Rows of lists become records, as a line of JSON is one. */
async function readLists(frame: Frame, options: ReadOptions): Promise<ReadResult> {
  const { name, fields } = frame;
  const questions = new Questions(options.mapping);
  const problems = new Problems(name);
  const builder = new TraceBuilder(name, options.store);
  const consumer = new JsonConsumer(name, builder, problems, questions);
  const readable = [...fields.keys()].filter((column) => fields[column].stranger === null);
  const lists = readable.filter((column) => fields[column].isList);
  const flat = readable.filter((column) => !fields[column].isList && (['step', 'layer', 'loss'] as const).some((role) => hasRole(fields[column].name, role)));
  const reading = frame.open(flat, lists, 1);
  const window = windowRows(lists.length * 256);
  const cells = reading.flat.map(({ isText }): FrameCells => ({ numbers: new Float64Array(window), texts: isText ? [] : null }));
  let row = 0;
  await eachWindow(reading, window, options, (count) => {
    reading.flat.forEach((column, i) => column.read(cells[i], count));
    const taken = reading.lists.map((column) => column.take(count));
    for (let at = 0; at < count; at++, row++) {
      const record: Record<string, Json> = {};
      flat.forEach((column, i) => (record[fields[column].name] = cellOf(cells[i], at)));
      lists.forEach((column, i) => (record[fields[column].name] = taken[i][at]));
      consumer.record(record, `row ${row}`);
    }
  });
  problems.throwIfAny();
  consumer.finish();
  return builder.finish({ name, format: `${frame.format}, lists`, namedShares: consumer.namedShares, questions, notes: consumer.notes() }, options);
}

function cellOf({ numbers, texts }: FrameCells, at: number): Json {
  if (numbers[at] === numbers[at]) return numbers[at];
  return texts?.[at] ? texts[at] : null;
}

function windowRows(columns: number): number {
  return Math.max(64, Math.min(longestWindow, Math.floor(windowCells / columns)));
}

/** Cells that are taken in between two looks at waiting messages. */
const breathCells = 1 << 19;

async function eachWindow(reading: FrameReading, window: number, { signal }: ReadOptions, take: (count: number) => void): Promise<void> {
  const columns = reading.flat.length + 256 * reading.lists.length;
  let cells = 0;
  for await (const count of reading.windows(window)) {
    throwIfAborted(signal);
    take(count);
    cells += count * columns;
    if (cells < breathCells) continue;
    cells = 0;
    await breathe();
  }
}
