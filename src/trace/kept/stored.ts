/**
 * The project's own file of a trace, for the origin-private file system: a head of 16 bytes, the arrays as they are in memory
 * (little-endian, layer after layer), what is small first, and a description in JSON at the end. The head is written last,
 * so that a file without it is unfinished. Every array has a hash, so that a layer is read and checked by itself.
 */
import { throwIfAborted } from '../../errors.ts';
import { breathe } from '../../breathe.ts';
import type { WorkOptions } from '../../progress.ts';
import { blockMeans, blocksOf } from './block-means.ts';
import { ByteMeter } from '../read/chunks.ts';
import { bytesOfValues } from '../describe.ts';
import { WordHash } from '../fingerprint.ts';
import { KeptValues, damaged } from './kept-values.ts';
import { knownLateSums, lateSums } from '../layer-totals.ts';
import type { ReadResult } from '../read/reader.ts';
import { knownTotals, rowTotals } from '../shares.ts';
import { StoredLayer, heldBytes, heldValues, type LookRoom, type ReadNow } from './stored-layer.ts';
import type { Trace, TraceLayer } from '../trace.ts';

const magic = new TextEncoder().encode('GATECST2');
const headBytes = 16;
const longestDescription = 16 << 20;

export interface StoredDescription {
  readonly name: string;
  readonly format: string;
  readonly fingerprint: string;
  readonly kind: Trace['kind'];
  readonly rows: number;
  readonly hasLoss: boolean;
  readonly notes: readonly string[];
  readonly repeatedSteps: number;
  /** Of steps, row sums, late sums and losses, one after the other. */
  readonly smallHash: string;
  readonly layers: readonly { readonly name: string; readonly experts: number; readonly valuesHash: string; readonly meansHash: string }[];
}

/** A part of the file and where it goes. The last one is the head: what came before must be on disk before it. */
export interface StoredPart {
  readonly at: number;
  readonly bytes: Uint8Array;
}

type Layout = Pick<StoredDescription, 'rows' | 'hasLoss'> & { readonly layers: readonly Pick<TraceLayer, 'experts'>[] };

/** Lengths of what is read when the trace is opened, in 32-bit words. */
function smallWords({ rows, hasLoss, layers }: Layout): number {
  return 2 * rows + layers.reduce((sum, { experts }) => sum + 2 * rows + 2 * experts, 0) + (hasLoss ? rows : 0);
}

/** Where values and means of each layer begin, and where all arrays end, bytes. */
function placesOf(layout: Layout): { readonly values: readonly number[]; readonly means: readonly number[]; readonly end: number } {
  let at = headBytes + smallWords(layout) * 4;
  const next = (count: number) => ({ experts }: Pick<TraceLayer, 'experts'>): number => {
    const start = at;
    at += count * experts * 4;
    return start;
  };
  const values = layout.layers.map(next(layout.rows));
  const means = layout.layers.map(next(blocksOf(layout.rows)));
  return { values, means, end: at };
}

const noHash = '0'.repeat(32);

function describe({ trace, notes, repeatedSteps }: ReadResult): StoredDescription {
  const { name, format, fingerprint, kind } = trace;
  return {
    name, format, fingerprint, kind, notes,
    rows: trace.steps.length,
    hasLoss: trace.loss !== undefined,
    repeatedSteps: repeatedSteps ?? 0,
    smallHash: noHash,
    layers: trace.layers.map((layer) => ({ name: layer.name, experts: layer.experts, valuesHash: noHash, meansHash: noHash })),
  };
}

/** Bytes of a trace's file. */
export function storedBytes(result: ReadResult): number {
  const description = describe(result);
  return placesOf(description).end + encoded(description).length;
}

/** The parts of a trace's file, in the order in which they must be written, each before the next is asked for: those of values are views, not copies. */
export function* storedParts(result: ReadResult): Generator<StoredPart, void> {
  const { steps, layers, loss } = result.trace;
  const description = describe(result);
  const places = placesOf(description);
  const small = [steps, ...layers.map(rowTotals), ...layers.map(lateSums), ...(loss ? [loss] : [])];
  const smallHash = new WordHash();
  let at = headBytes;
  for (const array of small) {
    smallHash.update(wordsOf(array));
    yield { at, bytes: bytesOf(array) };
    at += array.byteLength;
  }
  const hashes = [];
  const room: LookRoom = {};
  for (const [index, layer] of layers.entries()) {
    const values = layer instanceof StoredLayer ? layer.look(room) : layer.values;
    const read = { name: layer.name, experts: layer.experts, values };
    knownTotals(read, rowTotals(layer));
    const means = blockMeans(read);
    yield { at: places.values[index], bytes: bytesOf(values) };
    yield { at: places.means[index], bytes: bytesOf(means) };
    hashes.push({ name: layer.name, experts: layer.experts, valuesHash: hashOf(values), meansHash: hashOf(means) });
  }
  const text = encoded({ ...description, smallHash: smallHash.digest(), layers: hashes });
  yield { at: places.end, bytes: text };
  const head = new Uint8Array(headBytes);
  head.set(magic);
  new DataView(head.buffer).setUint32(8, text.length, true);
  yield { at: 0, bytes: head };
}

function encoded(description: StoredDescription): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(description));
}

type Numbers = Float64Array | Float32Array | Uint32Array;

function bytesOf(array: Numbers): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function wordsOf(array: Numbers): Uint32Array {
  return new Uint32Array(array.buffer, array.byteOffset, array.byteLength / 4);
}

function hashOf(array: Numbers): string {
  return new WordHash().update(wordsOf(array)).digest();
}

/** What a stored file is about; null when it is unfinished, cut or none of ours. */
export function storedDescription(readNow: ReadNow, byteLength: number): StoredDescription | null {
  const head = readNow(0, headBytes);
  if (head.length < headBytes || magic.some((byte, i) => head[i] !== byte)) return null;
  const length = new DataView(head.buffer, head.byteOffset).getUint32(8, true);
  if (length > longestDescription || length > byteLength) return null;
  try {
    const description = JSON.parse(new TextDecoder().decode(readNow(byteLength - length, byteLength))) as StoredDescription;
    return placesOf(description).end + length === byteLength ? description : null;
  } catch {
    // A damaged description is as good as none.
    return null;
  }
}

/** The values of the layers of a stored file. */
export function keptValues(description: StoredDescription, readNow: ReadNow): readonly KeptValues[] {
  const { kind, name, rows } = description;
  const places = placesOf(description);
  return description.layers.map(({ experts, valuesHash, meansHash }, i) => new KeptValues({
    file: name, kind, experts, readNow,
    values: { start: places.values[i], length: rows * experts, hash: valuesHash },
    means: { start: places.means[i], length: blocksOf(rows) * experts, hash: meansHash },
  }));
}

/**
 * Opens a stored trace. Layers are read, and checked, when they are asked for; of a trace that fits in memory all at once.
 * Rejects with `bad-input` when something of it is not what was stored.
 */
export async function openStored(readNow: ReadNow, byteLength: number, options: WorkOptions = {}): Promise<ReadResult> {
  const description = storedDescription(readNow, byteLength);
  if (!description) throw damaged('the kept trace');
  const { rows, kind, hasLoss, name, format, fingerprint, notes, repeatedSteps } = description;
  const words = smallWords(description);
  const small = readNow(headBytes, headBytes + words * 4);
  if (small.length < words * 4 || hashOf(new Uint32Array(small.buffer)) !== description.smallHash) throw damaged(name);
  let at = 0;
  const next = <Array>(Type: new (buffer: ArrayBuffer, at: number, length: number) => Array, length: number, width: number): Array => {
    const array = new Type(small.buffer, at, length);
    at += length * width;
    return array;
  };
  const steps = next(Float64Array, rows, 8);
  const held = heldValues();
  const onDisk = keptValues(description, readNow).map((values, i) => StoredLayer.from(description.layers[i], values, held));
  const layers = bytesOfValues({ steps, layers: onDisk }) > heldBytes ? onDisk : await inMemory(onDisk, name, options);
  for (const layer of layers) knownTotals(layer, next(Float64Array, rows, 8));
  for (const layer of layers) knownLateSums(layer, next(Float64Array, layer.experts, 8));
  const loss = hasLoss ? next(Float32Array, rows, 4) : undefined;
  return { trace: { name, format, fingerprint, kind, steps, layers, loss }, questions: [], notes, repeatedSteps };
}

async function inMemory(stored: readonly StoredLayer[], file: string, { signal, onProgress }: WorkOptions): Promise<readonly TraceLayer[]> {
  const meter = new ByteMeter(`reading ${file}`, undefined, onProgress);
  const layers: TraceLayer[] = [];
  for (const { name, experts, values } of stored) {
    layers.push({ name, experts, values });
    meter.add(values.byteLength);
    await breathe();
    throwIfAborted(signal);
  }
  return layers;
}
