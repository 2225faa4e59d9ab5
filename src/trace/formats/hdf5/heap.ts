import type { Hdf5Cursor, Hdf5File } from './file.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff } from '../../read/slices.ts';

/** A block of a heap's objects; `offset` is its place in the heap. */
interface HeapBlock {
  readonly offset: number;
  readonly content: Hdf5Cursor;
  readonly bytes: number;
}

/** A fractal heap: objects of many lengths (links, attributes) found by their IDs. */
export class Hdf5Heap {
  readonly #file: Hdf5File;
  readonly #offsetBytes: number;
  /** By offset. */
  readonly #blocks: readonly HeapBlock[];

  private constructor(file: Hdf5File, offsetBytes: number, blocks: readonly HeapBlock[]) {
    this.#file = file;
    this.#offsetBytes = offsetBytes;
    this.#blocks = blocks;
  }

  /** Reads all blocks of the heap whose header stands at `address`. */
  static async open(file: Hdf5File, address: number): Promise<Hdf5Heap> {
    const header = await file.checked(address, 142);
    header.signature('FRHP');
    header.skip(3);
    const filterBytes = header.u16();
    if (filterBytes > 0) throw badInput(file.name, 'a heap of links in it is packed, which is not read', 'copy it with h5repack', `${file.name}, byte ${address}`);
    const hasChecksums = (header.u8() & 2) !== 0;
    header.skip(4 + 12 * 8);
    const [width, firstBytes, mostDirectBytes, offsetBits] = [header.u16(), header.u64(), header.u64(), header.u16()];
    header.skip(2);
    const root = header.address();
    const rows = header.u16();
    const offsetBytes = Math.ceil(offsetBits / 8);
    const wrong = (what: string): Error => badInput(file.name, `a heap in it ${what}`, cutOff, `${file.name}, byte ${address}`);
    if (offsetBytes < 1 || offsetBytes > 8 || width === 0 || !(firstBytes >= 1) || !(mostDirectBytes >= firstBytes)) throw wrong('is of an impossible form');
    const directRows = Math.round(Math.log2(mostDirectBytes / firstBytes)) + 2;
    const rowBytes = (row: number): number => firstBytes * 2 ** Math.max(0, row - 1);
    const blocks: HeapBlock[] = [];
    const seen = new Set<number>();
    let left = file.length;
    const enter = (at: number, bytes: number): void => {
      left -= bytes;
      if (seen.has(at) || left < 0) throw wrong('leads back to itself');
      seen.add(at);
    };
    const direct = async (at: number, offset: number, bytes: number): Promise<void> => {
      enter(at, bytes);
      const prefix = 13 + offsetBytes;
      const content = hasChecksums ? await file.checkedInside(at, bytes, prefix) : await file.cursor(at, bytes);
      content.signature('FHDB');
      blocks.push({ offset, content, bytes });
    };
    const indirect = async (at: number, offset: number, blockRows: number): Promise<void> => {
      const bytes = 13 + offsetBytes + blockRows * width * 8;
      enter(at, bytes);
      const entries = await file.checked(at, bytes);
      entries.signature('FHIB');
      entries.skip(9 + offsetBytes);
      let inHeap = offset;
      for (let row = 0; row < blockRows; row++) {
        for (let column = 0; column < width; column++, inHeap += rowBytes(row)) {
          const child = entries.address();
          if (child === null) continue;
          if (row < directRows) await direct(child, inHeap, rowBytes(row));
          // A block below has the rows that fill the room of its entry.
          else await indirect(child, inHeap, Math.max(0, Math.round(Math.log2(rowBytes(row) / (firstBytes * width))) + 1));
        }
      }
    };
    if (root !== null && rows === 0) await direct(root, 0, firstBytes);
    else if (root !== null) await indirect(root, 0, rows);
    return new Hdf5Heap(file, offsetBytes, blocks);
  }

  /** The object of an ID. */
  object(id: Hdf5Cursor): Hdf5Cursor {
    const kind = (id.u8() >> 4) & 3;
    if (kind !== 0) throw badInput(this.#file.name, 'a name in it is too long to be read', 'give its datasets shorter names');
    const offset = id.uint(this.#offsetBytes);
    const bytes = id.uint(Math.min(8, id.left));
    const block = this.#blocks.findLast((one) => one.offset <= offset);
    if (!block || offset + bytes > block.offset + block.bytes) throw badInput(this.#file.name, `an object lies outside its heap, at ${offset}`, cutOff);
    block.content.at = offset - block.offset;
    return block.content.part(bytes);
  }
}
