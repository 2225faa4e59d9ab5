import type { Hdf5Filter } from './messages.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff, mostInflation } from '../../read/slices.ts';

const deflate = 1;
const shuffle = 2;
const fletcher32 = 3;
/** Registered for h5py's compression="lzf". */
const lzf = 32000;

/** Filters that people meet and that are not undone here. */
const strangers: ReadonlyMap<number, string> = new Map([
  [4, 'szip'], [5, 'nbit'], [6, 'scale-offset'], [32001, 'Blosc'], [32004, 'LZ4'], [32008, 'bitshuffle'], [32013, 'ZFP'], [32015, 'Zstandard'], [32026, 'Blosc2'],
]);

interface PackedChunk {
  /** Of the dataset, as errors call it. */
  readonly name: string;
  /** In the order of writing. */
  readonly filters: readonly Hdf5Filter[];
  /** A bit for each filter that was skipped. */
  readonly skipped: number;
  /** Of the chunk when it is unpacked. */
  readonly bytes: number;
}

/** Undoes the filters of a chunk. Rejects with `bad-input` when it does not come out at its length. */
export async function unfilter(packed: Uint8Array<ArrayBuffer>, { name, filters, skipped, bytes }: PackedChunk): Promise<Uint8Array> {
  let content = packed;
  for (const [i, { id, values }] of [...filters.entries()].reverse()) {
    if (skipped & (1 << i)) continue;
    if (id === deflate) content = await inflate(content, bytes, name);
    else if (id === shuffle) content = unshuffle(content, values[0] ?? 1);
    else if (id === fletcher32) content = checked(content, name);
    else if (id === lzf) content = unpackLzf(content, bytes, name);
    else throw badInput(name, `it is packed by ${strangers.get(id) ?? `filter ${id}`}, which is not read`, 'save it with compression="gzip", "lzf" or none');
  }
  if (content.length !== bytes) throw damaged(name, content.length, bytes);
  return content;
}

function damaged(name: string, found: number, expected: number): Error {
  return badInput(name, `a chunk of it unpacks to ${found} of ${expected} bytes`, cutOff);
}

/** The bytes before their Fletcher-32 checksum, when it agrees with them. */
function checked(content: Uint8Array<ArrayBuffer>, name: string): Uint8Array<ArrayBuffer> {
  const bytes = content.subarray(0, Math.max(0, content.length - 4));
  const sum = content.length < 4 ? NaN : new DataView(content.buffer, content.byteOffset + bytes.length).getUint32(0, true);
  if (fletcher32Of(bytes) !== sum) throw badInput(name, 'the checksum of a chunk of it is wrong', cutOff);
  return bytes;
}

/** Over words of two bytes, the first one the higher; sums are folded before they leave 32 bits. */
function fletcher32Of(bytes: Uint8Array): number {
  let [low, high] = [0, 0];
  const fold = (sum: number): number => (sum & 0xffff) + (sum >>> 16);
  for (let at = 0; at < bytes.length;) {
    for (const end = Math.min(bytes.length, at + 720); at < end; at += 2) {
      low += bytes[at] * 256 + (bytes[at + 1] ?? 0);
      high += low;
    }
    [low, high] = [fold(low), fold(high)];
  }
  return fold(high) * 65536 + fold(low);
}

/** @param bytes of the chunk; a checksum of 4 bytes may come with it */
async function inflate(packed: Uint8Array<ArrayBuffer>, bytes: number, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const most = bytes + 4;
  if (bytes > packed.length * mostInflation) throw badInput(name, `a chunk of it claims ${bytes} bytes out of ${packed.length} packed ones`, cutOff);
  const content = new Uint8Array(most);
  let filled = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return content.subarray(0, filled);
      if (filled + value.length > most) break;
      content.set(value, filled);
      filled += value.length;
    }
  } catch {
    throw badInput(name, 'a chunk of it is damaged', cutOff);
  }
  await reader.cancel().catch(() => {});
  throw damaged(name, most + 1, bytes);
}

/** LibLZF: runs of new bytes, and copies of what came up to 8 kB before. */
function unpackLzf(packed: Uint8Array, bytes: number, name: string): Uint8Array<ArrayBuffer> {
  // Three packed bytes stand for 264 at most.
  if (bytes > packed.length * 88) throw badInput(name, `a chunk of it claims ${bytes} bytes out of ${packed.length} packed ones`, cutOff);
  const content = new Uint8Array(bytes);
  let filled = 0;
  for (let at = 0; at < packed.length;) {
    const control = packed[at++];
    if (control < 32) {
      if (at + control + 1 > packed.length || filled + control + 1 > bytes) throw damaged(name, filled, bytes);
      content.set(packed.subarray(at, at + control + 1), filled);
      at += control + 1;
      filled += control + 1;
      continue;
    }
    const length = (control >> 5 === 7 ? 7 + packed[at++] : control >> 5) + 2;
    const from = filled - ((control & 31) << 8) - packed[at++] - 1;
    if (!(from >= 0) || !(filled + length <= bytes)) throw damaged(name, filled, bytes);
    // A copy may reach into itself.
    for (let i = 0; i < length; i++) content[filled + i] = content[from + i];
    filled += length;
  }
  return content.subarray(0, filled);
}

/** Puts the bytes of an element together again: the first bytes of all elements come first, then the second ones. */
function unshuffle(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= 1 || size > bytes.length) return bytes;
  const count = Math.floor(bytes.length / size);
  const result = new Uint8Array(bytes.length);
  for (let byte = 0; byte < size; byte++) {
    for (let i = 0, to = byte; i < count; i++, to += size) result[to] = bytes[byte * count + i];
  }
  result.set(bytes.subarray(count * size), count * size);
  return result;
}
