import { concatenated, reordered } from './arranged.ts';
import { fingerprint } from '../fingerprint.ts';
import { shown } from '../read/names.ts';
import { knownLateSums, lateSums, wholeOf } from '../layer-totals.ts';
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

/** Sorts the rows by step, keeps the later of two rows of one step, and gives the trace its fingerprint. */
export function finishTrace(parts: TraceParts): ReadResult {
  const { name, format, questions, notes } = parts;
  if (parts.steps.length === 0) throw badInput(name, 'there is no step in it', 'open a file with at least one recorded step');
  if (parts.layers.length === 0) throw badInput(name, 'there is no layer in it', 'open a file with at least one layer');
  const without = parts.layers.find(({ experts }) => experts === 0);
  if (without) throw badInput(name, `layer ${shown(without.name)} has no experts`, 'leave the layer out, or write its loads');
  const order = orderOfRows(parts.steps);
  let { steps, layers, loss } = parts;
  let repeatedSteps = parts.repeatedSteps ?? 0;
  if (order) {
    repeatedSteps += steps.length - order.length;
    layers = layers.map((layer) => reordered(layer, order));
    loss = loss && Float32Array.from(order, (row) => parts.loss?.[row] ?? NaN);
    steps = Float64Array.from(order, (row) => parts.steps[row]);
  }
  let { kind } = parts;
  const whole = kind === 'shares' || parts.namedShares ? wholeOf(layers) : null;
  if (whole !== null && kind === 'counts') {
    kind = 'shares';
    layers = layers.map((layer) => asShares(layer, steps.length));
  }
  const room: LookRoom = {};
  const trace: Trace = { name, format, kind, steps, layers, loss, fingerprint: fingerprint({ kind, steps, layers }, (layer) => summedValues(layer, room)) };
  return { trace, questions, notes, repeatedSteps };
}

function asShares(layer: TraceLayer, rows: number): TraceLayer {
  return concatenated([{ layer, rows }], true, layer instanceof StoredLayer ? layer.held : heldValues());
}

/** The values of a layer. Of one that is read for them, what every picture needs is summed at once. */
function summedValues(layer: TraceLayer, room: LookRoom): TraceLayer['values'] {
  if (!(layer instanceof StoredLayer)) return layer.values;
  const values = layer.look(room);
  const read = { name: layer.name, experts: layer.experts, values };
  knownTotals(layer, rowTotals(read));
  knownLateSums(layer, lateSums(read));
  return values;
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
