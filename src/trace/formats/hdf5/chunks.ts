import { breathe } from '../../../breathe.ts';
import { throwIfAborted } from '../../../errors.ts';
import { bytesOfForm, elementBytes } from '../../arrays/elements.ts';
import type { Hdf5File } from './file.ts';
import { unfilter } from './filters.ts';
import { bytesOfChunk, readIndex, type Chunk, type ChunkedDataset } from './index.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff, mostInflation } from '../../read/slices.ts';

/** Bytes given between two looks at waiting messages. */
const breathBytes = 1 << 20;

/** The elements in C order, a slab of chunks along the first axis at a time. A slab is held, and one chunk. */
export async function* chunkedElements(file: Hdf5File, dataset: ChunkedDataset, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const { form: { shape, type }, layout: { chunkShape, plainEdges }, name } = dataset;
  if (chunkShape.length !== shape.length || chunkShape.some((size) => size === 0)) throw badInput(name, `chunks of (${chunkShape.join(', ')}) do not fit shape (${shape.join(', ')})`, cutOff);
  const size = elementBytes(type);
  const chunkBytes = bytesOfChunk(dataset);
  const rowBytes = shape.slice(1).reduce((product, axis) => product * axis, size);
  const slabs = new Map<number, Chunk[]>();
  for (const chunk of await readIndex(file, dataset)) {
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
      const isPlain = plainEdges && chunk.start.some((place, axis) => place + chunkShape[axis] > shape[axis]);
      const packed = await file.slice(chunk.address, chunk.packedBytes);
      const content = await unfilter(new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength), { name, filters: dataset.filters, skipped: isPlain ? ~0 : chunk.skippedFilters, bytes: chunkBytes });
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
  const { form, filters, name } = dataset;
  const whole = bytesOfForm(form);
  if (whole <= mostEmptyBytes) return;
  const chunkBytes = bytesOfChunk(dataset);
  const chunks = await readIndex(file, dataset);
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
