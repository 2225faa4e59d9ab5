import { rowsAtOnce, rowsOf } from '../kept/stored-layer.ts';
import type { Trace, TraceLayer } from '../trace.ts';

/** Letters that are encoded at once, about. */
const lettersAtOnce = 1 << 20;

/**
 * A trace as a table. Wide (a row a step, a column `layerL_expertE` each, `loss` where it is known) where layers are called by
 * numbers, else long (`step,layer,expert,count`). Shares are written with the nine digits that float32 needs.
 */
export function* csvPieces(trace: Trace): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let text = '';
  for (const line of trace.layers.every(({ name }) => /^\d+$/.test(name)) ? wideLines(trace) : longLines(trace)) {
    text += line;
    if (text.length < lettersAtOnce) continue;
    yield encoder.encode(text);
    text = '';
  }
  yield encoder.encode(text);
}

/** Every row, as the row `from` of a slab of rows that is held of all layers. */
function* rowsOfLayers(layers: Trace['layers'], rows: number): Generator<{ readonly row: number; readonly from: number; readonly held: readonly TraceLayer['values'][] }, void> {
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const end = Math.min(rows, start + rowsAtOnce);
    const held = layers.map((layer) => rowsOf(layer, start, end));
    for (let row = start; row < end; row++) yield { row, from: row - start, held };
  }
}

const written = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(9)));

function* wideLines({ steps, layers, loss }: Trace): Generator<string, void> {
  yield `step,${loss ? 'loss,' : ''}${layers.map(({ name, experts }) => Array.from({ length: experts }, (_, expert) => `layer${name}_expert${expert}`).join()).join()}\n`;
  for (const { row, from, held } of rowsOfLayers(layers, steps.length)) {
    const loads = held.map((values, layer) => Array.from(values.subarray(from * layers[layer].experts, (from + 1) * layers[layer].experts), written).join()).join();
    yield `${steps[row]},${loss ? `${Number.isFinite(loss[row]) ? written(loss[row]) : ''},` : ''}${loads}\n`;
  }
}

function* longLines({ kind, steps, layers }: Trace): Generator<string, void> {
  yield `step,layer,expert,${kind === 'counts' ? 'count' : 'share'}\n`;
  for (const { row, from, held } of rowsOfLayers(layers, steps.length)) {
    for (const [index, { name, experts }] of layers.entries()) {
      const values = held[index];
      const layer = /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
      let lines = '';
      for (let expert = 0; expert < experts; expert++) lines += `${steps[row]},${layer},${expert},${written(values[from * experts + expert])}\n`;
      yield lines;
    }
  }
}
