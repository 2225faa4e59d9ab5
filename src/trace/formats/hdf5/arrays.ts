/** Arrays of entries of one length, by number: how files written with libver="latest" find the chunks of a dataset. */
import type { Hdf5Cursor, Hdf5File } from './file.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff } from '../../read/slices.ts';

/** Called with each entry that may have been written, its number and its length in bytes. */
type OnEntry = (entry: Hdf5Cursor, index: number, bytes: number) => void;

/** The array of a dataset of a fixed shape. At most `most` entries are read. */
export async function fixedArray(file: Hdf5File, address: number, most: number, onEntry: OnEntry): Promise<void> {
  const header = await file.checked(address, 24);
  header.signature('FAHD');
  header.skip(2);
  const [entryBytes, pageBits, count] = [header.u8(), header.u8(), header.u64()];
  const block = header.address();
  if (block === null) return;
  if (count > most) throw tooMany(file, address, most);
  const pageEntries = 2 ** pageBits;
  const pages = count > pageEntries ? Math.ceil(count / pageEntries) : 0;
  const bitBytes = Math.ceil(pages / 8);
  const prefixBytes = 14 + bitBytes;
  const start = await file.checked(block, prefixBytes + (pages === 0 ? count * entryBytes : 0));
  start.signature('FADB');
  start.skip(10);
  const written = start.bytes(bitBytes);
  if (pages === 0) entries(start, 0, count, entryBytes, onEntry);
  for (let page = 0, at = block + prefixBytes + 4; page < pages; page++) {
    const first = page * pageEntries;
    const inPage = Math.min(pageEntries, count - first);
    if (isSet(written, page)) entries(await file.checked(at, inPage * entryBytes), first, inPage, entryBytes, onEntry);
    at += inPage * entryBytes + 4;
  }
}

/** Super blocks beyond this would number more entries than a file has bytes. */
const mostBits = 52;

/** The array of a dataset that grows along one axis. At most `most` entries are read. */
export async function extensibleArray(file: Hdf5File, address: number, most: number, onEntry: OnEntry): Promise<void> {
  const header = await file.checked(address, 68);
  header.signature('EAHD');
  header.skip(2);
  const [entryBytes, bits, inIndexBlock, firstEntries, firstPointers, pageBits] = Array.from({ length: 6 }, () => header.u8());
  header.skip(32);
  const count = header.u64();
  header.skip(8);
  const block = header.address();
  if (block === null) return;
  const wrong = (what: string): Error => badInput(file.name, `an array in it ${what}`, cutOff, `${file.name}, byte ${address}`);
  if (!isPowerOfTwo(firstEntries) || !isPowerOfTwo(firstPointers) || bits > mostBits) throw wrong('is of an impossible form');
  if (count > most) throw tooMany(file, address, most);
  const offsetBytes = Math.ceil(bits / 8);
  const pageEntries = 2 ** pageBits;
  const seen = new Set<number>();
  const enter = async (at: number, bytes: number, signature: string): Promise<Hdf5Cursor> => {
    if (seen.has(at)) throw wrong('leads back to itself');
    seen.add(at);
    const cursor = await file.checked(at, bytes);
    cursor.signature(signature);
    cursor.skip(10);
    return cursor;
  };
  /** Data blocks double in size with every second super block. */
  const blocksOf = (superBlock: number): number => 2 ** Math.floor(superBlock / 2);
  const entriesOf = (superBlock: number): number => firstEntries * 2 ** Math.ceil(superBlock / 2);
  const dataBlock = async (at: number, first: number, size: number, written: (page: number) => boolean): Promise<void> => {
    const wanted = Math.min(size, count - first);
    if (size <= pageEntries) {
      const cursor = await enter(at, 14 + offsetBytes + size * entryBytes, 'EADB');
      cursor.skip(offsetBytes);
      entries(cursor, first, wanted, entryBytes, onEntry);
      return;
    }
    const prefixBytes = 14 + offsetBytes;
    await enter(at, prefixBytes, 'EADB');
    for (let page = 0; page * pageEntries < wanted; page++) {
      if (!written(page)) continue;
      const cursor = await file.checked(at + prefixBytes + 4 + page * (pageEntries * entryBytes + 4), pageEntries * entryBytes);
      entries(cursor, first + page * pageEntries, Math.min(pageEntries, wanted - page * pageEntries), entryBytes, onEntry);
    }
  };

  const superBlocks = 1 + bits - Math.log2(firstEntries);
  const inline = 2 * Math.log2(firstPointers);
  const pointers = 2 * (firstPointers - 1);
  const index = await enter(block, 14 + inIndexBlock * entryBytes + 8 * (pointers + Math.max(0, superBlocks - inline)), 'EAIB');
  entries(index, 0, Math.min(inIndexBlock, count), entryBytes, onEntry);
  index.at = 14 + inIndexBlock * entryBytes;
  let first = inIndexBlock;
  // The index block points to the data blocks of the first super blocks by itself.
  for (let superBlock = 0; superBlock < superBlocks && first < count; superBlock++) {
    const [blocks, size] = [blocksOf(superBlock), entriesOf(superBlock)];
    if (superBlock < inline) {
      for (let i = 0; i < blocks; i++, first += size) {
        const at = index.address();
        if (at !== null && first < count) await dataBlock(at, first, size, () => true);
      }
      continue;
    }
    const at = index.address();
    if (at === null) {
      first += blocks * size;
      continue;
    }
    const pages = size > pageEntries ? size / pageEntries : 0;
    const bitBytes = Math.ceil(pages / 8);
    const cursor = await enter(at, 14 + offsetBytes + blocks * (bitBytes + 8), 'EASB');
    cursor.skip(offsetBytes);
    const written = cursor.bytes(blocks * bitBytes);
    for (let i = 0; i < blocks; i++, first += size) {
      const data = cursor.address();
      if (data !== null && first < count) await dataBlock(data, first, size, (page) => isSet(written, i * pages + page));
    }
  }
}

function entries(cursor: Hdf5Cursor, first: number, count: number, entryBytes: number, onEntry: OnEntry): void {
  for (let i = 0; i < count; i++) onEntry(cursor.part(entryBytes), first + i, entryBytes);
}

/** Bits are numbered from the highest of the first byte. */
function isSet(bits: Uint8Array, index: number): boolean {
  return (bits[index >> 3] & (128 >> (index & 7))) !== 0;
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

function tooMany(file: Hdf5File, address: number, most: number): Error {
  return badInput(file.name, `an array in it has more than ${most} entries`, 'save it with larger chunks', `${file.name}, byte ${address}`);
}
