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

export function heldValues(maximumBytes = heldBytes): HeldValues {
  return new Recent(maximumBytes, ({ byteLength }) => byteLength);
}

/** Where a layer lies in the file of a kept trace. */
export interface StoredPlaces {
  readonly file: string;
  readonly kind: 'counts' | 'shares';
  readonly readNow: ReadNow;
  readonly values: Place;
  readonly means: Place;
}

/** Where a layer's values are read from when they are not held. Values are the caller's, or views that must not be changed. */
export interface LayerSource {
  /** Whether rows can be read without reading, and checking, the whole layer before. */
  readonly checked: boolean;
  whole(): TraceLayer['values'];
  /** Rows `from` (in) to `to` (out). */
  rows(from: number, to: number): TraceLayer['values'];
  means?(): Float32Array;
}

/** A layer that is not all in memory. Its values are read when they are asked for, and held while there is room. */
export class StoredLayer implements TraceLayer {
  readonly name: string;
  readonly experts: number;
  readonly #held: HeldValues;
  #inMemory: TraceLayer['values'] | null = null;
  #source: LayerSource | null = null;

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

  static from({ name, experts }: Pick<TraceLayer, 'name' | 'experts'>, source: LayerSource, held: HeldValues): StoredLayer {
    const layer = new StoredLayer(name, experts, held);
    layer.#source = source;
    return layer;
  }

  /** Lets go of the values where they were: from now on they are read from the kept file. */
  moveTo(places: StoredPlaces): void {
    this.#source = new KeptValues(places, this.experts);
    this.#inMemory = null;
  }

  /** The same layer with its rows in another order. */
  reordered(order: Uint32Array): StoredLayer {
    const layer = new StoredLayer(this.name, this.experts, this.#held);
    layer.#source = new ReorderedValues(this, order);
    return layer;
  }

  /** Throws `bad-input` when the file is gone, or holds other values than were kept. */
  get values(): TraceLayer['values'] {
    if (this.#inMemory) return this.#inMemory;
    const held = this.#held.get(this);
    if (held) return held;
    const read = this.#sourceOrThrow().whole();
    this.#held.put(this, read);
    return read;
  }

  get means(): Float32Array | undefined {
    return this.#source?.means?.();
  }

  /** Rows `from` (in) to `to` (out), without holding the others. */
  rows(from: number, to: number): TraceLayer['values'] {
    const held = this.#inMemory ?? this.#held.get(this) ?? (this.#sourceOrThrow().checked ? undefined : this.values);
    return held ? held.subarray(from * this.experts, to * this.experts) : this.#sourceOrThrow().rows(from, to);
  }

  #sourceOrThrow(): LayerSource {
    if (!this.#source) throw new Error('a layer that is neither in memory nor on the disk');
    return this.#source;
  }
}

/** Values in the file of a kept trace. */
export class KeptValues implements LayerSource {
  checked = false;
  readonly #places: StoredPlaces;
  readonly #experts: number;

  constructor(places: StoredPlaces, experts: number) {
    this.#places = places;
    this.#experts = experts;
  }

  whole(): TraceLayer['values'] {
    const words = this.#read(this.#places.values);
    this.checked = true;
    return this.#places.kind === 'counts' ? words : new Float32Array(words.buffer);
  }

  means(): Float32Array {
    return new Float32Array(this.#read(this.#places.means).buffer);
  }

  rows(from: number, to: number): TraceLayer['values'] {
    const { values, kind, readNow, file } = this.#places;
    const start = values.start + from * this.#experts * 4;
    const bytes = readNow(start, start + (to - from) * this.#experts * 4);
    if (bytes.length < (to - from) * this.#experts * 4) throw damaged(file);
    return kind === 'counts' ? new Uint32Array(bytes.buffer) : new Float32Array(bytes.buffer);
  }

  #read({ start, length, hash }: Place): Uint32Array<ArrayBuffer> {
    const { readNow, file } = this.#places;
    const bytes = readNow(start, start + length * 4);
    if (bytes.length < length * 4) throw damaged(file);
    const words = new Uint32Array(bytes.buffer);
    if (new WordHash().update(words).digest() !== hash) throw damaged(file);
    return words;
  }
}

/** Values of a layer with its rows in another order. */
class ReorderedValues implements LayerSource {
  readonly checked = true;
  readonly #layer: TraceLayer;
  readonly #order: Uint32Array;

  constructor(layer: TraceLayer, order: Uint32Array) {
    this.#layer = layer;
    this.#order = order;
  }

  whole(): TraceLayer['values'] {
    return permuted(this.#layer, this.#order);
  }

  rows(from: number, to: number): TraceLayer['values'] {
    const { experts } = this.#layer;
    const order = this.#order;
    const parts: TraceLayer['values'][] = [];
    // Rows that lie behind each other are read together.
    for (let row = from; row < to;) {
      let end = row + 1;
      while (end < to && order[end] === order[end - 1] + 1) end++;
      parts.push(rowsOf(this.#layer, order[row], order[row] + end - row));
      row = end;
    }
    return joinedValues(parts, (to - from) * experts);
  }
}

/** The same layer with its rows in another order. */
export function reordered(layer: TraceLayer, order: Uint32Array): TraceLayer {
  return layer instanceof StoredLayer ? layer.reordered(order) : { ...layer, values: permuted(layer, order) };
}

function permuted({ values, experts }: TraceLayer, order: Uint32Array): TraceLayer['values'] {
  const result = values instanceof Uint32Array ? new Uint32Array(order.length * experts) : new Float32Array(order.length * experts);
  order.forEach((row, i) => result.set(values.subarray(row * experts, (row + 1) * experts), i * experts));
  return result;
}

/** Values one after the other; counts only when all are. */
export function joinedValues(parts: readonly TraceLayer['values'][], length: number): TraceLayer['values'] {
  const whole = parts.every((part) => part instanceof Uint32Array) ? new Uint32Array(length) : new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
