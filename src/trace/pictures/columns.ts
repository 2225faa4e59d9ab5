import { GatecastError } from '../../errors.ts';
import type { StepSpan } from './pictures-types.ts';
import { rowAtStep, type Trace, type TraceLayer } from '../trace.ts';

/** Rows `from` (in) to `to` (out). */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** The rows of a span of steps. Rejects with `bad-setting` when no recorded step lies in it. */
export function rowsOfSpan(steps: Float64Array, span: StepSpan): RowSpan {
  const from = rowAtStep(steps, span.fromStep);
  const to = rowAtStep(steps, span.toStep);
  if (!(from < to)) {
    throw new GatecastError({
      code: 'bad-setting',
      where: 'step range',
      message: `no recorded step lies from ${span.fromStep} up to ${span.toStep}`,
      remedy: steps.length > 0 ? `choose a range within ${steps[0]} to ${steps[steps.length - 1]}` : 'open a trace that has steps',
    });
  }
  return { from, to };
}

/**
 * Splits rows into equal groups, one a picture's column.
 * @returns row at which each column starts, and the end: length columns + 1; as many columns as rows at most
 */
export function columnEdges(rows: RowSpan, columns: number): Int32Array {
  if (!(columns >= 1)) {
    throw new GatecastError({ code: 'bad-setting', where: 'columns', message: `a picture cannot have ${columns} columns`, remedy: 'ask for at least 1' });
  }
  const count = rows.to - rows.from;
  const groups = Math.min(Math.floor(columns), count);
  return Int32Array.from({ length: groups + 1 }, (_, column) => rows.from + Math.floor((column * count) / groups));
}

/** First step of each column. */
export function stepsOfColumns(steps: Float64Array, edges: Int32Array): Float64Array {
  return Float64Array.from({ length: edges.length - 1 }, (_, column) => steps[edges[column]]);
}

/** Mean of a series in each column, NaN left out; NaN for a column of NaN alone. */
export function columnMeans(series: ArrayLike<number>, edges: Int32Array, into: Float32Array, offset = 0): void {
  for (let column = 0; column + 1 < edges.length; column++) {
    let sum = 0;
    let count = 0;
    for (let row = edges[column]; row < edges[column + 1]; row++) {
      const value = series[row];
      if (value === value) {
        sum += value;
        count++;
      }
    }
    into[offset + column] = count > 0 ? sum / count : NaN;
  }
}

export function layerOf(trace: Trace, layer: number): TraceLayer {
  const found = trace.layers[layer];
  if (!found) {
    throw new GatecastError({
      code: 'bad-setting',
      where: 'layer',
      message: `there is no layer ${layer}; the trace has ${trace.layers.length}`,
      remedy: `choose a layer from 0 to ${trace.layers.length - 1}`,
    });
  }
  return found;
}

export function checkExperts(experts: readonly number[], available: number): void {
  const wrong = experts.find((expert) => !(Number.isInteger(expert) && expert >= 0 && expert < available));
  if (wrong === undefined) return;
  throw new GatecastError({
    code: 'bad-setting',
    where: 'experts',
    message: `there is no expert ${wrong}; the layer has ${available}`,
    remedy: `choose experts from 0 to ${available - 1}`,
  });
}
