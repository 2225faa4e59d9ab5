export type Cells = Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Marks a cell of counts that nothing was put in; as a load it would be a layer of four billion tokens a step. */
export const emptyCount = 0xffffffff;

/** A file that takes what does not fit in memory while a trace is read: in a worker on the disk, in a test in memory. */
export interface ScratchFile {
  /**
   * Asks for room. False while the file is being made, and for good where there is no disk: then all stays in memory.
   * @param neededBytes all that will be written, as far as it is known
   * Throws `storage-full` when there is less.
   */
  isReady(neededBytes: number): boolean;
  /** Throws `storage-full` when it cannot be written. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** Fills `into` with the bytes from `at` on, which were written before. */
  read(at: number, into: Uint8Array<ArrayBuffer>): void;
}

/** Cells of some rows and experts of a layer, in memory or in the scratch file. */
export interface CellBlock {
  readonly length: number;
  /** Null while they are in the scratch file alone. */
  cells: Cells | null;
  /** Told before its cells go to the scratch file. */
  readonly onLeave?: (cells: Cells) => void;
}

/** Where a block lies in the scratch file, and what its words were when it was written. */
interface Slot {
  readonly at: number;
  readonly fractional: boolean;
}

/**
 * The cells of all traces that are being read at one opening, held in memory up to a number of bytes: what was taken first
 * goes to the scratch file first. Without such a file all stays in memory.
 */
export class CellStore {
  readonly heldBytes: number;
  readonly #file: ScratchFile | null;
  /** Blocks in memory, the one that was taken first at the front. */
  readonly #held = new Set<CellBlock>();
  readonly #slots = new Map<CellBlock, Slot>();
  #bytes = 0;
  /** Of results that stay in memory. */
  #keptBytes = 0;
  #end = 0;
  /** What is read from the file lies here until the next reading. */
  #spare = new ArrayBuffer(0);
  #expectedBytes = 0;

  /** @param heldBytes that blocks and results take in memory together */
  constructor(file: ScratchFile | null = null, heldBytes = Infinity) {
    this.#file = file;
    this.heldBytes = heldBytes;
  }

  /** Whether a result of so many bytes may stay in memory. It counts as held from then on. */
  keep(bytes: number): boolean {
    if (this.#file && this.#keptBytes + bytes > this.heldBytes) return false;
    this.#keptBytes += bytes;
    return true;
  }

  /** So many bytes are going to be taken: room for them is asked for before anything is written. */
  expect(bytes: number): void {
    this.#expectedBytes += bytes;
    this.#file?.isReady(this.#expectedBytes);
  }

  /** @param fill what is in every cell */
  take(length: number, fractional: boolean, fill: number, onLeave?: (cells: Cells) => void): CellBlock {
    const reused = this.#makeRoom(length * 4);
    const buffer = reused ?? new ArrayBuffer(length * 4);
    const cells = fractional ? new Float32Array(buffer) : new Uint32Array(buffer);
    if (reused || fill !== 0) cells.fill(fill);
    const block: CellBlock = { length, cells, onLeave };
    this.#hold(block);
    return block;
  }

  /** The cells of a block, brought back where they are in the scratch file. */
  touch(block: CellBlock, fractional: boolean): Cells {
    if (block.cells) return block.cells;
    this.#makeRoom(block.length * 4);
    const cells = fractional ? new Float32Array(block.length) : new Uint32Array(block.length);
    this.copy(block, 0, cells);
    block.cells = cells;
    this.#hold(block);
    return cells;
  }

  /** Cells `from` (in) to `to` (out), without bringing the block back. To be used before the next ones are read. */
  read(block: CellBlock, from: number, to: number, fractional: boolean): Cells {
    if (block.cells) return block.cells.subarray(from, to);
    const buffer = this.#spareOf((to - from) * 4);
    const cells = fractional ? new Float32Array(buffer, 0, to - from) : new Uint32Array(buffer, 0, to - from);
    this.copy(block, from, cells);
    return cells;
  }

  /** Copies cells from `from` on, without bringing the block back. Counts become fractions in floats. */
  copy(block: CellBlock, from: number, into: Cells): void {
    if (block.cells) {
      into.set(block.cells.subarray(from, from + into.length));
      return;
    }
    const slot = this.#slots.get(block);
    if (!slot || !this.#file) throw new Error('a block that is neither in memory nor in the scratch file');
    this.#file.read(slot.at + from * 4, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
    if (into instanceof Float32Array && !slot.fractional) toFractions(new Uint32Array(into.buffer, into.byteOffset, into.length));
  }

  /** Gives a block up; its cells are the caller's. */
  release(block: CellBlock): void {
    if (this.#held.delete(block)) this.#bytes -= block.length * 4;
    this.#slots.delete(block);
  }

  /** Writes bytes behind all blocks of the scratch file. @returns where they lie, or null where there is no file yet */
  append(bytes: Uint8Array<ArrayBuffer>): number | null {
    if (!this.#file?.isReady(this.#neededBytes(bytes.length))) return null;
    const at = this.#end;
    this.#end += bytes.length;
    this.#file.write(at, bytes);
    return at;
  }

  /** Words that were appended, to be used before anything else is read. */
  appended(at: number, count: number): Uint32Array<ArrayBuffer> {
    const words = new Uint32Array(this.#spareOf(count * 4), 0, count);
    this.#file?.read(at, new Uint8Array(words.buffer, 0, count * 4));
    return words;
  }

  #spareOf(bytes: number): ArrayBuffer {
    if (this.#spare.byteLength < bytes) this.#spare = new ArrayBuffer(bytes);
    return this.#spare;
  }

  #hold(block: CellBlock): void {
    this.#held.add(block);
    this.#bytes += block.length * 4;
  }

  #neededBytes(more: number): number {
    return Math.max(this.#expectedBytes, this.#end + this.#bytes + more);
  }

  /** Sends blocks to the scratch file until there is room. @returns a buffer of exactly that size, if one became free */
  #makeRoom(bytes: number): ArrayBuffer | null {
    let free: ArrayBuffer | null = null;
    while (this.#keptBytes + this.#bytes + bytes > this.heldBytes) {
      const [oldest] = this.#held;
      if (!oldest?.cells || !this.#file?.isReady(this.#neededBytes(bytes))) break;
      const { buffer } = oldest.cells;
      this.#send(oldest, oldest.cells, this.#file);
      if (buffer.byteLength === bytes) free = buffer;
    }
    return free;
  }

  #send(block: CellBlock, cells: Cells, file: ScratchFile): void {
    block.onLeave?.(cells);
    const fractional = cells instanceof Float32Array;
    const known = this.#slots.get(block);
    const at = known?.at ?? this.#end;
    if (!known) this.#end += block.length * 4;
    file.write(at, new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength));
    this.#slots.set(block, { at, fractional });
    this.#held.delete(block);
    this.#bytes -= block.length * 4;
    block.cells = null;
  }

  /** Sends all blocks to the scratch file, where there is one: the memory is wanted for layers now. */
  sendAll(): void {
    for (const block of this.#held) {
      if (!block.cells || !this.#file?.isReady(this.#neededBytes(0))) return;
      this.#send(block, block.cells, this.#file);
    }
  }
}

/** Turns counts to floats, in place; empty cells become NaN. */
export function toFractions(counts: Uint32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(counts.buffer, counts.byteOffset, counts.length);
  for (let i = 0; i < counts.length; i++) floats[i] = counts[i] === emptyCount ? NaN : counts[i];
  return floats;
}
