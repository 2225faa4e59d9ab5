/** Parquet that lies: every claim is checked before it takes memory or time. Files are put together here, page by page. */
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/trace/packed/crc32.ts';
import { thriftBytes, type ThriftField } from '../../../src/trace/write/thrift.ts';
import { bytesOf, fixture, flat, open, refusal } from './support.ts';

interface Claims {
  readonly rows?: number;
  /** Values of the one page, by its description. */
  readonly values?: number;
  readonly unpackedBytes?: number;
  readonly packedBytes?: number;
  readonly chunkBytes?: number;
  readonly encoding?: number;
  readonly crc?: number;
  readonly codec?: number;
  /** Instead of the plain numbers. */
  readonly content?: readonly number[];
  readonly dictionary?: readonly number[];
}

/** A long table of two steps and two experts; claims are those of column "tokens". */
function table(claims: Claims = {}): Uint8Array {
  const rows = claims.rows ?? 4;
  const bytes: number[] = [...bytesOf('PAR1')];
  const columns: readonly (readonly [string, readonly number[]])[] = [['step', [0, 0, 1, 1]], ['expert', [0, 1, 0, 1]], ['tokens', [5, 6, 7, 8]]];
  const chunks = columns.map(([name, values]): readonly ThriftField[] => {
    const own = name === 'tokens' ? claims : {};
    const start = bytes.length;
    const plain = (numbers: readonly number[]): number[] => [...new Uint8Array(Int32Array.from(numbers).buffer)];
    const page = (type: number, content: readonly number[], described: ThriftField): void => {
      const header = thriftBytes([
        [1, { i32: type }], [2, { i32: (type === 0 ? own.unpackedBytes : undefined) ?? content.length }], [3, { i32: (type === 0 ? own.packedBytes : undefined) ?? content.length }],
        ...(own.crc === undefined ? [] : [[4, { i32: own.crc }]] satisfies ThriftField[]), described,
      ]);
      bytes.push(...header, ...content);
    };
    if (own.dictionary) page(2, plain(own.dictionary), [7, { struct: [[1, { i32: own.dictionary.length }], [2, { i32: 0 }]] }]);
    const data = bytes.length;
    page(0, own.content ?? plain(values), [5, { struct: [[1, { i32: own.values ?? values.length }], [2, { i32: own.encoding ?? 0 }], [3, { i32: 3 }], [4, { i32: 3 }]] }]);
    const meta: readonly ThriftField[] = [
      [1, { i32: 1 }], [2, { i32s: [0] }], [3, { texts: [name] }], [4, { i32: own.codec ?? 0 }], [5, { i64: rows }], [6, { i64: 16 }], [7, { i64: own.chunkBytes ?? bytes.length - start }], [9, { i64: data }],
      ...(own.dictionary ? [[11, { i64: start }]] satisfies ThriftField[] : []),
    ];
    return [[2, { i64: start }], [3, { struct: meta }]];
  });
  const schema = columns.map(([name]): readonly ThriftField[] => [[1, { i32: 1 }], [3, { i32: 0 }], [4, { text: name }]]);
  const footer = thriftBytes([
    [1, { i32: 1 }], [2, { structs: [[[4, { text: 'x' }], [5, { i32: columns.length }]], ...schema] }], [3, { i64: rows }],
    [4, { structs: [[[1, { structs: chunks }], [2, { i64: 100 }], [3, { i64: rows }]]] }],
  ]);
  return Uint8Array.from([...bytes, ...footer, ...new Uint8Array(Uint32Array.of(footer.length).buffer), ...bytesOf('PAR1')]);
}

const page = 'x.parquet, column tokens, row group 0, page 0';

test('the table without a lie reads, here and by hyparquet', async () => {
  expect(flat((await open(table(), 'x.parquet')).trace)).toEqual([5, 6, 7, 8]);
  const coded = table({ encoding: 8, dictionary: [5, 6, 7, 8], content: [2, 3, 0b11100100, 0] });
  expect(flat((await open(coded, 'x.parquet')).trace)).toEqual([5, 6, 7, 8]);
  for (const bytes of [table(), coded]) {
    const rows = await parquetReadObjects({ file: bytes.slice().buffer, compressors });
    expect(rows).toMatchObject([5, 6, 7, 8].map((tokens) => ({ tokens })));
  }
});

test('a last group of codes that is cut off where no values are left', async () => {
  expect(flat((await open(table({ encoding: 8, dictionary: [5, 6, 7, 8], content: [2, 3, 0b11100100] }), 'x.parquet')).trace)).toEqual([5, 6, 7, 8]);
});

const plainCrc = crc32(new Uint8Array(Int32Array.of(5, 6, 7, 8).buffer)) | 0;

test('a checksum that fits', async () => {
  expect(flat((await open(table({ crc: plainCrc }), 'x.parquet')).trace)).toEqual([5, 6, 7, 8]);
});

describe('a lie about', () => {
  test.each<readonly [string, Claims, string]>([
    ['rows', { rows: 1e12 }, 'x.parquet: it claims 1,000,000,000,000 rows in '],
    ['rows, a few', { rows: 5 }, 'x.parquet, column step, row group 0, page 1: its column ends 1 values early'],
    ['values', { values: 5 }, `${page}: it claims 5 values, where 4 are left`],
    ['values, fewer', { values: 3 }, 'x.parquet, column tokens, row group 0, page 1: its column ends 1 values early'],
    ['the length of a page', { packedBytes: 1000 }, `${page}: it claims 1000 bytes, where 16 are left`],
    ['the length of a page that is not packed', { unpackedBytes: 20 }, `${page}: it is damaged and cannot be unpacked (none: it has 16 of 20 bytes)`],
    ['the length of a page unpacked', { unpackedBytes: 2e9, codec: 6 }, `${page}: it claims 2000000000 bytes for 4 values`],
    ['the packing', { codec: 1 }, `${page}: it is damaged and cannot be unpacked (snappy: it says 5 bytes where 16 are expected)`],
    ['the length of a column', { chunkBytes: 1e9 }, 'x.parquet: row group 0: column tokens is said to lie at bytes '],
    ['the checksum', { crc: plainCrc ^ 1 }, `${page}: its checksum does not fit`],
    ['the encoding', { encoding: 77 }, `${page}: it is encoded as 77, which is not read`],
    ['a dictionary that is not there', { encoding: 8 }, `${page}: its dictionary is missing`],
    ['a value of the dictionary', { encoding: 8, dictionary: [5, 6, 7], content: [2, 3, 0b11100100] }, 'x.parquet, column tokens, row group 0, page 1: it names value 3 of a dictionary of 3'],
    ['the width of codes', { encoding: 8, dictionary: [5], content: [40, 8, 0] }, 'x.parquet, column tokens, row group 0, page 1: numbers of 40 bits'],
    ['a run of codes', { encoding: 8, dictionary: [5], content: [1, 4, 0] }, 'x.parquet, column tokens, row group 0, page 1: a number does not end'],
    ['the count of differences', { encoding: 5, content: [128, 1, 4, 255, 255, 255, 255, 15, 0] }, `${page}: it holds 4294967295 numbers, where there may be 4`],
    ['the width of differences', { encoding: 5, content: [128, 1, 4, 4, 10, 0, 64, 0, 0, 0, 1] }, `${page}: differences of 64 bits`],
  ])('%s', async (_, claims, message) => {
    const error = await refusal(table(claims), 'x.parquet');
    expect(error.code).toBe('bad-input');
    expect(error.message.startsWith(message)).toBe(true);
  });
});

test('a bit that was flipped in a page with a checksum is found', async () => {
  const bytes = fixture('frames/checked.parquet');
  bytes[40] ^= 4;
  expect((await refusal(bytes, 'checked.parquet')).message).toMatch(/^checked.parquet, column step, .*its checksum does not fit$/);
});

test('a file that is cut off', async () => {
  const bytes = fixture('frames/long.parquet');
  for (const end of [5, 11, 100, bytes.length - 1]) expect((await refusal(bytes.slice(0, end), 'long.parquet')).code).toBe('bad-input');
});
