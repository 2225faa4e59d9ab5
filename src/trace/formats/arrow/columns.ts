import type { ArrowBatch, PlacedField } from './batch.ts';
import type { ArrowField } from './schema.ts';
import type { FlatColumn, ListColumn } from '../../tables/frame.ts';
import type { FrameCells } from '../../tables/frame-rows.ts';
import type { Json } from '../json/parse.ts';
import { PlainNumbers, widthOf, type NumberForm } from '../../tables/plain-numbers.ts';
import { badInput } from '../../read/problems.ts';
import { asBadInput, cutOff } from '../../read/slices.ts';
import { putWord, Words } from '../../tables/words.ts';

/** Values that fields name by number, by the dictionary's. */
export type ArrowDictionaries = ReadonlyMap<number, FrameCells>;

/** A column of the table: a field, or one inside structures. */
export interface ArrowLeaf {
  /** Names on the way joined by "/". */
  readonly name: string;
  /** Numbers of the fields on the way. */
  readonly path: readonly number[];
  readonly field: ArrowField;
  readonly isList: boolean;
  readonly stranger: string | null;
}

const listKinds: ReadonlySet<string> = new Set(['list', 'large list', 'fixed list']);
const textKinds: ReadonlySet<string> = new Set(['text', 'large text', 'text view']);

/** The columns of a table whose fields may be structures. */
export function arrowLeaves(fields: readonly ArrowField[], path: readonly number[] = [], prefix = ''): ArrowLeaf[] {
  return fields.flatMap((field, i) => {
    const own = { name: prefix + field.name, path: [...path, i], field };
    if (field.kind === 'structure' && !field.dictionary) return arrowLeaves(field.children, own.path, `${own.name}/`);
    return [{ ...own, isList: listKinds.has(field.kind), stranger: strangerOf(field) }];
  });
}

function strangerOf(field: ArrowField): string | null {
  let inner = field.dictionary?.values ?? field;
  if (field.dictionary && (inner.dictionary || listKinds.has(inner.kind) || inner.kind === 'structure')) return 'dictionary';
  while (listKinds.has(inner.kind)) {
    if (inner.children.length !== 1) return 'list without elements';
    [inner] = inner.children;
  }
  if (inner.dictionary && inner !== field) return 'dictionary';
  if (inner.kind === 'structure') return 'structure';
  if (inner.kind === 'other') return inner.typeName;
  return listKinds.has(field.kind) && textKinds.has(inner.kind) ? 'text' : null;
}

function formOf({ kind, typeBytes, divisor }: ArrowField): NumberForm | null {
  if (kind === 'decimal') return { kind: 'little-endian', typeBytes, divisor };
  return /^[iuf][1248]$/.test(kind) ? { kind: kind as NumberForm['kind'], typeBytes, divisor } : null;
}

/** A bit for each value that is there; empty where all are. */
async function validityOf(batch: ArrowBatch, { isFull, length, buffer, field }: PlacedField): Promise<Uint8Array> {
  return isFull || field.buffers === 0 ? new Uint8Array(0) : batch.buffer(buffer, Math.ceil(length / 8));
}

function isSet(bits: Uint8Array, place: number): boolean {
  return ((bits[place >> 3] >> (place & 7)) & 1) === 1;
}

/** A column in a batch, and the validities of the field and of the structures that it is in. */
async function placedColumn(batch: ArrowBatch, { path, name }: ArrowLeaf): Promise<{ readonly placed: PlacedField; readonly validities: readonly Uint8Array[] }> {
  const validities: Uint8Array[] = [];
  let placed: PlacedField | undefined;
  for (const step of path) {
    placed = (placed?.children ?? batch.fields)[step];
    if (placed.length !== batch.rows) throw badInput(`${batch.what}, column ${name}`, `it has ${placed.length} of ${batch.rows} rows`, cutOff);
    const validity = await validityOf(batch, placed);
    if (validity.length > 0) validities.push(validity);
  }
  if (!placed) throw new RangeError('a column stands nowhere');
  return { placed, validities };
}

/** Values of one field in one batch. */
interface Values {
  read(into: FrameCells, count: number): void;
}

async function numbersOf(batch: ArrowBatch, placed: PlacedField): Promise<PlainNumbers | null> {
  const form = formOf(placed.field);
  return form && new PlainNumbers(await batch.buffer(placed.buffer + 1, placed.length * widthOf(form)), form);
}

async function valuesOf(batch: ArrowBatch, placed: PlacedField, words: Words): Promise<Values> {
  const numbers = await numbersOf(batch, placed);
  if (numbers) return numbers;
  return placed.field.kind === 'text view' ? viewedTexts(batch, placed, words) : texts(batch, placed, words);
}

/** What texts may take together: so much, and so much for each. */
const freeTextBytes = 1 << 16;
const mostTextBytes = 300;

async function texts(batch: ArrowBatch, placed: PlacedField, words: Words): Promise<Values> {
  const ends = await offsetsOf(batch, placed);
  const bytes = await batch.buffer(placed.buffer + 2, ends[placed.length] ?? 0, freeTextBytes + mostTextBytes * placed.length);
  let at = 0;
  return {
    read(into, count) {
      for (let i = 0; i < count; i++, at++) putWord(into, i, words.of(bytes.subarray(ends[at], ends[at + 1])));
    },
  };
}

/** Sixteen bytes a text: its length, then the text itself or where it lies. */
async function viewedTexts(batch: ArrowBatch, placed: PlacedField, words: Words): Promise<Values> {
  const bytes = await batch.buffer(placed.buffer + 1, placed.length * 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  for (let i = 0; i < placed.views; i++) data.push(await batch.buffer(placed.buffer + 2 + i, 0, freeTextBytes + mostTextBytes * placed.length));
  let at = 0;
  return {
    read(into, count) {
      for (let i = 0; i < count; i++, at += 16) {
        const length = view.getUint32(at, true);
        const start = view.getUint32(at + 12, true);
        const text = length <= 12 ? bytes.subarray(at + 4, at + 4 + length) : data[view.getUint32(at + 8, true)]?.subarray(start, start + length);
        if (text?.length !== length) throw badInput(batch.what, `a text of column ${placed.field.name} lies outside`, cutOff);
        putWord(into, i, words.of(text));
      }
    },
  };
}

/** Where each list or text ends and the next begins, one more than there are. Rejects what does not rise. */
async function offsetsOf(batch: ArrowBatch, { field, length, buffer }: PlacedField): Promise<Float64Array> {
  const offsets = new Float64Array(length + 1);
  const kind = field.kind === 'large text' || field.kind === 'large list' ? 'i8' : 'i4';
  // An empty column may come without.
  if (length === 0) return offsets;
  const form = { kind, typeBytes: 0, divisor: 1 } as const;
  new PlainNumbers(await batch.buffer(buffer + 1, (length + 1) * widthOf(form)), form).read({ numbers: offsets }, length + 1);
  for (let i = 0; i < length; i++) if (!(offsets[i] >= 0 && offsets[i] <= offsets[i + 1])) throw badInput(batch.what, `the places in column ${field.name} do not rise`, cutOff);
  return offsets;
}

/** The values of a dictionary's batch. */
export async function dictionaryValues(batch: ArrowBatch): Promise<FrameCells> {
  const [placed] = batch.fields;
  const cells = { numbers: new Float64Array(placed.length), texts: textKinds.has(placed.field.kind) ? [] : null };
  const values = await valuesOf(batch, placed, new Words());
  values.read(cells, placed.length);
  return cells;
}

/** A column whose rows come batch by batch. */
export interface ArrowColumn {
  load(batch: ArrowBatch): Promise<void>;
}

/** A column of one value a row. */
export class FlatArrowColumn implements ArrowColumn, FlatColumn {
  readonly isText: boolean;
  readonly #leaf: ArrowLeaf;
  readonly #dictionaries: ArrowDictionaries;
  readonly #words = new Words();
  #values: Values | null = null;
  /** Of the field and of the structures that it is in. */
  #validities: readonly Uint8Array[] = [];
  #dictionary: FrameCells | null = null;
  #what = '';
  #at = 0;

  constructor(leaf: ArrowLeaf, dictionaries: ArrowDictionaries) {
    this.#leaf = leaf;
    this.#dictionaries = dictionaries;
    this.isText = textKinds.has((leaf.field.dictionary?.values ?? leaf.field).kind);
  }

  async load(batch: ArrowBatch): Promise<void> {
    const { field, name } = this.#leaf;
    this.#at = 0;
    this.#what = `${batch.what}, column ${name}`;
    const { placed, validities } = await placedColumn(batch, this.#leaf);
    this.#validities = validities;
    const numbers = field.dictionary ? await numbersOf(batch, placed) : null;
    this.#values = numbers ?? (await valuesOf(batch, placed, this.#words));
    this.#dictionary = field.dictionary && (this.#dictionaries.get(field.dictionary.id) ?? { numbers: new Float64Array(0), texts: null });
  }

  read(into: FrameCells, count: number): void {
    try {
      this.#values?.read(into, count);
    } catch (error) {
      throw asBadInput(error, this.#what);
    }
    const { numbers, texts: words } = into;
    for (const validity of this.#validities) {
      for (let i = 0, row = this.#at; i < count; i++, row++) {
        if (isSet(validity, row)) continue;
        numbers[i] = NaN;
        if (words) words[i] = '';
      }
    }
    this.#at += count;
    if (!this.#dictionary) return;
    const { numbers: values, texts: own } = this.#dictionary;
    for (let i = 0; i < count; i++) {
      const code = numbers[i];
      if (code !== code) {
        if (words) words[i] = '';
        continue;
      }
      if (!(code >= 0 && code < values.length)) throw badInput(this.#what, `it names value ${code} of a dictionary of ${values.length}`, cutOff);
      numbers[i] = values[code];
      if (words) words[i] = own?.[code] ?? '';
    }
  }
}

/** Lists of one field in one batch: what stands at a place. */
type At = (place: number) => Json;

/** A column of lists of numbers. */
export class ListArrowColumn implements ArrowColumn, ListColumn {
  readonly #leaf: ArrowLeaf;
  readonly #mostNumbers: number;
  #at: At = () => null;
  #next = 0;

  /** @param mostNumbers that all lists of a batch may hold */
  constructor(leaf: ArrowLeaf, mostNumbers: number) {
    this.#leaf = leaf;
    this.#mostNumbers = mostNumbers;
  }

  async load(batch: ArrowBatch): Promise<void> {
    this.#next = 0;
    const { placed, validities } = await placedColumn(batch, this.#leaf);
    const content = await this.#content(batch, placed);
    this.#at = (row) => (validities.every((validity) => isSet(validity, row)) ? content(row) : null);
  }

  take(count: number): Json[] {
    const rows = Array.from({ length: count }, (_, i) => this.#at(this.#next + i));
    this.#next += count;
    return rows;
  }

  async #content(batch: ArrowBatch, placed: PlacedField): Promise<At> {
    const { field, length, children } = placed;
    if (length > this.#mostNumbers) throw badInput(batch.what, `column ${this.#leaf.name} claims ${length} values, far more than such a file holds`, 'if that is right, save it as JSON lines');
    const validity = await validityOf(batch, placed);
    const isThere = (place: number): boolean => validity.length === 0 || isSet(validity, place);
    if (!listKinds.has(field.kind)) {
      const numbers = new Float64Array(length);
      try {
        (await numbersOf(batch, placed))?.read({ numbers }, length);
      } catch (error) {
        throw asBadInput(error, batch.what);
      }
      return (place) => (isThere(place) && numbers[place] === numbers[place] ? numbers[place] : null);
    }
    const [child] = children;
    const inner = await this.#content(batch, child);
    const { listLength } = field;
    const isFixed = field.kind === 'fixed list';
    const offsets = isFixed ? null : await offsetsOf(batch, placed);
    const end = offsets ? offsets[length] : length * listLength;
    if (!(listLength >= 0 && end <= child.length)) throw badInput(batch.what, `the lists of column ${this.#leaf.name} hold ${end} values, where there are ${child.length}`, cutOff);
    return (place) => {
      if (!isThere(place)) return null;
      const from = offsets ? offsets[place] : place * listLength;
      const to = offsets ? offsets[place + 1] : from + listLength;
      return Array.from({ length: to - from }, (_, i) => inner(from + i));
    };
  }
}
