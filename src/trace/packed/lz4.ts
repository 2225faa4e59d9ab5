import { copyWithin } from './snappy.ts';

/** A packed byte stands for at most so many. */
const mostInflation = 255;

const frameMagic = 0x184d2204;

/**
 * Unpacks a block of LZ4 (github.com/lz4/lz4, doc/lz4_Block_format.md) into `content` from `start` on. Copies may reach back to its beginning.
 * Throws on damage. @returns where the unpacked bytes end
 */
function unpackInto(packed: Uint8Array, content: Uint8Array, start: number): number {
  let at = 0;
  let filled = start;
  const longer = (length: number): number => {
    let sum = length;
    if (length !== 15) return sum;
    for (;;) {
      const byte = packed[at++];
      if (byte === undefined) throw new Error('it ends early');
      sum += byte;
      if (byte !== 255) return sum;
    }
  };
  while (at < packed.length) {
    const token = packed[at++];
    const literals = longer(token >> 4);
    if (at + literals > packed.length || filled + literals > content.length) throw new Error('it ends early');
    if (literals <= 16) for (let i = 0; i < literals; i++) content[filled + i] = packed[at + i];
    else content.set(packed.subarray(at, at + literals), filled);
    at += literals;
    filled += literals;
    if (at >= packed.length) break;
    const offset = packed[at] | (packed[at + 1] << 8);
    at += 2;
    const length = longer(token & 15) + 4;
    if (at > packed.length || offset === 0 || offset > filled || filled + length > content.length) throw new Error('a copy in it reaches outside');
    copyWithin(content, filled, offset, length);
    filled += length;
  }
  return filled;
}

function checkInflation(packed: Uint8Array, bytes: number): void {
  if (bytes > packed.length * mostInflation) throw new Error(`${packed.length} bytes cannot hold ${bytes}`);
}

/** One block, as Parquet's LZ4_RAW. Throws when it does not come out at exactly `bytes`. */
export function unpackLz4Block(packed: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  checkInflation(packed, bytes);
  const content = new Uint8Array(bytes);
  const filled = unpackInto(packed, content, 0);
  if (filled !== bytes) throw new Error(`it ends after ${filled} of ${bytes} bytes`);
  return content;
}

/** Blocks with their lengths before them, as Hadoop and Parquet's deprecated LZ4; some writers left the lengths out. */
export function unpackLz4Hadoop(packed: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  checkInflation(packed, bytes);
  const content = new Uint8Array(bytes);
  let filled = 0;
  let at = 0;
  while (at + 8 <= packed.length) {
    const unpackedBytes = view.getUint32(at);
    const end = at + 8 + view.getUint32(at + 4);
    if (end > packed.length || filled + unpackedBytes > bytes) break;
    const block = content.subarray(filled, filled + unpackedBytes);
    if (unpackInto(packed.subarray(at + 8, end), block, 0) !== unpackedBytes) break;
    filled += unpackedBytes;
    at = end;
  }
  return at === packed.length && filled === bytes ? content : unpackLz4Block(packed, bytes);
}

/** A frame (doc/lz4_Frame_format.md), as Arrow writes it. Throws when it does not come out at exactly `bytes`. */
export function unpackLz4Frame(packed: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.length < 7 || view.getUint32(0, true) !== frameMagic) throw new Error('it is no LZ4 frame');
  const flags = view.getUint8(4);
  if (flags >> 6 !== 1) throw new Error('its LZ4 version is unknown');
  const hasBlockSums = (flags & 0x10) !== 0;
  // Descriptor, then content size and dictionary where there are any, then a byte of checksum.
  let at = 6 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1;
  checkInflation(packed, bytes);
  const content = new Uint8Array(bytes);
  let filled = 0;
  for (;;) {
    if (at + 4 > packed.length) throw new Error('its end is missing');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const length = word & 0x7fffffff;
    if (at + length > packed.length) throw new Error('it ends early');
    const block = packed.subarray(at, at + length);
    if (word >>> 31 === 0) filled = unpackInto(block, content, filled);
    else if (filled + length > bytes) throw new Error('it holds more than it says');
    else {
      content.set(block, filled);
      filled += length;
    }
    at += length + (hasBlockSums ? 4 : 0);
  }
  if (filled !== bytes) throw new Error(`it ends after ${filled} of ${bytes} bytes`);
  return content;
}
