import type { WorkOptions } from '../../progress.ts';
import { amount } from '../amount.ts';
import { reordered } from './arranged.ts';
import { finishTrace } from './finish.ts';
import type { ReadResult } from '../read/reader.ts';
import { rowTotals } from '../shares.ts';

/**
 * Leaves out the steps in which no layer has any load, as of a log that writes loads less often than losses, and says so.
 * A step in which some layers have none stays. So does everything where there is no load at all. Rejects as `finishTrace` does.
 */
export async function withoutEmptySteps(result: ReadResult, options: WorkOptions): Promise<ReadResult> {
  const { trace, repeatedSteps } = result;
  const { steps, layers, loss } = trace;
  let empty = Array.from(steps.keys());
  for (const layer of layers) {
    if (empty.length === 0) return result;
    const totals = rowTotals(layer);
    empty = empty.filter((row) => totals[row] === 0);
  }
  const left = empty.length;
  if (left === 0 || left === steps.length) return result;
  const isEmpty = new Set(empty);
  const kept = Uint32Array.from(steps.keys()).filter((row) => !isEmpty.has(row));
  return {
    ...result,
    ...await finishTrace({
      ...trace,
      steps: Float64Array.from(kept, (row) => steps[row]),
      layers: layers.map((layer) => reordered(layer, kept)),
      loss: loss && Float32Array.from(kept, (row) => loss[row]),
      questions: result.questions,
      notes: [...result.notes, `${amount(left, 'step')} without any load in any layer ${left === 1 ? `is left out: step ${steps[empty[0]]}` : `are left out, the first is step ${steps[empty[0]]}`}`],
      repeatedSteps,
    }, options),
  };
}
