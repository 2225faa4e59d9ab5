import { toFractions, type CellBlock, type CellStore } from './cell-store.ts';

/** Bytes of notes in memory before they are written. */
const heldNotes = 32e6;

/** Notes in the scratch file: pairs of a place and a load. */
interface Chunk {
  readonly at: number;
  readonly bytes: number;
  readonly fractional: boolean;
}

interface Notes {
  readonly chunks: Chunk[];
  places: Uint32Array<ArrayBuffer>;
  loads: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  count: number;
}

/**
 * Loads of blocks that lie in the scratch file already: noted in the order in which they came, to be put in at the end.
 * So a file whose order touches every block again and again is read in a time that grows with its length alone.
 */
export class LateCells {
  readonly #store: CellStore;
  readonly #notes = new Map<CellBlock, Notes>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(store: CellStore) {
    this.#store = store;
    this.#mostBytes = Math.min(heldNotes, store.heldBytes / 4);
  }

  /** @param place of the load in the block, a number of 32 bits */
  note(block: CellBlock, place: number, load: number, fractional: boolean): void {
    let notes = this.#notes.get(block);
    if (!notes) {
      notes = { chunks: [], places: new Uint32Array(0), loads: fractional ? new Float32Array(0) : new Uint32Array(0), count: 0 };
      this.#notes.set(block, notes);
    }
    if (notes.count === notes.places.length) {
      const length = Math.max(16, notes.count * 2);
      if (this.#bytes > this.#mostBytes && this.#write(fractional)) return this.note(block, place, load, fractional);
      this.#bytes += (length - notes.count) * 8;
      const places = new Uint32Array(length);
      const loads = fractional ? new Float32Array(length) : new Uint32Array(length);
      places.set(notes.places);
      loads.set(notes.loads);
      notes.places = places;
      notes.loads = loads;
    }
    notes.places[notes.count] = place;
    notes.loads[notes.count++] = load;
  }

  /** Loads noted so far become floats. */
  becomeFractional(): void {
    for (const notes of this.#notes.values()) if (notes.loads instanceof Uint32Array) notes.loads = toFractions(notes.loads);
  }

  /** Blocks that loads were noted for. */
  get blocks(): IterableIterator<CellBlock> {
    return this.#notes.keys();
  }

  /** What was noted for a block, in its order. */
  forEach(block: CellBlock, use: (place: number, load: number) => void): void {
    const notes = this.#notes.get(block);
    if (!notes) return;
    for (const { at, bytes, fractional } of notes.chunks) {
      const count = bytes / 8;
      const words = this.#store.appended(at, 2 * count);
      const loads = fractional ? new Float32Array(words.buffer, count * 4, count) : words.subarray(count);
      for (let i = 0; i < count; i++) use(words[i], loads[i]);
    }
    for (let i = 0; i < notes.count; i++) use(notes.places[i], notes.loads[i]);
  }

  /** Writes all notes, those of each block together. @returns false where there is no scratch file */
  #write(fractional: boolean): boolean {
    let total = 0;
    for (const { count } of this.#notes.values()) total += count * 8;
    const words = new Uint32Array(total / 4);
    let word = 0;
    const begun: { readonly notes: Notes; readonly word: number }[] = [];
    for (const notes of this.#notes.values()) {
      if (notes.count === 0) continue;
      begun.push({ notes, word });
      words.set(notes.places.subarray(0, notes.count), word);
      words.set(new Uint32Array(notes.loads.buffer, 0, notes.count), word + notes.count);
      word += 2 * notes.count;
    }
    const start = this.#store.append(new Uint8Array(words.buffer));
    if (start === null) return false;
    for (const { notes, word: from } of begun) {
      notes.chunks.push({ at: start + from * 4, bytes: notes.count * 8, fractional });
      notes.places = new Uint32Array(0);
      notes.loads = fractional ? new Float32Array(0) : new Uint32Array(0);
      notes.count = 0;
    }
    this.#bytes = 0;
    return true;
  }
}
