import { GatecastError } from '../../errors.ts';
import { layerOf } from './columns.ts';
import type { BinnedHistory } from '../info.ts';
import { rowAtStep, type Trace } from '../trace.ts';

/**
 * Means of load shares over blocks of steps, counted back from the origin so that the last one ends right before it.
 * Reads rows before the origin and nothing else. Only whole bins are given, but at least one;
 * a bin without recorded steps repeats the one before it (the first one the last row before it). A row without tokens is uniform.
 * Rejects with `bad-setting` when no step is recorded before the origin.
 * @param grainSteps steps per bin, at least 1
 */
export function binnedHistory(trace: Trace, layer: number, originStep: number, grainSteps: number): BinnedHistory {
  const { values, experts } = layerOf(trace, layer);
  const rows = rowAtStep(trace.steps, originStep);
  if (rows === 0) {
    throw new GatecastError({
      code: 'bad-setting', where: 'origin',
      message: `no step is recorded before the origin ${originStep}`,
      remedy: `choose an origin after step ${trace.steps[0]}`,
    });
  }
  if (!(grainSteps >= 1)) {
    throw new GatecastError({ code: 'bad-setting', where: 'bin', message: `a bin cannot have ${grainSteps} steps`, remedy: 'choose at least 1' });
  }
  const bins = Math.max(1, Math.floor((originStep - trace.steps[0]) / grainSteps));
  const shares = new Float32Array(bins * experts);
  const mean = new Float64Array(experts);
  // What an empty first bin falls back on: the last row before it.
  let row = rowAtStep(trace.steps, originStep - bins * grainSteps);
  addRows(values, experts, Math.max(0, row - 1), Math.max(1, row), mean);
  for (let bin = 0; bin < bins; bin++) {
    const end = Math.min(rows, rowAtStep(trace.steps, originStep - (bins - 1 - bin) * grainSteps));
    if (end > row) {
      mean.fill(0);
      addRows(values, experts, row, end, mean);
    }
    shares.set(mean, bin * experts);
    row = Math.max(row, end);
  }
  return { layer, experts, originStep, grainSteps, bins, shares };
}

/** Adds the mean of the shares of rows `from` (in) to `to` (out). */
function addRows(values: Uint32Array | Float32Array, experts: number, from: number, to: number, into: Float64Array): void {
  const weight = 1 / (to - from);
  for (let row = from; row < to; row++) {
    const start = row * experts;
    let total = 0;
    for (let expert = 0; expert < experts; expert++) total += values[start + expert];
    for (let expert = 0; expert < experts; expert++) {
      into[expert] += weight * (total > 0 ? values[start + expert] / total : 1 / experts);
    }
  }
}
