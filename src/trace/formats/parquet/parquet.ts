import { ByteMeter } from '../../read/chunks.ts';
import { uniqueNames } from '../csv/head.ts';
import { checkProportion, readFrame, type FrameField, type FrameReading } from '../../tables/frame.ts';
import { FlatParquetColumn, ListParquetColumn, type ParquetColumn } from './columns.ts';
import { ParquetPages } from './pages.ts';
import { openParquet, parquetMagic, type ParquetFile, type ParquetLeaf } from './schema.ts';
import { badInput } from '../../read/problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';
import { cutOff, readingAhead } from '../../read/slices.ts';

/** Parquet: a row a load, a row a step, or a row a step with lists. Only the columns that are needed are read. */
export const parquetReader: Reader = {
  id: 'parquet',
  label: 'Parquet table',
  sniff: (head) => (String.fromCharCode(...head.subarray(0, 4)) === parquetMagic ? 1 : 0),
  read: readParquet,
};

/** Bytes of the file that all columns together may hold. */
const aheadBytes = 64 << 20;

async function readParquet(source: Source, options: ReadOptions): Promise<ReadResult> {
  const file = await openParquet(source, options.signal);
  const { name } = file;
  const names = uniqueNames(file.leaves.map((leaf) => leaf.name));
  const fields = file.leaves.map((leaf, i): FrameField => ({ name: names[i], isList: leaf.listDefined.length > 0, stranger: strangerOf(leaf) }));
  return readFrame({ name, format: 'Parquet', fields, open: (flat, lists, loadsARow) => openColumns(file, flat, lists, loadsARow, options) }, options);
}

function strangerOf({ stranger, kind, listDefined }: ParquetLeaf): string | null {
  return stranger ?? (kind === 'text' && listDefined.length > 0 ? 'text' : null);
}

function openColumns(file: ParquetFile, flat: readonly number[], lists: readonly number[], loadsARow: number, { onProgress }: ReadOptions): FrameReading {
  const { name, groups, leaves } = file;
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  checkProportion(name, rows, loadsARow, file.length);
  for (const leaf of lists) checkProportion(name, groups.reduce((sum, { chunks }) => sum + chunks[leaf].values, 0), 1, file.length);
  const used = [...flat, ...lists];
  const bytes = groups.reduce((sum, { chunks }) => used.reduce((inGroup, leaf) => inGroup + chunks[leaf].bytes, sum), 0);
  const meter = new ByteMeter(`reading ${name}`, bytes, onProgress);
  const ahead = Math.max(1 << 14, Math.min(1 << 20, Math.floor(aheadBytes / used.length)));
  const pagesOf = (leaf: number): ParquetPages => new ParquetPages(file, readingAhead(file.source, ahead), leaf, (count) => meter.add(count));
  const flatColumns = flat.map((leaf) => new FlatParquetColumn(pagesOf(leaf), leaves[leaf]));
  const listColumns = lists.map((leaf) => new ListParquetColumn(pagesOf(leaf), leaves[leaf]));
  return { flat: flatColumns, lists: listColumns, windows: (mostRows) => windows(name, [...flatColumns, ...listColumns], rows, mostRows) };
}

/** Rows that all columns have at hand, until all rows were there. */
async function* windows(name: string, columns: readonly ParquetColumn[], rows: number, mostRows: number): AsyncGenerator<number, void, undefined> {
  for (let done = 0; ;) {
    let count = Math.min(mostRows, rows - done);
    for (const column of columns) {
      if (column.left === 0) await column.advance();
      count = Math.min(count, column.left);
    }
    if (count === 0) {
      if (done < rows || columns.some((column) => column.left > 0)) throw badInput(name, `its columns end after ${done} of ${rows} rows`, cutOff);
      return;
    }
    yield count;
    done += count;
  }
}
