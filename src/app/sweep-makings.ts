import type { DeviceInfo } from '../../workers/contract.ts';
import { mostMakings, mostVariantLength, type SweepMaking } from '../notebook/kinds/sweep-making.ts';
import type { RungScore, SweepState } from '../sweep/types.ts';

/** Notes what makes each score of a sweep: which version, on which device, from when on. */
export class SweepMakings {
  readonly #list: SweepMaking[];
  /** Of each trial, with what made them. */
  readonly #scores: Map<number, readonly RungScore[]>;
  readonly #version: string;
  readonly #now: () => Date;

  /** @param before of the sweep, where it is taken up again */
  constructor(before: readonly SweepMaking[], { trials, elapsedMs }: SweepState, version: string, now: () => Date) {
    this.#list = [...before];
    this.#scores = new Map(trials.map(({ id, scores }) => [id, scores]));
    this.#version = version.slice(0, 40);
    this.#now = now;
    this.#add({}, elapsedMs);
  }

  /** The last one makes what comes now. */
  get list(): readonly SweepMaking[] {
    return [...this.#list];
  }

  /** What trains from now on, or how it does, now that it has begun. @param elapsedMs time that the sweep has run */
  trainsOn({ backend, engine, adapter, variant }: DeviceInfo, elapsedMs: number): void {
    const last = this.#list[this.#list.length - 1];
    const device = {
      backend, engine, ...(adapter === undefined ? {} : { adapter: adapter.slice(0, 200) }), ...(variant === undefined ? {} : { variant: variant.slice(0, mostVariantLength) }),
    };
    const same = last.backend === backend && last.engine === engine && last.adapter === device.adapter;
    if (same || last.backend === undefined) this.#list[this.#list.length - 1] = { ...last, ...device };
    else this.#add(device, elapsedMs);
  }

  /** The state, with what made each of its scores. */
  marked(state: SweepState): SweepState {
    const making = this.#list.length - 1;
    return {
      ...state,
      trials: state.trials.map((trial) => {
        const known = this.#scores.get(trial.id) ?? [];
        const scores = trial.scores.length > known.length ? [...known, ...trial.scores.slice(known.length).map((score) => ({ ...score, making }))] : known;
        this.#scores.set(trial.id, scores);
        return { ...trial, scores };
      }),
    };
  }

  /** Where no more are kept, the last one stands for what follows. */
  #add(device: Partial<SweepMaking>, elapsedMs: number): void {
    if (this.#list.length < mostMakings) this.#list.push({ version: this.#version, time: this.#now().toISOString(), fromMs: Math.round(elapsedMs), ...device });
  }
}
