import { amount } from '../amount.ts';
import { reordered } from './arranged.ts';
import { finishTrace } from './finish.ts';
import type { ReadResult } from '../read/reader.ts';
import { rowTotals } from '../shares.ts';

/**
 * Leaves out the steps in which no layer has any load, as of a log that writes loads less often than losses, and says so.
 * A step in which some layers have none stays. So does everything where there is no load at all.
 */
export function withoutEmptySteps(result: ReadResult): ReadResult {
  const { trace, repeatedSteps } = result;
  const { steps, layers, loss } = trace;
  const totals = layers.map(rowTotals);
  const kept = Uint32Array.from(steps.keys()).filter((row) => totals.some((total) => total[row] > 0));
  const left = steps.length - kept.length;
  if (left === 0 || kept.length === 0) return result;
  const first = steps.find((_, row) => totals.every((total) => total[row] === 0)) ?? 0;
  return {
    ...result,
    ...finishTrace({
      ...trace,
      steps: Float64Array.from(kept, (row) => steps[row]),
      layers: layers.map((layer) => reordered(layer, kept)),
      loss: loss && Float32Array.from(kept, (row) => loss[row]),
      questions: result.questions,
      notes: [...result.notes, `${amount(left, 'step')} without any load in any layer ${left === 1 ? `is left out: step ${first}` : `are left out, the first is step ${first}`}`],
      repeatedSteps,
    }),
  };
}
