/**
 * Successive halving: all trials train a little, the best of them go on, the best of those again (Jamieson and Talwalkar 2016).
 * Asynchronous (ASHA, Li et al. 2020): a trial goes on as soon as it is among the best of those that its rung has scored so far,
 * so that nothing waits for the slowest. One that went on too early has cost its training; it is not taken back.
 * Where all scores of a rung come at once, this is synchronous halving.
 */
import { GatecastError } from '../errors.ts';
import type { TrialRecord } from './types.ts';

export interface Halving {
  /** Iterations before a trial is first judged, at least 1. */
  readonly grace: number;
  /** One of this many goes on, at least 2; the next rung has this many times the iterations. */
  readonly reduction: number;
  /** Iterations of a trial that goes all the way, at least `grace`. */
  readonly maximum: number;
  /** Rungs before the last one at most; default: as many as fit. */
  readonly rungs?: number;
}

/**
 * Iterations after which trials are scored, ascending: grace · reduction^k, of which the one nearest to `maximum` (by their
 * ratio) becomes `maximum`, the last one. With fewer rungs than would fit, whoever passes the last of them goes all the way.
 * @throws GatecastError `bad-setting`
 */
export function rungsOf({ grace, reduction, maximum, rungs = Infinity }: Halving): readonly number[] {
  check('grace', 'a grace period', grace, 1);
  check('reduction', 'a reduction', reduction, 2);
  check('maximum', 'iterations at most', maximum, grace);
  if (rungs !== Infinity) check('rungs', 'rungs before the last', rungs, 1);
  const last = Math.min(rungs, Math.round(Math.log(maximum / grace) / Math.log(reduction)));
  return Array.from({ length: last + 1 }, (_, rung) => (rung === last ? maximum : grace * reduction ** rung));
}

function check(where: string, what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new GatecastError({ code: 'bad-setting', where, message: `${value} is not possible for ${what}`, remedy: `choose a whole number of at least ${least}` });
}

/** Trials that reach each rung when all come at once: ⌊n / reduction⌋ of n go on, and one at least. */
export function rungCounts(trials: number, rungs: number, reduction: number): readonly number[] {
  const counts: number[] = [];
  for (let count = trials; counts.length < rungs; count = goingOn(count, reduction, true)) counts.push(count);
  return counts;
}

/** Of the scores of a rung, how many are good enough. Until all have come there may be none; then the best one goes on at least. */
function goingOn(scored: number, reduction: number, complete: boolean): number {
  return Math.max(complete ? Math.min(1, scored) : 0, Math.floor(scored / reduction));
}

export interface HalvingDecision {
  /** Trials that wait and train on to their next rung; those of the highest rung first, and the best of a rung first. */
  readonly goOn: readonly number[];
  /** Trials that wait and will not go on, by id. */
  readonly prune: readonly number[];
}

/**
 * What becomes of the trials that wait at a rung. Everything follows from the records, whatever order they came in.
 * A trial counts at each rung that has scored it, also after it went on, was pruned or failed. A score that is no number
 * counts as the worst and never goes on. Equal scores: the earlier trial first.
 * @param records all trials that are trained in rungs. Waiting: not begun, or paused at the rung of its last score.
 *   Running: on its way to the rung after that.
 * @param rungs how many there are; nothing goes on from the last
 * @param noMore whether no further trial will be asked for
 */
export function decideHalving(records: readonly TrialRecord[], { rungs, reduction, noMore }: { readonly rungs: number; readonly reduction: number; readonly noMore: boolean }): HalvingDecision {
  const goOn: number[] = [];
  const prune: number[] = [];
  // Whether every trial that can come to the rung has been scored there.
  let complete = noMore;
  for (let rung = 0; rung < rungs - 1; rung++) {
    if (records.some(({ state, scores }) => scores.length === rung && (state === 'running' || (rung === 0 && state === 'waiting')))) complete = false;
    const scored = records
      .flatMap(({ id, state, scores }) => (scores.length > rung ? [{ id, score: scores[rung].score, waits: state === 'waiting' && scores.length === rung + 1 }] : []))
      .sort(betterFirst);
    const best = scored.slice(0, goingOn(scored.length, reduction, complete)).filter(({ score }) => !Number.isNaN(score));
    const now = best.filter(({ waits }) => waits).map(({ id }) => id);
    goOn.unshift(...now);
    prune.push(...scored.filter(({ id, score, waits }) => waits && (Number.isNaN(score) || (complete && !now.includes(id)))).map(({ id }) => id));
    // They are on their way to the next rung.
    if (now.length > 0) complete = false;
  }
  return { goOn, prune: prune.sort((a, b) => a - b) };
}

function betterFirst(a: { readonly id: number; readonly score: number }, b: { readonly id: number; readonly score: number }): number {
  return Number(Number.isNaN(a.score)) - Number(Number.isNaN(b.score)) || a.score - b.score || a.id - b.id;
}
