/** Which way to cut a launch is fastest: tried once a shape and card, and remembered. */
import { relativeError, tolerance } from '../self-check.ts';
import type { Task } from './wgsl/piece.ts';
import { variantName } from './variant.ts';

/** Remembers the name of the fastest variant; what it cannot keep is measured again. */
export interface TuningMemory {
  read(key: string): Promise<string | undefined>;
  write(key: string, variant: string): Promise<void>;
}

/** What came of a variant that was tried. */
export interface Trial {
  readonly stepMs: number;
  /** Of the first model's first step. */
  readonly gradient: Float32Array;
}

export interface Tuner {
  /**
   * @param tasks ways to cut a launch, the likeliest first; at least one exchanges nothing between lanes
   * @param attempt a few steps of a variant; rejects where it does not run
   * @param quick takes the likeliest one that is right, without measuring others: compiling takes longer than a short training
   */
  choose(tasks: readonly Task[], attempt: (task: Task) => Promise<Trial>, quick?: boolean): Promise<Task>;
}

/** Variants that are measured: the first ones are the likely ones. */
const MOST_TRIED = 4;
/** Shapes whose likeliest variant was right before it is taken unseen. */
const PROVEN = 3;

/** Equal for launches that the same variant suits: counts of models by powers of two. */
function launchKey({ shape, batchSize, normed, dropping }: Task, models: number): string {
  return JSON.stringify([shape.key, batchSize, 2 ** Math.round(Math.log2(models)), normed, dropping]);
}

/** Whether a variant relies on which threads are neighbouring lanes, which WebGPU does not promise. */
const usesLanes = ({ variant }: Task): boolean => variant.lanes > 0;

/** @param card name of the adapter, and what else the choice depends on */
export function createTuner(card: string, memory: TuningMemory): Tuner {
  let proven = 0;
  return {
    async choose(tasks, attempt, quick = false) {
      const key = `${card} ${launchKey(tasks[0], tasks[0].slots)}`;
      const known = await memory.read(key);
      const remembered = tasks.find((task) => variantName(task.variant) === known);
      if (remembered) return remembered;
      const plain = tasks.find((task) => !usesLanes(task)) ?? tasks[0];
      if (quick && (!usesLanes(tasks[0]) || proven >= PROVEN)) return tasks[0];
      const right = await attempt(plain).catch(() => null);
      if (quick) {
        const trial = await attempt(tasks[0]).catch(() => null);
        if (!trial || !right || relativeError([trial.gradient], [right.gradient]) > tolerance) return plain;
        proven++;
        return tasks[0];
      }
      let best = plain;
      let bestMs = right?.stepMs ?? Infinity;
      for (const task of tasks.slice(0, MOST_TRIED)) {
        if (task === plain) continue;
        const trial = await attempt(task).catch(() => null);
        if (!trial || trial.stepMs >= bestMs || (right && relativeError([trial.gradient], [right.gradient]) > tolerance)) continue;
        best = task;
        bestMs = trial.stepMs;
      }
      if (bestMs < Infinity) await memory.write(key, variantName(best.variant));
      return best;
    },
  };
}
