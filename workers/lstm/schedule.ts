/**
 * The course of one training. First *searching*: on everything but the end of the history, which validates every few
 * iterations, until `patience` iterations bring nothing better or all are used. Then *finishing*: from the best weights,
 * a few iterations at a falling rate on everything that is resolved, the newest steps included, which hold what matters
 * most. (Load error 1,000 steps ahead on the three traces: 1.32, 4.84, 1.96 % without finishing, 1.32, 4.77, 1.93 % with it.)
 * All follows from the iteration and the best one so far, so a checkpoint names no phase. A search may be told to pause:
 * it ends at a validation as if for good, and goes on from its checkpoint as if it had never paused.
 *
 * Where nothing is held back (the forms on the bank), nothing can say when to stop: all iterations are done, the newest
 * weights are kept, and there is no finishing.
 */
import type { LstmSettings } from '../../src/forecast/lstm.ts';
import type { Phase, RateSchedule, Search, Update } from './course.ts';
import { VALIDATE_EVERY } from './engine.ts';
import type { Examples } from './examples.ts';

/** Iterations of finishing. */
export const FINISHING = 50;
/** What a cosine schedule leaves of the learning rate at its end. */
const COSINE_FLOOR = 0.05;

type Length = Pick<LstmSettings, 'iterations' | 'patience'>;

/** The iteration that searching ends at, if nothing better than the best so far is found. */
export function searchEnd({ iterations, patience }: Length, bestIteration: number): number {
  return Math.min(iterations, nextValidation(bestIteration + patience));
}

/** The iteration that a search validates at next, from `iteration` on. */
export function nextValidation(iteration: number): number {
  return Math.ceil(iteration / VALIDATE_EVERY) * VALIDATE_EVERY;
}

/** Whether the newest steps validate. */
export function holdsBack({ training, all }: Pick<Examples, 'training' | 'all'>): boolean {
  return training.from !== all.from || training.count !== all.count;
}

/** Iterations that a course takes at most; of one that pauses, those up to there. */
export function courseLength({ iterations }: Length, examples: Pick<Examples, 'training' | 'all'>, pauseAt = Infinity): number {
  if (pauseAt < iterations) return pauseAt;
  return iterations + (holdsBack(examples) ? FINISHING : 0);
}

/** What a phase starts from. */
export interface Start {
  readonly phase: Phase;
  readonly fromBest: boolean;
}

/**
 * The phase that goes on after `iteration`; null at the end of the course.
 * @param pauseAt an iteration that validates, at which the search pauses where it is not over by then
 */
export function phaseAfter(
  settings: LstmSettings, examples: Pick<Examples, 'training' | 'all'>, iteration: number, { bestIteration }: Pick<Search, 'bestIteration'>, pauseAt = Infinity,
): Start | 'paused' | null {
  const { iterations, patience } = settings;
  if (!holdsBack(examples)) {
    if (iteration >= iterations) return null;
    if (iteration >= pauseAt) return 'paused';
    return { phase: { samples: examples.all, schedule: searching(settings), from: 0, until: Math.min(iterations, pauseAt), patience: iterations }, fromBest: false };
  }
  const end = searchEnd(settings, bestIteration);
  if (iteration < end) {
    if (iteration >= pauseAt) return 'paused';
    return { phase: { samples: examples.training, schedule: searching(settings), from: 0, until: Math.min(iterations, pauseAt), patience }, fromBest: false };
  }
  if (iteration >= end + FINISHING) return null;
  return {
    phase: { samples: examples.all, schedule: { kind: 'linear', over: FINISHING }, from: end, until: end + FINISHING, patience: null },
    fromBest: iteration === end,
  };
}

function searching({ rateSchedule, patience, iterations }: LstmSettings): RateSchedule {
  switch (rateSchedule) {
    case 'constant': return { kind: 'constant' };
    case 'cosine': return { kind: 'cosine', floor: COSINE_FLOOR, over: iterations };
    // A cut has to show what it brings before the patience with the search is over.
    case 'plateau': return { kind: 'plateau', factor: 0.5, patience: Math.max(VALIDATE_EVERY, Math.round(patience / 3)) };
  }
}

export function updateOf({ learningRate, weightDecay, decay, clipNorm, inputDropout, layerDropout }: LstmSettings): Update {
  return { learningRate, weightDecay, decay, clipNorm, inputDropout, layerDropout };
}
