import { gzipSync } from 'fflate';
import { crc32 } from '../packed/crc32.ts';
import type { Trace } from '../trace.ts';
import { pushVarint, thriftBytes, type ThriftField } from './thrift.ts';

/** Rows of a row group, about: what is put together at once. */
const groupRows = 1 << 18;

/** Physical types, encodings and so on by their number in the format (github.com/apache/parquet-format, parquet.thrift). */
const types = { int32: 1, int64: 2, float: 4, text: 6 } as const;
const plain = 0;
const levels = 3;
const dictionaryCodes = 8;
const gzip = 2;
const dataPage = 0;
const dictionaryPage = 2;

type ValueType = keyof typeof types;
type NumberType = Exclude<ValueType, 'text'>;

/** The values of one column in one row group: plain, or as numbers of values that are written once. */
interface Column {
  readonly name: string;
  readonly type: ValueType;
  readonly content: { readonly values: Uint8Array } | { readonly dictionary: Uint8Array; readonly count: number; readonly codes: Uint32Array };
}

/**
 * A trace as a long Parquet table: `step`, `layer`, `expert`, `tokens` (or `share`) and `loss` where it is known, a row a load.
 * Layers are numbers where all are called by numbers, else texts. Pages are gzipped and carry checksums.
 */
export function* parquetPieces(trace: Trace): Generator<Uint8Array, void> {
  const magic = new TextEncoder().encode('PAR1');
  const { steps, layers } = trace;
  const perStep = layers.reduce((sum, { experts }) => sum + experts, 0);
  const stepsAtOnce = Math.max(1, Math.floor(groupRows / perStep));
  const kinds = kindsOf(trace);
  let at = magic.length;
  const groups: (readonly ThriftField[])[] = [];
  yield magic;
  for (let from = 0; from < steps.length; from += stepsAtOnce) {
    const to = Math.min(steps.length, from + stepsAtOnce);
    const rows = (to - from) * perStep;
    const chunks: (readonly ThriftField[])[] = [];
    const start = at;
    for (const column of columnsOf(trace, kinds, from, to)) {
      const { pages, described } = chunkOf(column, rows, at);
      for (const page of pages) {
        yield page;
        at += page.length;
      }
      chunks.push(described);
    }
    groups.push([[1, { structs: chunks }], [2, { i64: at - start }], [3, { i64: rows }]]);
  }
  const schema = [...columnsOf(trace, kinds, 0, 0)].map(({ name, type }): readonly ThriftField[] => [
    [1, { i32: types[type] }], [3, { i32: 0 }], [4, { text: name }],
    ...(type === 'text' ? [[6, { i32: 0 }], [10, { struct: [[1, { struct: [] }]] }]] satisfies ThriftField[] : []),
  ]);
  const footer = Uint8Array.from(thriftBytes([
    [1, { i32: 1 }],
    [2, { structs: [[[4, { text: 'trace' }], [5, { i32: schema.length }]], ...schema] }],
    [3, { i64: steps.length * perStep }],
    [4, { structs: groups }],
    [6, { text: 'Gatecast' }],
  ]));
  yield footer;
  yield new Uint8Array(Uint32Array.of(footer.length).buffer);
  yield magic;
}

interface Kinds {
  readonly layer: 'int32' | 'text';
  readonly load: NumberType;
}

function kindsOf({ kind, layers }: Trace): Kinds {
  const isNumbered = layers.every(({ name }) => /^(0|[1-9]\d{0,4})$/.test(name));
  const isLarge = kind === 'counts' && layers.some(({ values }) => values.some((value) => value > 0x7fffffff));
  return { layer: isNumbered ? 'int32' : 'text', load: kind === 'shares' ? 'float' : isLarge ? 'int64' : 'int32' };
}

/** The columns of some steps. */
function* columnsOf({ kind, steps, layers, loss }: Trace, kinds: Kinds, from: number, to: number): Generator<Column, void> {
  const rows = to - from;
  const perStep = layers.reduce((sum, { experts }) => sum + experts, 0);
  const repeated = (codeOf: (row: number, inStep: number) => number): Uint32Array => {
    const codes = new Uint32Array(rows * perStep);
    for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < perStep; i++) codes[at++] = codeOf(row, i);
    return codes;
  };
  const byStep = repeated((row) => row);
  const layerOf = layers.flatMap(({ experts }, layer) => Array<number>(experts).fill(layer));
  const expertOf = layers.flatMap(({ experts }) => [...Array(experts).keys()]);
  const coded = (name: string, type: NumberType, values: ArrayLike<number>, codes: Uint32Array): Column => ({ name, type, content: { dictionary: plainNumbers(type, values), count: values.length, codes } });
  yield coded('step', 'int64', steps.subarray(from, to), byStep);
  const names = layers.map(({ name }) => name);
  const layerCodes = repeated((_, i) => layerOf[i]);
  yield kinds.layer === 'int32'
    ? coded('layer', 'int32', names.map(Number), layerCodes)
    : { name: 'layer', type: 'text', content: { dictionary: plainTexts(names), count: names.length, codes: layerCodes } };
  const most = layers.reduce((largest, { experts }) => Math.max(largest, experts), 0);
  yield coded('expert', 'int32', [...Array(most).keys()], repeated((_, i) => expertOf[i]));
  const loads = new Float64Array(rows * perStep);
  let before = 0;
  for (const { experts, values } of layers) {
    for (let row = 0; row < rows; row++) loads.set(values.subarray((from + row) * experts, (from + row + 1) * experts), row * perStep + before);
    before += experts;
  }
  yield { name: kind === 'counts' ? 'tokens' : 'share', type: kinds.load, content: { values: plainNumbers(kinds.load, loads) } };
  if (loss) yield coded('loss', 'float', loss.subarray(from, to), byStep);
}

/** Numbers behind each other, little-endian. */
function plainNumbers(type: NumberType, values: ArrayLike<number>): Uint8Array {
  if (type === 'int32') return new Uint8Array(new Int32Array(values).buffer);
  if (type === 'float') return new Uint8Array(new Float32Array(values).buffer);
  const halves = new Uint32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    halves[2 * i] = values[i] % 2 ** 32;
    halves[2 * i + 1] = Math.floor(values[i] / 2 ** 32);
  }
  return new Uint8Array(halves.buffer);
}

/** Texts behind each other, each after its length. */
function plainTexts(values: readonly string[]): Uint8Array {
  const texts = values.map((value) => new TextEncoder().encode(value));
  return Uint8Array.from(texts.flatMap((text) => [...new Uint8Array(Uint32Array.of(text.length).buffer), ...text]));
}

/** The pages of a column, and the column's description for the footer. @param start of the first page in the file */
function chunkOf({ name, type, content }: Column, rows: number, start: number): { readonly pages: readonly Uint8Array[]; readonly described: readonly ThriftField[] } {
  const data = (bytes: Uint8Array, encoding: number): Page => pageOf(dataPage, bytes, [5, { struct: [[1, { i32: rows }], [2, { i32: encoding }], [3, { i32: levels }], [4, { i32: levels }]] }]);
  const pages = 'values' in content
    ? [data(content.values, plain)]
    : [
      pageOf(dictionaryPage, content.dictionary, [7, { struct: [[1, { i32: content.count }], [2, { i32: plain }]] }]),
      data(codeBytes(content.codes, content.count), dictionaryCodes),
    ];
  const first = start + pages.slice(0, -1).reduce((sum, { bytes }) => sum + bytes.length, 0);
  const meta: readonly ThriftField[] = [
    [1, { i32: types[type] }],
    [2, { i32s: pages.length > 1 ? [plain, levels, dictionaryCodes] : [plain, levels] }],
    [3, { texts: [name] }],
    [4, { i32: gzip }],
    [5, { i64: rows }],
    [6, { i64: pages.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0) }],
    [7, { i64: pages.reduce((sum, { bytes }) => sum + bytes.length, 0) }],
    [9, { i64: first }],
    ...(pages.length > 1 ? [[11, { i64: start }]] satisfies ThriftField[] : []),
  ];
  return { pages: pages.map(({ bytes }) => bytes), described: [[2, { i64: start }], [3, { struct: meta }]] };
}

interface Page {
  readonly bytes: Uint8Array;
  /** With its description. */
  readonly unpackedBytes: number;
}

function pageOf(type: number, content: Uint8Array, described: ThriftField): Page {
  // The same trace gives the same file, whenever it is written.
  const packed = gzipSync(content, { level: 6, mtime: new Date(1980, 0, 1) });
  const header = thriftBytes([[1, { i32: type }], [2, { i32: content.length }], [3, { i32: packed.length }], [4, { i32: crc32(packed) | 0 }], described]);
  const bytes = new Uint8Array(header.length + packed.length);
  bytes.set(header);
  bytes.set(packed, header.length);
  return { bytes, unpackedBytes: header.length + content.length };
}

/** Numbers of values in a dictionary: runs where they repeat, else all of them packed. */
function codeBytes(codes: Uint32Array, count: number): Uint8Array {
  const width = 32 - Math.clz32(count - 1);
  let runs = 0;
  for (let i = 0; i < codes.length; i++) if (i === 0 || codes[i] !== codes[i - 1]) runs++;
  return runs * 4 <= codes.length || width === 0 ? runBytes(codes, width) : packedBytes(codes, width);
}

function runBytes(codes: Uint32Array, width: number): Uint8Array {
  const bytes = [width];
  for (let from = 0; from < codes.length;) {
    let to = from + 1;
    while (to < codes.length && codes[to] === codes[from]) to++;
    pushVarint(bytes, (to - from) * 2);
    for (let bit = 0; bit < width; bit += 8) bytes.push((codes[from] >>> bit) & 255);
    from = to;
  }
  return Uint8Array.from(bytes);
}

function packedBytes(codes: Uint32Array, width: number): Uint8Array {
  const groups = Math.ceil(codes.length / 8);
  const head = [width];
  pushVarint(head, groups * 2 + 1);
  const bytes = new Uint8Array(head.length + groups * width);
  bytes.set(head);
  let at = head.length;
  let bits = 0;
  let held = 0;
  for (const code of codes) {
    bits |= code << held;
    held += width;
    for (; held >= 8; held -= 8) {
      bytes[at++] = bits;
      bits >>>= 8;
    }
  }
  if (held > 0) bytes[at] = bits;
  return bytes;
}
