import { breather } from '../../breathe.ts';
import type { WorkOptions } from '../../progress.ts';
import { concatenated, reordered } from './arranged.ts';
import { hashOfShape, wordsOf } from '../fingerprint.ts';
import { shown } from '../read/names.ts';
import { knownLateSums, lateSums, totalRange, wholeOf } from '../layer-totals.ts';
import { badInput } from '../read/problems.ts';
import type { MappingQuestion, ReadResult } from '../read/reader.ts';
import { knownTotals, rowTotals } from '../shares.ts';
import { StoredLayer, heldValues, type LookRoom } from '../kept/stored-layer.ts';
import type { Trace, TraceLayer } from '../trace.ts';

/** What a reader has in the end, rows still in the order of the file. */
export interface TraceParts {
  readonly name: string;
  readonly format: string;
  readonly kind: Trace['kind'];
  readonly steps: Float64Array;
  readonly layers: readonly TraceLayer[];
  readonly loss?: Float32Array;
  readonly questions: readonly MappingQuestion[];
  readonly notes: readonly string[];
  /** Steps that were already found to come twice. */
  readonly repeatedSteps?: number;
  /** The name of the loads says that they are shares: whole numbers that sum to 1 or 100 are no counts then. */
  readonly namedShares?: boolean;
}

/**
 * Sorts the rows by step, keeps the later of two rows of one step, and gives the trace its fingerprint. Lets messages in
 * meanwhile: a trace of gigabytes is read from the disk once more. Rejects with `bad-input` and `cancelled`.
 */
export async function finishTrace(parts: TraceParts, options: WorkOptions = {}): Promise<ReadResult> {
  const { name, format, questions, notes } = parts;
  if (parts.steps.length === 0) throw badInput(name, 'there is no step in it', 'open a file with at least one recorded step');
  if (parts.layers.length === 0) throw badInput(name, 'there is no layer in it', 'open a file with at least one layer');
  const without = parts.layers.find(({ experts }) => experts === 0);
  if (without) throw badInput(name, `layer ${shown(without.name)} has no experts`, 'leave the layer out, or write its loads');
  const breath = breather(options.signal);
  const order = orderOfRows(parts.steps);
  let { steps, layers, loss } = parts;
  let repeatedSteps = parts.repeatedSteps ?? 0;
  if (order) {
    repeatedSteps += steps.length - order.length;
    const inOrder: TraceLayer[] = [];
    for (const layer of layers) {
      inOrder.push(reordered(layer, order));
      await breath();
    }
    layers = inOrder;
    loss = loss && Float32Array.from(order, (row) => parts.loss?.[row] ?? NaN);
    steps = Float64Array.from(order, (row) => parts.steps[row]);
  }
  let { kind } = parts;
  if (parts.namedShares && kind === 'counts') {
    for (const layer of layers) {
      totalRange(layer);
      await breath();
    }
    if (wholeOf(layers) !== null) {
      kind = 'shares';
      layers = layers.map((layer) => asShares(layer, steps.length));
    }
  }
  const print = await fingerprintOf({ name, kind, steps, layers }, options);
  return { trace: { name, format, kind, steps, layers, loss, fingerprint: print }, questions, notes, repeatedSteps };
}

/** Loads hashed at once: about 10 ms. */
const pieceLoads = 1 << 21;

/** The trace's fingerprint, with progress where there is more than a moment's work. What descriptions need of each layer is summed on the way, so that it is read once. */
export async function fingerprintOf(trace: Pick<Trace, 'name' | 'kind' | 'steps' | 'layers'>, { signal, onProgress }: WorkOptions): Promise<string> {
  const { name, steps, layers } = trace;
  const breath = breather(signal);
  const total = layers.reduce((sum, { experts }) => sum + steps.length * experts, 0);
  let done = 0;
  const room: LookRoom = {};
  const hash = hashOfShape(trace);
  for (const layer of layers) {
    const values = summedValues(layer, room);
    for (let from = 0; from < values.length; from += pieceLoads) {
      await breath();
      const piece = values.subarray(from, from + pieceLoads);
      hash.update(wordsOf(piece));
      done += piece.length;
      if (total > pieceLoads) onProgress?.({ done, total, unit: 'loads', label: `checking ${name}` });
    }
  }
  return hash.digest();
}

function asShares(layer: TraceLayer, rows: number): TraceLayer {
  return concatenated([{ layer, rows }], true, layer instanceof StoredLayer ? layer.held : heldValues());
}

/** The values of a layer, from which all sums are taken that are kept of it: they are not read for them again. */
function summedValues(layer: TraceLayer, room: LookRoom): TraceLayer['values'] {
  const read = layer instanceof StoredLayer ? { name: layer.name, experts: layer.experts, values: layer.look(room) } : layer;
  knownTotals(layer, rowTotals(read));
  knownLateSums(layer, lateSums(read));
  totalRange(layer);
  return read.values;
}

/**
 * Rows by ascending step, the last one of equal steps; without those whose step is NaN.
 * @returns null when the rows are in that order already
 */
export function orderOfRows(steps: Float64Array): Uint32Array | null {
  let ascending = steps[0] === steps[0];
  for (let row = 1; row < steps.length && ascending; row++) ascending = steps[row] > steps[row - 1];
  if (ascending) return null;
  const rows = Uint32Array.from(steps, (_, row) => row).filter((row) => steps[row] === steps[row]).sort((a, b) => steps[a] - steps[b] || a - b);
  return rows.filter((row, i) => i + 1 === rows.length || steps[rows[i + 1]] !== steps[row]);
}
