import type { GatecastError } from '../errors.ts';
import { Recent } from '../recent.ts';
import { WordHash } from './fingerprint.ts';
import { badInput } from './problems.ts';
import type { TraceLayer } from './trace.ts';

/** Bytes of a file in a buffer of their own, at once: in a worker from the disk, in a test from memory. Fewer at the file's end. */
export type ReadNow = (start: number, end: number) => Uint8Array<ArrayBuffer>;

/** Values of layers that are held in memory of a trace that lies on the disk: twelve layers of 256 experts × 20,000 steps. */
export const heldBytes = 256e6;

/** Where an array of 32-bit numbers lies in a file, and the hash of its words. */
export interface Place {
  readonly start: number;
  readonly length: number;
  readonly hash: string;
}

/** What of a trace's layers is held in memory. One a trace. */
export type HeldValues = Recent<StoredLayer, TraceLayer['values']>;

export function heldValues(): HeldValues {
  return new Recent(heldBytes, ({ byteLength }) => byteLength);
}

export interface StoredPlaces {
  readonly file: string;
  readonly kind: 'counts' | 'shares';
  readonly readNow: ReadNow;
  readonly values: Place;
  readonly means: Place;
}

/** A layer that lies on the disk, or will once it is kept. Its values are read when they are asked for, and held while there is room. */
export class StoredLayer implements TraceLayer {
  readonly name: string;
  readonly experts: number;
  readonly #held: HeldValues;
  #inMemory: TraceLayer['values'] | null = null;
  #places: StoredPlaces | null = null;
  #checked = false;

  private constructor(name: string, experts: number, held: HeldValues) {
    this.name = name;
    this.experts = experts;
    this.#held = held;
  }

  /** One that is in memory until it is moved. */
  static inMemory({ name, experts, values }: TraceLayer, held: HeldValues): StoredLayer {
    const layer = new StoredLayer(name, experts, held);
    layer.#inMemory = values;
    return layer;
  }

  static onDisk({ name, experts }: Pick<TraceLayer, 'name' | 'experts'>, places: StoredPlaces, held: HeldValues): StoredLayer {
    const layer = new StoredLayer(name, experts, held);
    layer.#places = places;
    return layer;
  }

  /** Lets go of the values in memory: from now on they are read from the disk. */
  moveTo(places: StoredPlaces): void {
    this.#places = places;
    this.#inMemory = null;
  }

  /** Rejects with `bad-input` when the file is gone, or holds other values than were kept. */
  get values(): TraceLayer['values'] {
    if (this.#inMemory) return this.#inMemory;
    const held = this.#held.get(this);
    if (held) return held;
    const { values, kind } = this.#placesOrThrow();
    const words = this.#read(values);
    const read = kind === 'counts' ? words : new Float32Array(words.buffer);
    this.#held.put(this, read);
    this.#checked = true;
    return read;
  }

  get means(): Float32Array | undefined {
    return this.#places ? new Float32Array(this.#read(this.#places.means).buffer) : undefined;
  }

  /** Rows `from` (in) to `to` (out), without holding the others. */
  rows(from: number, to: number): TraceLayer['values'] {
    const held = this.#inMemory ?? this.#held.get(this) ?? (this.#checked ? undefined : this.values);
    if (held) return held.subarray(from * this.experts, to * this.experts);
    const { values, kind, readNow, file } = this.#placesOrThrow();
    const start = values.start + from * this.experts * 4;
    const bytes = readNow(start, start + (to - from) * this.experts * 4);
    if (bytes.length < (to - from) * this.experts * 4) throw damaged(file);
    return kind === 'counts' ? new Uint32Array(bytes.buffer) : new Float32Array(bytes.buffer);
  }

  #read({ start, length, hash }: Place): Uint32Array<ArrayBuffer> {
    const { readNow, file } = this.#placesOrThrow();
    const bytes = readNow(start, start + length * 4);
    if (bytes.length < length * 4) throw damaged(file);
    const words = new Uint32Array(bytes.buffer);
    if (new WordHash().update(words).digest() !== hash) throw damaged(file);
    return words;
  }

  #placesOrThrow(): StoredPlaces {
    if (!this.#places) throw new Error('a layer that is neither in memory nor on the disk');
    return this.#places;
  }
}

/** Rows of all layers that are held together where they are taken row by row. */
export const rowsAtOnce = 256;

/** Rows `from` (in) to `to` (out) of a layer. */
export function rowsOf(layer: TraceLayer, from: number, to: number): TraceLayer['values'] {
  return layer instanceof StoredLayer ? layer.rows(from, to) : layer.values.subarray(from * layer.experts, to * layer.experts);
}

export function damaged(name: string): GatecastError {
  return badInput(name, 'the copy that this browser kept is damaged', 'open the file again');
}
