import type { ElementType } from '../../arrays/elements.ts';
import type { Hdf5Cursor } from './file.ts';
import { badInput } from '../../read/problems.ts';

/** How a dataset's numbers are stored. */
export interface Hdf5Type {
  readonly type: ElementType;
  readonly bigEndian: boolean;
}

export interface Hdf5Space {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Sizes that the axes may grow to; infinite for one without a limit. */
  readonly mostShape: readonly number[];
}

/** The axes of a dataset; null when it has no elements at all. */
export function parseDataspace(message: Hdf5Cursor): Hdf5Space | null {
  const version = message.u8();
  const rank = message.u8();
  const flags = message.u8();
  if (version === 1) message.skip(5);
  else if (message.u8() === 2) return null;
  const shape = Array.from({ length: rank }, () => message.u64());
  const mostShape = flags & 1 ? shape.map(() => message.address() ?? Infinity) : shape;
  return { shape, mostShape };
}

const fixedPoint = 0;
const floatingPoint = 1;
const enumeration = 8;

/** The type of numbers; null for texts, records and other elements that are none. Truth values are numbers: h5py's are an enumeration. */
export function parseDatatype(message: Hdf5Cursor): Hdf5Type | null {
  const kind = message.u8() & 15;
  const bits = message.u8();
  message.skip(2);
  const size = message.u32();
  const bigEndian = (bits & 1) === 1;
  if (kind === fixedPoint) {
    const type = ([1, 2, 4, 8] as const).find((bytes) => bytes === size);
    return type ? { type: `${bits & 8 ? 'i' : 'u'}${type}`, bigEndian } : null;
  }
  if (kind === floatingPoint) {
    message.skip(5);
    const exponentBits = message.u8();
    const type = ([['e4f1', 1, 4], ['e5f1', 1, 5], ['f2', 2, 5], ['bf2', 2, 8], ['f4', 4, 8], ['f8', 8, 11]] as const).find(([, bytes, exponent]) => bytes === size && exponent === exponentBits);
    return type ? { type: type[0], bigEndian } : null;
  }
  return kind === enumeration ? parseDatatype(message) : null;
}

/** Where a dataset's elements lie. Addresses are null for what was never written. With `plainEdges`, chunks that reach beyond the shape are not packed. */
export type Hdf5Layout =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | null; readonly bytes: number }
  | { readonly kind: 'chunked'; readonly index: ChunkIndex; readonly address: number | null; readonly chunkShape: readonly number[]; readonly plainEdges: boolean };

/** How the chunks of a dataset are found. */
export type ChunkIndex =
  | { readonly kind: 'tree' }
  | { readonly kind: 'single'; readonly packedBytes: number | null; readonly skippedFilters: number }
  | { readonly kind: 'implicit' }
  | { readonly kind: 'fixed array' }
  | { readonly kind: 'extensible array' }
  | { readonly kind: 'tree 2' };

/**
 * Layout versions 3 (all that h5py writes by itself), 4 and 5 (with libver="latest").
 * @param name of the dataset, as errors call it
 */
export function parseLayout(message: Hdf5Cursor, name: string): Hdf5Layout {
  const version = message.u8();
  if (version < 3 || version > 5) throw badInput(name, `layout version ${version} is unknown`, 'copy it with h5repack');
  const kind = message.u8();
  if (kind === 0) return { kind: 'compact', bytes: message.bytes(message.u16()) };
  if (kind === 1) return { kind: 'contiguous', address: message.address(), bytes: message.u64() };
  if (kind !== 2) throw badInput(name, 'it is a virtual dataset, whose parts lie in other files', 'save it as one dataset');
  if (version === 3) {
    const rank = message.u8() - 1;
    const address = message.address();
    return { kind: 'chunked', index: { kind: 'tree' }, address, chunkShape: Array.from({ length: rank }, () => message.u32()), plainEdges: false };
  }
  const flags = message.u8();
  const rank = message.u8() - 1;
  const sizeBytes = message.u8();
  const chunkShape = Array.from({ length: rank }, () => message.uint(sizeBytes));
  message.skip(sizeBytes);
  const index = parseChunkIndex(message, (flags & 2) !== 0, name);
  return { kind: 'chunked', index, address: message.address(), chunkShape, plainEdges: (flags & 1) !== 0 };
}

function parseChunkIndex(message: Hdf5Cursor, packed: boolean, name: string): ChunkIndex {
  const kind = message.u8();
  switch (kind) {
    case 1: return { kind: 'single', packedBytes: packed ? message.u64() : null, skippedFilters: packed ? message.u32() : 0 };
    case 2: return { kind: 'implicit' };
    case 3:
      message.skip(1);
      return { kind: 'fixed array' };
    case 4:
      message.skip(5);
      return { kind: 'extensible array' };
    case 5:
      message.skip(6);
      return { kind: 'tree 2' };
    default: throw badInput(name, `its chunks are found by index ${kind}, which is unknown`, 'copy it with h5repack');
  }
}

export interface Hdf5Filter {
  readonly id: number;
  readonly values: readonly number[];
}

/** The filters that a chunk went through when it was written, in that order. */
export function parseFilters(message: Hdf5Cursor): Hdf5Filter[] {
  const version = message.u8();
  const count = message.u8();
  if (version === 1) message.skip(6);
  return Array.from({ length: count }, () => {
    const id = message.u16();
    const nameBytes = version === 1 || id >= 256 ? message.u16() : 0;
    message.skip(2);
    const valueCount = message.u16();
    message.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const values = Array.from({ length: valueCount }, () => message.u32());
    if (version === 1 && valueCount % 2 === 1) message.skip(4);
    return { id, values };
  });
}

/** The bytes of the element that stands for what was never written; null where none is given, which reads as 0. */
export function parseFill(message: Hdf5Cursor): Uint8Array | null {
  const version = message.u8();
  if (version < 3) {
    message.skip(2);
    const defined = message.u8() !== 0;
    if (version === 2 && !defined) return null;
  } else if ((message.u8() & 32) === 0) {
    return null;
  }
  const size = message.u32();
  return size > 0 ? message.bytes(size) : null;
}

/** A link to another object: its name and its header's address; null for one that does not lead to an object of this file. */
export function parseLink(message: Hdf5Cursor): { readonly name: string; readonly address: number | null } {
  message.skip(1);
  const flags = message.u8();
  const type = flags & 8 ? message.u8() : 0;
  if (flags & 4) message.skip(8);
  if (flags & 16) message.skip(1);
  const name = new TextDecoder().decode(message.bytes(message.uint(1 << (flags & 3))));
  return { name, address: type === 0 ? message.address() : null };
}

/** Where a group keeps its links when they are not in its header: addresses of a heap and of a tree over their names; null when there are none. */
export function parseLinkInfo(message: Hdf5Cursor): { readonly heap: number; readonly names: number } | null {
  message.skip(1);
  if (message.u8() & 1) message.skip(8);
  const [heap, names] = [message.address(), message.address()];
  return heap === null || names === null ? null : { heap, names };
}
