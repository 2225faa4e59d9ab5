/** Which way to cut a launch is fastest: tried once a shape and card, and remembered. */
import type { Task } from './wgsl/piece.ts';
import { variantName } from './variant.ts';

/** Remembers the name of the fastest variant; what it cannot keep is measured again. */
export interface TuningMemory {
  read(key: string): Promise<string | undefined>;
  write(key: string, variant: string): Promise<void>;
}

export interface Tuner {
  /** @param measure time of a training step, ms; rejects where a variant does not run */
  choose(tasks: readonly Task[], measure: (task: Task) => Promise<number>): Promise<Task>;
}

/** Candidates that are measured: the first ones are the likely ones. */
const MOST_TRIED = 4;

/** Equal for launches that the same variant suits: counts of models by powers of two. */
function launchKey({ shape, batchSize, normed, dropping }: Task, models: number): string {
  return JSON.stringify([shape.key, batchSize, 2 ** Math.round(Math.log2(models)), normed, dropping]);
}

/** @param card name of the adapter, and what else the choice depends on */
export function createTuner(card: string, memory: TuningMemory, onTuned: (variant: string, stepMs: number) => void = () => {}): Tuner {
  return {
    async choose(tasks, measure) {
      const key = `${card} ${launchKey(tasks[0], tasks[0].slots)}`;
      const known = await memory.read(key);
      const remembered = tasks.find((task) => variantName(task.variant) === known);
      if (remembered || tasks.length === 1) return remembered ?? tasks[0];
      let best = tasks[0];
      let bestMs = Infinity;
      for (const task of tasks.slice(0, MOST_TRIED)) {
        const ms = await measure(task).catch(() => Infinity);
        if (ms < bestMs) {
          best = task;
          bestMs = ms;
        }
      }
      if (bestMs < Infinity) {
        onTuned(variantName(best.variant), bestMs);
        await memory.write(key, variantName(best.variant));
      }
      return best;
    },
  };
}
