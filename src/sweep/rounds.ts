/** Which trials a sweep takes on next, in rounds. No clock and no device: the same answers whatever the machine. */
import { isTrained } from '../forecast/trained.ts';
import { decideHalving } from './halving.ts';
import { rungsOfPlan } from './rungs.ts';
import { samplerOf } from './samplers/index.ts';
import type { Sampler } from './samplers/sampler.ts';
import type { SweepPlan, SweepTrial, Trial } from './types.ts';

/** A trained trial of a round, and the iterations that it is judged after; null: at its end. */
export interface Climb {
  readonly id: number;
  readonly pauseAt: number | null;
}

export interface Round {
  /** Trials that train side by side. */
  readonly climbs: readonly Climb[];
  /** Trials of forecasters that need no training. */
  readonly fits: readonly Trial[];
}

/** What a round may hold. */
export interface Room {
  /** Models that train side by side. */
  readonly models: number;
  /** How many a trained trial has. */
  readonly modelsOf: (trial: Trial) => number;
  /** Whether new trials may begin. */
  readonly inTime: boolean;
}

/** TPE learns from what was judged: with it, rounds begin no more new trials than this. */
const mostBlind = 12;

export class Rounds {
  readonly #plan: Pick<SweepPlan, 'space' | 'sampler' | 'trials' | 'halving' | 'seed'>;
  readonly #trials: SweepTrial[];
  readonly #rungs: readonly number[];
  readonly #sampler: Sampler;
  /** Whether the sampler has nothing more to try. */
  #exhausted = false;

  /**
   * @param trials by id; rounds add new ones, and change states: to running what they hold, to pruned what will not go on
   * @throws GatecastError `bad-setting` for a plan that cannot be run
   */
  constructor(plan: Pick<SweepPlan, 'space' | 'sampler' | 'trials' | 'halving' | 'seed'>, trials: SweepTrial[]) {
    this.#plan = plan;
    this.#trials = trials;
    this.#rungs = rungsOfPlan(plan);
    this.#sampler = samplerOf(plan);
  }

  /** The next one: what was interrupted first, then those that go on, then new trials as long as there is room, time and anything to try. Empty at the end. */
  next(room: Room): Round {
    const { trials: most, sampler } = this.#plan;
    const climbs: Climb[] = [];
    const fits: Trial[] = [];
    let models = 0;
    const take = (trial: SweepTrial): void => {
      this.#trials[trial.id] = { ...trial, state: 'running' };
      if (!isTrained(trial.forecaster)) {
        fits.push(trial);
        return;
      }
      const rung = trial.scores.length;
      climbs.push({ id: trial.id, pauseAt: rung < this.#rungs.length - 1 ? this.#rungs[rung] : null });
      models += room.modelsOf(trial);
    };
    const mayBegin = (): boolean => room.inTime && !this.#exhausted && this.#trials.length < most;
    const goOn = this.#decide(!mayBegin());
    for (const trial of this.#trials) if (trial.state === 'waiting' && trial.scores.length === 0 && models < room.models) take(trial);
    for (const id of goOn) if (models < room.models) take(this.#trials[id]);
    const mostNew = sampler === 'tpe' ? mostBlind : room.models;
    for (let begun = 0; begun < mostNew && models < room.models && mayBegin(); begun++) {
      const next = this.#sampler.next(this.#trials);
      if (!next) {
        this.#exhausted = true;
        // Whoever waited for others to come waits no longer.
        if (climbs.length === 0 && fits.length === 0) return this.next(room);
        break;
      }
      const trial: SweepTrial = { ...next, state: 'waiting', scores: [], byOrigin: [], curve: [], elapsedMs: 0, atMs: 0 };
      this.#trials.push(trial);
      take(trial);
    }
    return { climbs, fits };
  }

  /** Trials that go on to their next rung; those that never will are pruned. */
  #decide(noMore: boolean): readonly number[] {
    const { halving } = this.#plan;
    if (!halving) return [];
    const trained = this.#trials.filter(({ forecaster }) => isTrained(forecaster));
    const { goOn, prune } = decideHalving(trained, { rungs: this.#rungs.length, reduction: halving.reduction, noMore });
    for (const id of prune) this.#trials[id] = { ...this.#trials[id], state: 'pruned' };
    return goOn;
  }
}
