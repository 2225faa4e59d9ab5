import { elementBytes, type ArrayForm } from '../../arrays/elements.ts';
import { extensibleArray, fixedArray } from './arrays.ts';
import type { Hdf5Cursor, Hdf5File } from './file.ts';
import type { Hdf5Filter, Hdf5Layout } from './messages.ts';
import { walkTree } from './objects.ts';
import { walkTree2 } from './tree2.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff } from '../../read/slices.ts';

/** A block of a dataset as it is stored. */
export interface Chunk {
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
  /** Sizes that its axes may grow to; infinite for one without a limit. */
  readonly mostShape: readonly number[];
  readonly layout: Hdf5Layout & { readonly kind: 'chunked' };
  readonly filters: readonly Hdf5Filter[];
  /** The element that stands for what was never written; null for 0. */
  readonly fill: Uint8Array | null;
}

/** Of a chunk that is not packed. */
export function bytesOfChunk({ form, layout }: ChunkedDataset): number {
  return layout.chunkShape.reduce((product, axis) => product * axis, elementBytes(form.type));
}

/** Chunks of a dataset are no more than this. */
const mostChunks = 1_000_000;

/** The chunks that were written, in any order. */
export async function readIndex(file: Hdf5File, dataset: ChunkedDataset): Promise<Chunk[]> {
  const { address, index, chunkShape } = dataset.layout;
  // Nothing was written.
  if (address === null) return [];
  const chunks: Chunk[] = [];
  const add = (chunk: Chunk | null): void => {
    if (!chunk) return;
    if (chunks.length >= mostChunks) throw badInput(dataset.name, `it has more than ${mostChunks} chunks`, 'save it with larger chunks');
    chunks.push(chunk);
  };
  const chunkBytes = bytesOfChunk(dataset);
  switch (index.kind) {
    case 'tree':
      await walkTree(file, address, 1, 8 + 8 * (chunkShape.length + 1), (key, chunkAddress) => {
        const packedBytes = key.u32();
        const skippedFilters = key.u32();
        add({ start: chunkShape.map(() => key.u64()), address: chunkAddress, packedBytes, skippedFilters });
      });
      break;
    case 'single':
      add({ start: chunkShape.map(() => 0), address, packedBytes: index.packedBytes ?? chunkBytes, skippedFilters: index.skippedFilters });
      break;
    case 'implicit': {
      const { startOf, count } = order(dataset);
      if (count > (file.length - file.base) / Math.max(1, chunkBytes)) throw badInput(dataset.name, `its ${count} chunks of ${chunkBytes} bytes are more than the file holds`, cutOff);
      for (let i = 0; i < count; i++) add({ start: startOf(i), address: address + i * chunkBytes, packedBytes: chunkBytes, skippedFilters: 0 });
      break;
    }
    case 'fixed array': {
      const { startOf } = order(dataset);
      await fixedArray(file, address, mostChunks, (entry, i, bytes) => add(chunkOf(entry, bytes, dataset, () => startOf(i))));
      break;
    }
    case 'extensible array': {
      const { startOf } = order(dataset);
      await extensibleArray(file, address, mostChunks, (entry, i, bytes) => add(chunkOf(entry, bytes, dataset, () => startOf(i))));
      break;
    }
    case 'tree 2':
      await walkTree2(file, address, [plainChunks, packedChunks], (record, _, bytes) => {
        add(chunkOf(record, bytes - 8 * chunkShape.length, dataset, () => chunkShape.map((size) => size * record.u64())));
      });
      break;
  }
  return chunks;
}

/** Records of chunks, as the format numbers them. */
const plainChunks = 10;
const packedChunks = 11;

/**
 * A chunk as arrays and trees write it: its address, and when it is packed its length and the filters that it skipped.
 * @param bytes of the entry
 * @returns null where none was written
 */
function chunkOf(entry: Hdf5Cursor, bytes: number, dataset: ChunkedDataset, start: () => number[]): Chunk | null {
  const address = entry.address();
  const isPacked = dataset.filters.length > 0;
  const packedBytes = isPacked ? entry.uint(bytes - 12) : bytesOfChunk(dataset);
  const skippedFilters = isPacked ? entry.u32() : 0;
  return address === null ? null : { start: start(), address, packedBytes, skippedFilters };
}

/**
 * The order in which arrays number the chunks of a dataset: C order over the sizes that its axes may grow to,
 * the axis without a limit first.
 */
function order({ name, mostShape, layout: { chunkShape } }: ChunkedDataset): { startOf(index: number): number[]; readonly count: number } {
  const counts = mostShape.map((size, axis) => Math.ceil(size / chunkShape[axis]));
  const growing = counts.indexOf(Infinity);
  const axes = [...counts.keys()].filter((axis) => axis !== growing);
  if (axes.some((axis) => !(counts[axis] >= 1 && counts[axis] < 2 ** 53))) throw badInput(name, `its axes may grow to (${mostShape.join(', ')}) in chunks of (${chunkShape.join(', ')}), which its index cannot hold`, cutOff);
  return {
    count: counts.reduce((product, count) => product * count, 1),
    startOf(index) {
      const start = Array<number>(counts.length).fill(0);
      let rest = index;
      for (const axis of axes.toReversed()) {
        start[axis] = (rest % counts[axis]) * chunkShape[axis];
        rest = Math.floor(rest / counts[axis]);
      }
      if (growing >= 0) start[growing] = rest * chunkShape[growing];
      return start;
    },
  };
}
