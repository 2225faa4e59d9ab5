import { breathe } from '../../../breathe.ts';
import { ArrowBatch, type ArrowBody } from './batch.ts';
import { arrowLeaves, dictionaryValues, FlatArrowColumn, ListArrowColumn, type ArrowColumn, type ArrowLeaf } from './columns.ts';
import { arrowFields, type ArrowField } from './schema.ts';
import { ByteMeter } from '../../read/chunks.ts';
import { uniqueNames } from '../csv/head.ts';
import { FlatTable } from './flatbuffer.ts';
import { checkProportion, mostLoads, readFrame, type FrameReading } from '../../tables/frame.ts';
import type { FrameCells } from '../../tables/frame-rows.ts';
import { badInput } from '../../read/problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';
import { cutOff, lengthOfSource, readingAhead, sliceOf } from '../../read/slices.ts';

const fileMagic = 'ARROW1';
const oldFeatherMagic = 'FEA1';

/** Arrow's IPC format, as a file (Feather) or as a stream: a row a load, a row a step, or a row a step with lists. */
export const arrowReader: Reader = {
  id: 'arrow',
  label: 'Arrow or Feather table',
  sniff(head) {
    const start = String.fromCharCode(...head.subarray(0, 6));
    return start === fileMagic || start.startsWith(oldFeatherMagic) || startsStream(head) ? 1 : 0;
  },
  read: readArrow,
};

/** A stream begins with a message whose head is a schema. */
function startsStream(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 16 || view.getUint32(0, true) !== continuation) return false;
  try {
    return new FlatTable(new DataView(head.buffer, head.byteOffset + 8, Math.min(head.length - 8, view.getUint32(4, true)))).int8(1) === schemaMessage;
  } catch {
    return false;
  }
}

const continuation = 0xffffffff;
const schemaMessage = 1;
const dictionaryMessage = 2;
const batchMessage = 3;

/** The description of a batch; thousands of columns take less. */
const mostMessageBytes = 256 << 20;

interface Message {
  readonly kind: number;
  readonly head: FlatTable;
  readonly body: ArrowBody;
}

async function readArrow(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const stream = await ArrowStream.open(source, options);
  const schema = await stream.next();
  if (schema?.kind !== schemaMessage) throw badInput(name, 'its schema is missing', cutOff);
  const fields = described(name, () => arrowFields(schema.head));
  const leaves = arrowLeaves(fields);
  const names = uniqueNames(leaves.map((leaf) => leaf.name));
  const shown = leaves.map(({ isList, stranger }, i) => ({ name: names[i], isList, stranger }));
  return readFrame({ name, format: 'Arrow', fields: shown, open: (flat, lists, loadsARow) => openColumns(stream, fields, flat.map((i) => leaves[i]), lists.map((i) => leaves[i]), loadsARow) }, options);
}

/** What a description says, or a clear error where it lies outside its bytes or means nothing. */
function described<Result>(what: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw badInput(what, `it is damaged: ${error instanceof Error ? error.message : String(error)}`, cutOff);
  }
}

/** The messages of a file or stream, one after the other. The table at the end of a file is not needed. */
class ArrowStream {
  readonly name: string;
  readonly length: number;
  readonly #source: Source;
  readonly #options: ReadOptions;
  readonly #meter: ByteMeter;
  readonly #end: number;
  #at: number;
  #batches = 0;

  private constructor(source: Source, options: ReadOptions, [start, end, length]: readonly [number, number, number]) {
    this.name = source.name;
    this.length = length;
    this.#source = readingAhead(source);
    this.#options = options;
    this.#meter = new ByteMeter(`reading ${source.name}`, end - start, options.onProgress);
    this.#at = start;
    this.#end = end;
  }

  static async open(source: Source, options: ReadOptions): Promise<ArrowStream> {
    const length = await lengthOfSource(source);
    const text = ({ buffer, byteOffset, byteLength }: DataView): string => String.fromCharCode(...new Uint8Array(buffer, byteOffset, byteLength).subarray(-6));
    const head = await sliceOf(source, 0, Math.min(6, length), options.signal);
    if (text(head).startsWith(oldFeatherMagic)) throw badInput(source.name, 'it is Feather version 1, which is not read', 'save it again as Feather version 2 or Parquet');
    if (text(head) !== fileMagic) return new ArrowStream(source, options, [0, length, length]);
    const tail = await sliceOf(source, Math.max(0, length - 10), length, options.signal);
    const footerBytes = length < 20 ? 0 : tail.getUint32(0, true);
    if (length < 20 || text(tail) !== fileMagic || footerBytes > length - 18) throw badInput(source.name, 'the table at its end is missing', cutOff, `${source.name}, byte ${length}`);
    return new ArrowStream(source, options, [8, length - 10 - footerBytes, length]);
  }

  get #what(): string {
    return `${this.name}, message at byte ${this.#at}`;
  }

  /** The next message; null at the end. */
  async next(): Promise<Message | null> {
    const { signal } = this.#options;
    // A stream may end without saying so.
    if (this.#at === this.#end) return null;
    const from = this.#at;
    const first = await this.#word();
    const bytes = first === continuation ? await this.#word() : first;
    if (bytes === 0) {
      // What follows the end is no message.
      this.#meter.add(this.#end - from);
      return null;
    }
    if (bytes > mostMessageBytes || this.#at + bytes > this.#end) throw badInput(this.#what, `it claims ${bytes} bytes`, cutOff);
    const view = await sliceOf(this.#source, this.#at, this.#at + bytes, signal);
    const message = described(this.#what, () => {
      const table = new FlatTable(view);
      return { kind: table.int8(1), head: table.table(2), bodyBytes: table.int64(3) };
    });
    const start = this.#at + bytes;
    const { kind, head, bodyBytes } = message;
    if (!head || !(bodyBytes >= 0 && start + bodyBytes <= this.#end)) throw badInput(this.#what, `it claims ${bodyBytes} bytes, where ${this.#end - start} are left`, cutOff);
    this.#at = start + bodyBytes;
    this.#meter.add(this.#at - from);
    const what = kind === batchMessage ? `${this.name}, batch ${this.#batches++}` : `${this.name}, message at byte ${from}`;
    return { kind, head, body: { source: this.#source, start, bytes: bodyBytes, what, signal } };
  }

  async #word(): Promise<number> {
    if (this.#at + 4 > this.#end) throw badInput(this.#what, 'it is cut off', cutOff);
    const view = await sliceOf(this.#source, this.#at, this.#at + 4, this.#options.signal);
    this.#at += 4;
    return view.getUint32(0, true);
  }
}

function openColumns(stream: ArrowStream, fields: readonly ArrowField[], flat: readonly ArrowLeaf[], lists: readonly ArrowLeaf[], loadsARow: number): FrameReading {
  const dictionaries = new Map<number, FrameCells>();
  const flatColumns = flat.map((leaf) => new FlatArrowColumn(leaf, dictionaries));
  const listColumns = lists.map((leaf) => new ListArrowColumn(leaf, mostLoads(stream.length)));
  const columns: readonly ArrowColumn[] = [...flatColumns, ...listColumns];
  const needed = new Map(flat.flatMap(({ field: { dictionary } }) => (dictionary ? [[dictionary.id, dictionary.values] as const] : [])));
  async function* windows(mostRows: number): AsyncGenerator<number, void, undefined> {
    let rows = 0;
    for (let messages = 1; ; messages++) {
      const message = await stream.next();
      if (!message) return;
      if (messages % 256 === 0) await breathe();
      const { kind, head, body } = message;
      if (kind === dictionaryMessage) await takeDictionary(stream, needed, dictionaries, head, body);
      if (kind !== batchMessage) continue;
      const batch = described(body.what, () => new ArrowBatch(head, fields, body));
      rows += batch.rows;
      checkProportion(stream.name, rows, loadsARow, stream.length);
      if (batch.rows === 0) continue;
      for (const column of columns) await column.load(batch);
      for (let left = batch.rows; left > 0; left -= mostRows) yield Math.min(left, mostRows);
    }
  }
  return { flat: flatColumns, lists: listColumns, windows };
}

/** Keeps the values of a dictionary that a column needs. A later one replaces an earlier one, or comes behind it. */
async function takeDictionary(stream: ArrowStream, needed: ReadonlyMap<number, ArrowField>, dictionaries: Map<number, FrameCells>, head: FlatTable, body: ArrowBody): Promise<void> {
  const { id, isDelta, data } = described(body.what, () => ({ id: head.int64(0), isDelta: head.int8(2) !== 0, data: head.table(1) }));
  const field = needed.get(id);
  if (!field || !data) return;
  const batch = described(body.what, () => new ArrowBatch(data, [field], body));
  const known = isDelta ? dictionaries.get(id) : undefined;
  checkProportion(stream.name, batch.rows + (known?.numbers.length ?? 0), 1, stream.length);
  const values = await dictionaryValues(batch);
  if (!known) {
    dictionaries.set(id, values);
    return;
  }
  const numbers = new Float64Array(known.numbers.length + values.numbers.length);
  numbers.set(known.numbers);
  numbers.set(values.numbers, known.numbers.length);
  dictionaries.set(id, { numbers, texts: known.texts && values.texts && [...known.texts, ...values.texts] });
}
