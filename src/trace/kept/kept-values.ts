import type { GatecastError } from '../../errors.ts';
import { WordHash } from '../fingerprint.ts';
import { badInput } from '../read/problems.ts';
import type { LayerSource, ReadNow } from './stored-layer.ts';
import type { TraceLayer } from '../trace.ts';

/** Where an array of 32-bit numbers lies in a file, and the hash of its words. */
export interface Place {
  readonly start: number;
  readonly length: number;
  readonly hash: string;
}

/** Where a layer lies in the file of a kept trace. */
export interface KeptPlaces {
  readonly file: string;
  readonly kind: 'counts' | 'shares';
  readonly readNow: ReadNow;
  readonly experts: number;
  readonly values: Place;
  readonly means: Place;
}

/** Values in the file of a kept trace. */
export class KeptValues implements LayerSource {
  checked = false;
  readonly #places: KeptPlaces;

  constructor(places: KeptPlaces) {
    this.#places = places;
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
    const { values, kind, experts, readNow, file } = this.#places;
    const start = values.start + from * experts * 4;
    const bytes = readNow(start, start + (to - from) * experts * 4);
    if (bytes.length < (to - from) * experts * 4) throw damaged(file);
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

export function damaged(name: string): GatecastError {
  return badInput(name, 'the copy that this browser kept is damaged', 'open the file again');
}
