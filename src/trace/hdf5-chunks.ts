import { breathe } from '../breathe.ts';
import { throwIfAborted } from '../errors.ts';
import { bytesOfForm, elementBytes, type ArrayForm } from './elements.ts';
import type { Hdf5Cursor, Hdf5File } from './hdf5-file.ts';
import { unfilter } from './hdf5-filters.ts';
import type { Hdf5Filter, Hdf5Layout } from './hdf5-messages.ts';
import { walkTree } from './hdf5-objects.ts';
import { badInput } from './problems.ts';
import { cutOff, mostInflation } from './slices.ts';

/** A block of a dataset as it is stored. */
interface Chunk {
  /** Place of its first element, by axis. */
  readonly start: readonly number[];
  readonly address: number;
  readonly packedBytes: number;
  /** A bit for each filter that was skipped. */
  readonly skippedFilters: number;
}

export interface ChunkedDataset {
  /** As errors call it. */
  readonly name: string;
  readonly form: ArrayForm;
  readonly layout: Hdf5Layout & { readonly kind: 'chunked' };
  readonly filters: readonly Hdf5Filter[];
  /** The element that stands for what was never written; null for 0. */
  readonly fill: Uint8Array | null;
}

/** Bytes given between two looks at waiting messages. */
const breathBytes = 1 << 20;

/** Chunks of a dataset are no more than this. */
const mostChunks = 1_000_000;

/** The elements in C order, a slab of chunks along the first axis at a time. A slab is held, and one chunk. */
export async function* chunkedElements(file: Hdf5File, dataset: ChunkedDataset, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const { form: { shape, type }, layout: { chunkShape }, name } = dataset;
  if (chunkShape.length !== shape.length || chunkShape.some((size) => size === 0)) throw badInput(name, `chunks of (${chunkShape.join(', ')}) do not fit shape (${shape.join(', ')})`, cutOff);
  const size = elementBytes(type);
  const chunkBytes = chunkShape.reduce((product, axis) => product * axis, size);
  const rowBytes = shape.slice(1).reduce((product, axis) => product * axis, size);
  const slabs = new Map<number, Chunk[]>();
  for (const chunk of await readIndex(file, dataset, chunkBytes)) {
    if (chunk.start.some((place, axis) => place % chunkShape[axis] !== 0)) throw badInput(name, `a chunk at (${chunk.start.join(', ')}) lies between others`, cutOff);
    const slab = slabs.get(chunk.start[0]) ?? [];
    slab.push(chunk);
    slabs.set(chunk.start[0], slab);
  }
  let sinceBreath = 0;
  for (let first = 0; first < shape[0]; first += chunkShape[0]) {
    const rows = Math.min(chunkShape[0], shape[0] - first);
    const slab = new Uint8Array(rows * rowBytes);
    if (dataset.fill) for (let at = 0; at < slab.length; at += size) slab.set(dataset.fill, at);
    for (const chunk of slabs.get(first) ?? []) {
      const packed = await file.slice(chunk.address, chunk.packedBytes);
      const content = await unfilter(new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength), { name, filters: dataset.filters, skipped: chunk.skippedFilters, bytes: chunkBytes });
      copyChunk(content, chunkShape, slab, [rows, ...shape.slice(1)], [0, ...chunk.start.slice(1)], size);
      onBytes(chunk.packedBytes);
    }
    yield slab;
    sinceBreath += slab.length;
    if (sinceBreath < breathBytes) continue;
    sinceBreath = 0;
    await breathe();
    throwIfAborted(file.signal);
  }
}

/** A dataset up to here may be empty; in a larger one so many times the written chunks. */
const mostEmptyBytes = 1 << 26;
const mostEmptyTimes = 64;

/** Rejects a dataset whose shape is out of all proportion to the chunks that were written, before memory is taken for it. */
export async function checkShape(file: Hdf5File, dataset: ChunkedDataset): Promise<void> {
  const { form, layout, filters, name } = dataset;
  const whole = bytesOfForm(form);
  if (whole <= mostEmptyBytes) return;
  const chunkBytes = layout.chunkShape.reduce((product, axis) => product * axis, elementBytes(form.type));
  const chunks = await readIndex(file, dataset, chunkBytes);
  const written = chunks.reduce((sum, { packedBytes }) => sum + Math.min(chunkBytes, packedBytes * (filters.length > 0 ? mostInflation : 1)), 0);
  if (whole > written * mostEmptyTimes) {
    throw badInput(name, `its shape (${form.shape.join(', ')}) asks for ${whole} bytes, and ${chunks.length} chunks of ${chunkBytes} were written`, 'save the steps that were recorded alone; or the file is damaged');
  }
}

/** Copies a chunk to its place in a slab, without what reaches beyond the edge. */
function copyChunk(chunk: Uint8Array, chunkShape: readonly number[], slab: Uint8Array, slabShape: readonly number[], start: readonly number[], size: number): void {
  const rank = chunkShape.length;
  const clipped = chunkShape.map((axis, i) => Math.min(axis, slabShape[i] - start[i]));
  if (clipped.some((axis) => axis <= 0)) return;
  const strides = (shape: readonly number[]): number[] => {
    const result = Array<number>(rank).fill(size);
    for (let axis = rank - 2; axis >= 0; axis--) result[axis] = result[axis + 1] * shape[axis + 1];
    return result;
  };
  const [from, to] = [strides(chunkShape), strides(slabShape)];
  const run = clipped[rank - 1] * size;
  const index = Array<number>(rank - 1).fill(0);
  for (;;) {
    let source = 0;
    let target = start[rank - 1] * size;
    for (let axis = 0; axis < rank - 1; axis++) {
      source += index[axis] * from[axis];
      target += (start[axis] + index[axis]) * to[axis];
    }
    slab.set(chunk.subarray(source, source + run), target);
    let axis = rank - 2;
    while (axis >= 0 && ++index[axis] === clipped[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}

async function readIndex(file: Hdf5File, { form, layout, name, filters }: ChunkedDataset, chunkBytes: number): Promise<Chunk[]> {
  const { address, chunkShape } = layout;
  // Nothing was written.
  if (address === null) return [];
  switch (layout.index.kind) {
    case 'tree': return readTree(file, address, chunkShape.length, name);
    case 'single': return [{ start: chunkShape.map(() => 0), address, packedBytes: layout.index.packedBytes ?? chunkBytes, skippedFilters: layout.index.skippedFilters }];
    case 'implicit': return startsOfChunks(form.shape, chunkShape, name).map((start, i) => ({ start, address: address + i * chunkBytes, packedBytes: chunkBytes, skippedFilters: 0 }));
    case 'fixed array': return readFixedArray(file, address, startsOfChunks(form.shape, chunkShape, name), filters.length > 0, chunkBytes, name);
  }
}

async function readTree(file: Hdf5File, address: number, rank: number, name: string): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  await walkTree(file, address, 1, 8 + 8 * (rank + 1), (key, chunkAddress) => {
    const packedBytes = key.u32();
    const skippedFilters = key.u32();
    if (chunks.length >= mostChunks) throw tooMany(name);
    chunks.push({ start: Array.from({ length: rank }, () => key.u64()), address: chunkAddress, packedBytes, skippedFilters });
  });
  return chunks;
}

function tooMany(name: string): Error {
  return badInput(name, `it has more than ${mostChunks} chunks`, 'save it with larger chunks');
}

/** First places of all chunks, in C order. */
function startsOfChunks(shape: readonly number[], chunkShape: readonly number[], name: string): number[][] {
  const counts = shape.map((size, axis) => Math.ceil(size / chunkShape[axis]));
  const total = counts.reduce((product, count) => product * count, 1);
  if (total > mostChunks) throw tooMany(name);
  return Array.from({ length: total }, (_, i) => {
    const start = Array<number>(shape.length).fill(0);
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      start[axis] = (rest % counts[axis]) * chunkShape[axis];
      rest = Math.floor(rest / counts[axis]);
    }
    return start;
  });
}

/** The index that h5py with libver="latest" writes for datasets of a fixed shape. */
async function readFixedArray(file: Hdf5File, address: number, starts: readonly (readonly number[])[], filtered: boolean, chunkBytes: number, name: string): Promise<Chunk[]> {
  const header = await file.cursor(address, 28);
  header.signature('FAHD');
  header.skip(2);
  const entryBytes = header.u8();
  const pageBits = header.u8();
  const entries = header.u64();
  const block = header.address();
  if (block === null) return [];
  if (entries < starts.length) throw badInput(name, `its index has ${entries} of ${starts.length} chunks`, cutOff);
  const pageEntries = 2 ** pageBits;
  const pages = entries > pageEntries ? Math.ceil(entries / pageEntries) : 0;
  const prefixBytes = 14 + Math.ceil(pages / 8);
  const blockBytes = prefixBytes + (pages > 0 ? 4 : 0) + entries * entryBytes + Math.max(1, pages) * 4;
  const cursor = await file.cursorUpTo(block, blockBytes);
  cursor.signature('FADB');
  cursor.skip(10);
  const written = cursor.bytes(Math.ceil(pages / 8));
  if (pages > 0) cursor.skip(4);
  const chunks: Chunk[] = [];
  for (const [i, start] of starts.entries()) {
    const page = Math.floor(i / pageEntries);
    // Each page ends with a checksum.
    if (pages > 0 && i > 0 && i % pageEntries === 0) cursor.skip(4);
    const isWritten = pages === 0 || (written[page >> 3] & (128 >> (page & 7))) !== 0;
    const chunk = readEntry(cursor, start, filtered, entryBytes, chunkBytes);
    if (isWritten && chunk) chunks.push(chunk);
  }
  return chunks;
}

function readEntry(cursor: Hdf5Cursor, start: readonly number[], filtered: boolean, entryBytes: number, chunkBytes: number): Chunk | null {
  const address = cursor.address();
  let packedBytes = chunkBytes;
  let skippedFilters = 0;
  if (filtered) {
    const sizeBytes = cursor.bytes(entryBytes - 12);
    packedBytes = sizeBytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    skippedFilters = cursor.u32();
  }
  return address === null ? null : { start, address, packedBytes, skippedFilters };
}
