/**
 * The course of a training as numbers that an engine follows by itself, without asking anybody between two blocks of
 * steps. A *phase* is a stretch of steps on one span of samples under one rate schedule; a phase may validate and end early.
 */
import type { DrawOrder } from './draws.ts';
import type { SampleSpan } from './examples.ts';

export type RateSchedule =
  | { readonly kind: 'constant' }
  /** Half a cosine from the full rate to `floor` times the rate (Loshchilov and Hutter 2017) over so many steps of the phase. */
  | { readonly kind: 'cosine'; readonly floor: number; readonly over: number }
  /** A line from the full rate to none over so many steps of the phase. */
  | { readonly kind: 'linear'; readonly over: number }
  /** Times `factor` after `patience` steps without a better validation loss, counted from the last cut. */
  | { readonly kind: 'plateau'; readonly factor: number; readonly patience: number };

/** What the update of the weights depends on; may differ between models that train side by side. */
export interface Update {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** `decoupled`: AdamW (Loshchilov and Hutter 2019). `coupled`: Adam on the loss plus decay / 2 · ‖weights‖². */
  readonly decay: 'decoupled' | 'coupled';
  /** Longest gradient that is used as it is; 0: any. */
  readonly clipNorm: number;
  /** Part of the inputs that is dropped while training, 0 to under 1. */
  readonly inputDropout: number;
  /** Part of the first layer's outputs that the second does not see while training. */
  readonly layerDropout: number;
}

export interface Phase {
  readonly samples: SampleSpan;
  readonly schedule: RateSchedule;
  /** Step that the phase began after, and the one that it ends with at the latest. Rates do not depend on `until`: a search that pauses ends before its schedule does. */
  readonly from: number;
  readonly until: number;
  /** Steps without a better validation loss before the phase ends; null: the phase does not validate. */
  readonly patience: number | null;
}

export interface Drawing {
  readonly order: DrawOrder;
  readonly seed: number;
  readonly batchSize: number;
}

export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

/** 1 − β^step, to full precision for few steps, where a float32 power has none left. */
export function biasCorrection(beta: number, step: number): number {
  return -Math.expm1(step * Math.log(beta));
}

/**
 * Learning rate of a step of a phase.
 * @param step number of the training step, from 1
 * @param scale what plateaus have left of the rate, 1 at first
 */
export function rateOf({ learningRate }: Pick<Update, 'learningRate'>, { schedule, from }: Pick<Phase, 'schedule' | 'from'>, step: number, scale: number): number {
  const passed = step - 1 - from;
  switch (schedule.kind) {
    case 'constant': return learningRate;
    case 'linear': return learningRate * (1 - passed / schedule.over);
    case 'cosine': return learningRate * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + Math.cos(Math.PI * (passed / schedule.over))));
    case 'plateau': return learningRate * scale;
  }
}

/** Where a model stands in its search. */
export interface Search {
  readonly bestLoss: number;
  readonly bestIteration: number;
  /** What plateaus have left of the rate. */
  readonly rateScale: number;
  /** Step of the last cut of the rate. */
  readonly cutAt: number;
}

/** `running`, or why the phase ended. */
export type PhaseEnd = 'running' | 'limit' | 'patience' | 'diverged';

/** After a validation: the search as it stands now, and whether the phase goes on. A loss that is no number ends it. */
export function judge(search: Search, phase: Phase, iteration: number, validation: number): { readonly search: Search; readonly end: PhaseEnd } {
  if (!Number.isFinite(validation)) return { search, end: 'diverged' };
  let next = search;
  if (validation < search.bestLoss) next = { ...search, bestLoss: validation, bestIteration: iteration };
  else if (phase.schedule.kind === 'plateau' && iteration - Math.max(search.bestIteration, search.cutAt) >= phase.schedule.patience) {
    next = { ...search, rateScale: search.rateScale * phase.schedule.factor, cutAt: iteration };
  }
  if (phase.patience !== null && iteration - next.bestIteration >= phase.patience) return { search: next, end: 'patience' };
  return { search: next, end: iteration >= phase.until ? 'limit' : 'running' };
}
