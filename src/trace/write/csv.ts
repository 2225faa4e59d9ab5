import type { Trace } from '../trace.ts';

/** Rows that are written at once, about. */
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

const written = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(9)));

function* wideLines({ steps, layers, loss }: Trace): Generator<string, void> {
  yield `step,${loss ? 'loss,' : ''}${layers.map(({ name, experts }) => Array.from({ length: experts }, (_, expert) => `layer${name}_expert${expert}`).join()).join()}\n`;
  for (let row = 0; row < steps.length; row++) {
    const loads = layers.map(({ experts, values }) => Array.from(values.subarray(row * experts, (row + 1) * experts), written).join()).join();
    yield `${steps[row]},${loss ? `${Number.isFinite(loss[row]) ? written(loss[row]) : ''},` : ''}${loads}\n`;
  }
}

function* longLines({ kind, steps, layers }: Trace): Generator<string, void> {
  yield `step,layer,expert,${kind === 'counts' ? 'count' : 'share'}\n`;
  for (let row = 0; row < steps.length; row++) {
    for (const { name, experts, values } of layers) {
      const layer = /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
      let lines = '';
      for (let expert = 0; expert < experts; expert++) lines += `${steps[row]},${layer},${expert},${written(values[row * experts + expert])}\n`;
      yield lines;
    }
  }
}
