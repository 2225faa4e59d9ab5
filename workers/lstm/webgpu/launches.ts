/** Which models train in one launch: those that the same kernels serve, as many as the bindings of the device hold. */
import { GatecastError } from '../../../src/errors.ts';
import type { Entry } from '../engine.ts';
import type { Examples } from '../examples.ts';
import { networkKey } from '../network.ts';
import { wordsOf } from './data.ts';
import type { DeviceLimits, Launching } from './plan.ts';
import { shapeOf } from './shape.ts';

export interface LaunchPlan {
  readonly launching: Launching;
  /** Places among the session's entries. */
  readonly models: readonly number[];
}

/** @throws GatecastError `bad-setting` when a model's examples are larger than the GPU binds at once */
export function planLaunches(entries: readonly Entry[], { maxStorageBufferBindingSize: most }: Pick<DeviceLimits, 'maxStorageBufferBindingSize'>): readonly LaunchPlan[] {
  const plans: { key: string; launching: Launching; models: number[]; examples: Set<Examples>; words: number }[] = [];
  entries.forEach((entry, model) => {
    const { network, examples, drawing: { batchSize }, update } = entry;
    const normed = examples.norms !== null;
    const dropping = update.inputDropout > 0 || (network.layers > 1 && update.layerDropout > 0);
    const key = JSON.stringify([networkKey(network), batchSize, normed, dropping]);
    const words = wordsOf(examples);
    if (words * 4 > most) {
      throw new GatecastError({
        code: 'bad-setting', where: 'layers',
        message: `the history that a model learns from takes ${Math.round(words / 250_000).toLocaleString('en')} MB, and this GPU reads ${Math.round(most / 1e6).toLocaleString('en')} MB at once`,
        remedy: 'choose larger bins, fewer layers, or the CPU',
      });
    }
    const shape = shapeOf(network);
    // The moments are the largest of what a launch holds of every model.
    const room = (plan: (typeof plans)[number]): boolean => (plan.models.length + 1) * shape.quads * 32 <= most
      && (plan.words + (plan.examples.has(examples) ? 0 : words)) * 4 <= most;
    let plan = plans.find((one) => one.key === key && room(one));
    if (!plan) {
      plan = { key, launching: { shape, batchSize, models: 0, normed, dropping, validations: 1, parts: 1 }, models: [], examples: new Set(), words: 0 };
      plans.push(plan);
    }
    plan.models.push(model);
    if (!plan.examples.has(examples)) plan.words += words;
    plan.examples.add(examples);
  });
  return plans.map(({ launching, models, examples }) => {
    const most = (count: (one: Examples) => number): number => Math.max(1, ...[...examples].map(count));
    const validations = 2 ** Math.ceil(Math.log2(most(({ validation }) => validation.length)));
    return { launching: { ...launching, models: models.length, validations, parts: most(({ parts }) => parts.length) }, models };
  });
}
