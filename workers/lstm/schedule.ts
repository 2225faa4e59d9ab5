/**
 * The course of one training. First *searching*: at a constant rate on everything but the end of the history, which
 * validates every few iterations, until `patience` iterations bring nothing better or all are used. Then *finishing*:
 * from the best weights, a few iterations at a falling rate on everything that is resolved, the newest steps included,
 * which hold what matters most. (Load error 1,000 steps ahead on the three traces: 1.32, 4.84, 1.96 % without finishing,
 * 1.32, 4.77, 1.93 % with it.)
 * All follows from the iteration and the best one so far, so a checkpoint needs nothing else.
 */
import type { LstmSettings } from '../../src/forecast/lstm.ts';

/** Iterations between two validations. */
export const VALIDATE_EVERY = 10;
/** Iterations of finishing. */
export const FINISHING = 50;

type Course = Pick<LstmSettings, 'iterations' | 'patience'>;

/** The iteration that searching ends at, if nothing better than the best so far is found. */
export function searchEnd({ iterations, patience }: Course, bestIteration: number): number {
  return Math.min(iterations, Math.ceil((bestIteration + patience) / VALIDATE_EVERY) * VALIDATE_EVERY);
}

/** What comes after `iteration`: how many steps until the next look at the model, and at which rates; null at the end. */
export function nextPiece(
  course: Course & Pick<LstmSettings, 'learningRate'>, iteration: number, bestIteration: number,
): { readonly phase: 'searching' | 'finishing'; readonly learningRates: readonly number[] } | null {
  const end = searchEnd(course, bestIteration);
  if (iteration < end) {
    const length = Math.min(VALIDATE_EVERY - (iteration % VALIDATE_EVERY), end - iteration);
    return { phase: 'searching', learningRates: Array.from({ length }, () => course.learningRate) };
  }
  const done = iteration - end;
  if (done >= FINISHING) return null;
  const length = Math.min(VALIDATE_EVERY, FINISHING - done);
  return { phase: 'finishing', learningRates: Array.from({ length }, (_, i) => course.learningRate * (1 - (done + i) / FINISHING)) };
}
