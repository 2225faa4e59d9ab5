import type { BlockCodec } from '../../packed/block-codecs.ts';
import type { NumberKind } from '../../tables/plain-numbers.ts';
import { badInput } from '../../read/problems.ts';
import type { Source } from '../../read/reader.ts';
import { cutOff, lengthOfSource, sliceOf } from '../../read/slices.ts';
import { ThriftReader, ThriftStruct } from './thrift.ts';

/** How the values of a column lie in a page. */
export type ParquetKind = NumberKind | 'text';

/** A column of plain values: a leaf of the schema. */
export interface ParquetLeaf {
  /** Path in the schema joined by "/", without the groups that only make up lists. */
  readonly name: string;
  readonly kind: ParquetKind;
  /** Bytes of a value of kind "big-endian" or "f2". */
  readonly typeBytes: number;
  /** What a decimal number's whole number is divided by; 1 for others. */
  readonly divisor: number;
  /** Definition level of a value that is there. */
  readonly mostDefined: number;
  /** Definition levels of a list that holds something, from the outermost list in. Empty for a column without lists. */
  readonly listDefined: readonly number[];
  /** Its type where it cannot be read; null where it can. */
  readonly stranger: string | null;
}

/** The pages of one column in one row group. */
export interface ParquetChunk {
  readonly codec: BlockCodec | null;
  /** As an error calls a codec that is not read. */
  readonly codecName: string;
  readonly start: number;
  readonly bytes: number;
  /** Values, empty ones and those of lists included. */
  readonly values: number;
}

export interface ParquetFile {
  readonly name: string;
  readonly source: Source;
  readonly length: number;
  readonly leaves: readonly ParquetLeaf[];
  /** Chunks by leaf. */
  readonly groups: readonly { readonly rows: number; readonly chunks: readonly ParquetChunk[] }[];
  readonly signal: AbortSignal | undefined;
}

export const parquetMagic = 'PAR1';

/** The description at the end of a file: 15,000 columns in a hundred row groups take less. */
const mostFooterBytes = 256 << 20;
const deepestSchema = 16;
const mostColumns = 1 << 18;

const codecs: readonly (readonly [string, BlockCodec | null])[] = [
  ['none', 'none'], ['Snappy', 'snappy'], ['gzip', 'gzip'], ['LZO', null], ['Brotli', 'brotli'], ['LZ4', 'LZ4'], ['Zstandard', 'zstd'], ['LZ4', 'LZ4 block'],
];

/** Reads the description of a file and checks that what it says of places, lengths and rows holds together. */
export async function openParquet(source: Source, signal: AbortSignal | undefined): Promise<ParquetFile> {
  const { name } = source;
  const length = await lengthOfSource(source);
  if (length < 12) throw badInput(name, `it ends after ${length} bytes`, cutOff);
  const tail = await sliceOf(source, length - 8, length, signal);
  const magic = String.fromCharCode(...new Uint8Array(tail.buffer, tail.byteOffset + 4, 4));
  if (magic === 'PARE') throw badInput(name, 'it is encrypted', 'write it without encryption');
  if (magic !== parquetMagic) throw badInput(name, 'the description at its end is missing', cutOff, `${name}, byte ${length - 8}`);
  const footerBytes = tail.getUint32(0, true);
  if (footerBytes > Math.min(length - 12, mostFooterBytes)) throw badInput(name, `its description claims ${footerBytes} bytes`, cutOff, `${name}, byte ${length - 8}`);
  const footer = await sliceOf(source, length - 8 - footerBytes, length - 8, signal);
  const described = thrift(new Uint8Array(footer.buffer, footer.byteOffset, footer.byteLength), name, 'its description')?.struct ?? new ThriftStruct([]);
  const leaves = leavesOf(described.structs(2), name);
  const groups = described.structs(4).map((group, i) => groupOf(group, leaves, { name, length, i }));
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== described.int(3)) throw badInput(name, `its row groups have ${rows} rows, where it says ${described.int(3)}`, cutOff);
  return { name, source, length, leaves, groups, signal };
}

/**
 * One structure from the start of bytes, and how many bytes it takes.
 * @param isAll whether there are no more bytes: else null says that there may be too few
 */
export function thrift(bytes: Uint8Array, name: string, what: string, isAll = true): { readonly struct: ThriftStruct; readonly bytes: number } | null {
  const reader = new ThriftReader(bytes);
  try {
    return { struct: reader.struct(), bytes: reader.at };
  } catch (error) {
    if (!isAll) return null;
    throw badInput(name, `${what} is damaged: ${error instanceof Error ? error.message : String(error)}`, cutOff);
  }
}

const optional = 1;
const repeated = 2;

/** Goes through the schema, which lists a tree from the top down. */
function leavesOf(elements: readonly ThriftStruct[], name: string): ParquetLeaf[] {
  const leaves: ParquetLeaf[] = [];
  let at = 0;
  interface Above { readonly path: readonly string[]; readonly defined: number; readonly lists: readonly number[]; readonly list: 'none' | 'list' | 'repeated'; readonly depth: number }
  const walk = ({ path, defined, lists, list, depth }: Above): void => {
    const element = elements[at++];
    if (!element || depth > deepestSchema || leaves.length > mostColumns) throw badInput(name, 'its schema is damaged', cutOff);
    const repetition = depth === 0 ? 0 : (element.int(3) ?? 0);
    const children = element.int(5) ?? 0;
    const defines = defined + (repetition === optional || repetition === repeated ? 1 : 0);
    const repeats = repetition === repeated ? [...lists, defines] : lists;
    const text = element.text(4) ?? '';
    // A list is a group "list" that repeats a member "element", whatever the two are called.
    const isWrapper = depth === 0 || (list === 'list' && repetition === repeated) || list === 'repeated';
    const own = isWrapper ? path : [...path, text];
    const isList = element.int(6) === 3 || element.struct(10)?.struct(3) !== undefined;
    if (children === 0 && depth > 0) {
      leaves.push({ ...typeOf(element), name: own.join('/'), mostDefined: defines, listDefined: repeats });
      return;
    }
    const below = isList ? 'list' : list === 'list' && repetition === repeated && children === 1 ? 'repeated' : 'none';
    for (let child = 0; child < children; child++) walk({ path: own, defined: defines, lists: repeats, list: below, depth: depth + 1 });
  };
  walk({ path: [], defined: 0, lists: [], list: 'none', depth: 0 });
  if (at !== elements.length) throw badInput(name, 'its schema is damaged', cutOff);
  return leaves;
}

type LeafType = Pick<ParquetLeaf, 'kind' | 'typeBytes' | 'divisor' | 'stranger'>;

const physicalNames = ['truth value', 'i4', 'i8', '96-bit timestamp', 'f4', 'f8', 'bytes', 'fixed bytes'] as const;
/** Annotations of numbers that are no plain numbers, by their number in the old and the new list. */
const oldStrangers: ReadonlyMap<number, string> = new Map([[6, 'date'], [7, 'time'], [8, 'time'], [9, 'timestamp'], [10, 'timestamp'], [19, 'JSON'], [20, 'BSON'], [21, 'interval']]);
const newStrangers = [[6, 'date'], [7, 'time'], [8, 'timestamp'], [12, 'JSON'], [13, 'BSON'], [14, 'UUID']] as const;

function typeOf(element: ThriftStruct): LeafType {
  const physical = physicalNames[element.int(1) ?? -1];
  const typeBytes = element.int(2) ?? 0;
  const converted = element.int(6);
  const logical = element.struct(10);
  const type = { kind: 'i4', typeBytes, divisor: 1, stranger: null } as const;
  const stranger = oldStrangers.get(converted ?? -1) ?? newStrangers.find(([field]) => logical?.struct(field))?.[1];
  if (stranger !== undefined) return { ...type, stranger };
  const decimal = logical?.struct(5);
  const isDecimal = decimal !== undefined || converted === 5;
  const scale = isDecimal ? (decimal?.int(1) ?? element.int(7) ?? 0) : 0;
  if (scale < 0 || scale > 40) return { ...type, stranger: 'decimal' };
  const integer = logical?.struct(10);
  const isUnsigned = integer ? integer.bool(2) === false : converted !== undefined && converted >= 11 && converted <= 14;
  const divisor = 10 ** scale;
  switch (physical) {
    case 'i4': return { ...type, kind: isUnsigned ? 'u4' : 'i4', divisor };
    case 'i8': return { ...type, kind: isUnsigned ? 'u8' : 'i8', divisor };
    case 'f4': case 'f8': return { ...type, kind: physical };
    case 'bytes': return isDecimal ? { ...type, stranger: 'decimal' } : { ...type, kind: 'text' };
    case 'fixed bytes':
      if (logical?.struct(15) && typeBytes === 2) return { ...type, kind: 'f2' };
      if (isDecimal && typeBytes > 0 && typeBytes <= 32) return { ...type, kind: 'big-endian', divisor };
      return { ...type, stranger: physical };
    default: return { ...type, stranger: physical ?? 'unknown' };
  }
}

function groupOf(group: ThriftStruct, leaves: readonly ParquetLeaf[], { name, length, i }: { readonly name: string; readonly length: number; readonly i: number }): ParquetFile['groups'][number] {
  const broken = (what: string): Error => badInput(name, `row group ${i}: ${what}`, cutOff);
  const rows = group.int(3) ?? -1;
  const columns = group.structs(1);
  if (rows < 0) throw broken('its number of rows is missing');
  if (columns.length !== leaves.length) throw broken(`it has ${columns.length} columns, where the schema has ${leaves.length}`);
  const chunks = columns.map((column, leaf): ParquetChunk => {
    const meta = column.struct(3);
    const called = `column ${leaves[leaf].name}`;
    if (column.text(1)) throw badInput(name, `row group ${i}: ${called} is in another file, ${column.text(1)}`, 'write the table into one file');
    if (!meta) throw column.struct(8) ? badInput(name, `${called} is encrypted`, 'write it without encryption') : broken(`${called} is not described`);
    const [dictionary, data] = [meta.int(11) ?? 0, meta.int(9) ?? -1];
    const start = dictionary > 0 && dictionary < data ? dictionary : data;
    const bytes = meta.int(7) ?? -1;
    const values = meta.int(5) ?? -1;
    if (values > 0 && (start < 4 || bytes < 0 || start + bytes > length)) throw broken(`${called} is said to lie at bytes ${start} to ${start + bytes} of ${length}`);
    if (leaves[leaf].listDefined.length === 0 ? values !== rows : values < rows) throw broken(`${called} has ${values} values in ${rows} rows`);
    const codec = codecs[meta.int(4) ?? -1] ?? ['an unknown way', null];
    return { codec: codec[1], codecName: codec[0], start, bytes, values };
  });
  return { rows, chunks };
}
