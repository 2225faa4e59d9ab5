import { Recent } from '../../recent.ts';
import type { TraceLayer } from '../trace.ts';

/** Bytes of a file in a buffer of their own, at once: in a worker from the disk, in a test from memory. Fewer at the file's end. */
export type ReadNow = (start: number, end: number) => Uint8Array<ArrayBuffer>;

/** Values of layers that are held in memory of a trace that lies on the disk: twelve layers of 256 experts × 20,000 steps. */
export const heldBytes = 256e6;

/** What of a trace's layers is held in memory. One a trace. */
export type HeldValues = Recent<StoredLayer, TraceLayer['values']>;

export function heldValues(maximumBytes = heldBytes): HeldValues {
  return new Recent(maximumBytes, ({ byteLength }) => byteLength);
}

/** Where a layer's values are read from when they are not held. Values are the caller's, or views that must not be changed. */
export interface LayerSource {
  /** Whether rows can be read without reading, and checking, the whole layer before. */
  readonly checked: boolean;
  /** @param room that the values may be put in, where it has their size */
  whole(room?: ArrayBuffer): TraceLayer['values'];
  /** Rows `from` (in) to `to` (out). */
  rows(from: number, to: number): TraceLayer['values'];
  means?(): Float32Array;
}

/** Memory that layers are read into one after the other. */
export interface LookRoom {
  buffer?: ArrayBuffer;
}

/** A layer that is not all in memory. Its values are read when they are asked for, and held while there is room. */
export class StoredLayer implements TraceLayer {
  readonly name: string;
  readonly experts: number;
  readonly held: HeldValues;
  #inMemory: TraceLayer['values'] | null = null;
  #source: LayerSource | null = null;

  private constructor(name: string, experts: number, held: HeldValues) {
    this.name = name;
    this.experts = experts;
    this.held = held;
  }

  /** One that is in memory until it is moved. */
  static inMemory({ name, experts, values }: TraceLayer, held: HeldValues): StoredLayer {
    const layer = new StoredLayer(name, experts, held);
    layer.#inMemory = values;
    return layer;
  }

  static from({ name, experts }: Pick<TraceLayer, 'name' | 'experts'>, source: LayerSource, held: HeldValues): StoredLayer {
    const layer = new StoredLayer(name, experts, held);
    layer.#source = source;
    return layer;
  }

  /** Lets go of the values where they were: from now on they are read from there. */
  moveTo(source: LayerSource): void {
    this.#source = source;
    this.#inMemory = null;
  }

  /** Throws `bad-input` when the file is gone, or holds other values than were kept. */
  get values(): TraceLayer['values'] {
    const known = this.#inMemory ?? this.held.get(this);
    if (known) return known;
    const read = this.#sourceOrThrow().whole();
    this.held.put(this, read);
    return read;
  }

  /** All values for one look, without holding them: what is read goes into the room, and the next look writes over it. */
  look(room: LookRoom): TraceLayer['values'] {
    const known = this.#inMemory ?? this.held.get(this);
    if (known) return known;
    const read = this.#sourceOrThrow().whole(room.buffer);
    if (read.buffer instanceof ArrayBuffer) room.buffer = read.buffer;
    return read;
  }

  get means(): Float32Array | undefined {
    return this.#source?.means?.();
  }

  /** Rows `from` (in) to `to` (out), without holding the others. */
  rows(from: number, to: number): TraceLayer['values'] {
    const held = this.#inMemory ?? this.held.get(this) ?? (this.#sourceOrThrow().checked ? undefined : this.values);
    return held ? held.subarray(from * this.experts, to * this.experts) : this.#sourceOrThrow().rows(from, to);
  }

  #sourceOrThrow(): LayerSource {
    if (!this.#source) throw new Error('a layer that is neither in memory nor on the disk');
    return this.#source;
  }
}

/** Rows of all layers that are held together where they are taken row by row. */
export const rowsAtOnce = 256;

/** Rows `from` (in) to `to` (out) of a layer. */
export function rowsOf(layer: TraceLayer, from: number, to: number): TraceLayer['values'] {
  return layer instanceof StoredLayer ? layer.rows(from, to) : layer.values.subarray(from * layer.experts, to * layer.experts);
}
