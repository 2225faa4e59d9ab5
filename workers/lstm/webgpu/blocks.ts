/** Blocks of steps: how long they are, and what the kernels' words about them mean. */
import type { Phase } from '../course.ts';
import { VALIDATE_EVERY, type Advance, type Entry, type Look } from '../engine.ts';
import type { Group } from './group.ts';
import type { Standing } from './jobs.ts';
import { ends, noLoss } from './structs.ts';
import { LOOK_NUMBERS, LOOKS_KEPT } from './wgsl/judge.ts';

/** A block of steps should take about this long, ms: long enough to cost nothing, short enough for a cancel. */
const BLOCK_MS = 100;
/** Looks of a block at most, so that no model's history runs over. */
const MOST_LOOKS = LOOKS_KEPT / 2;
/** A model of a launch. */
export interface Member {
  entry: Entry;
  phase: Phase | null;
  /** As the kernels know it. */
  standing: Standing;
  /** It begins at the next look of the launch: looks are counted from the start of a phase. */
  waits: boolean;
}

export const isRunning = ({ phase, standing }: Member): boolean => (
  phase !== null && standing.ended === 0 && (standing.iteration < phase.until || standing.lossSteps > 0)
);

/**
 * Steps of a block: as many as its time allows, to a look where that is not far.
 * @param since steps since the last look @param left steps that the longest phase has left
 */
export function blockSteps(stepMs: number, since: number, left: number): number {
  // One step tells how long it takes.
  const wanted = stepMs === 0 ? 1 : Math.max(1, Math.round(BLOCK_MS / stepMs));
  const toLook = VALIDATE_EVERY - since;
  const steps = wanted < toLook ? wanted : toLook + VALIDATE_EVERY * Math.min(MOST_LOOKS - 1, Math.floor((wanted - toLook) / VALIDATE_EVERY));
  return Math.max(1, Math.min(steps, left));
}

/** Steps since the last look of models that go on from a checkpoint; 0 where they differ. */
export function sinceLook(members: readonly Member[]): number {
  const [first, ...others] = new Set(members.map(({ phase, standing }) => (standing.iteration - phase!.from) % VALIDATE_EVERY));
  return others.length === 0 ? first : 0;
}

/** Look `n` since the slots were written. @param lines `history` of the slots that were read, of which `slot` is one */
export function lookOf(lines: Float32Array, { task: { parts: width } }: Group, slot: number, n: number, { phase, entry }: Pick<Member, 'phase' | 'entry'>): Look {
  const line = (slot * LOOKS_KEPT + n % LOOKS_KEPT) * (LOOK_NUMBERS + width);
  const validates = phase === null || phase.patience !== null;
  return {
    iteration: lines[line], train: lines[line + 1], validation: validates ? lines[line + 2] : NaN,
    parts: validates ? Array.from(lines.subarray(line + LOOK_NUMBERS, line + LOOK_NUMBERS + entry.examples.parts.length)) : [],
  };
}

export function toAdvance(model: number, { iteration, ended, best, bestAt }: Standing, looks: readonly Look[]): Advance {
  return { model, iteration, end: ends[ended], bestLoss: best >= noLoss ? Infinity : best, bestIteration: bestAt, looks };
}
