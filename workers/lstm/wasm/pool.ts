/**
 * The CPU's engine on several cores: the models of a session are dealt to *lanes*, workers with an engine each, that
 * share no memory. A model is trained by one lane, alone, so its weights do not depend on how many there are.
 */
import type { GatecastError } from '../../../src/errors.ts';
import { WorkerClient } from '../../client.ts';
import type { Phase } from '../course.ts';
import type { Advance, Engine, Entry, Look, ModelState, Session } from '../engine.ts';
import { createWasmEngine } from './engine.ts';
import type { LaneApi } from './lane-api.ts';

const MOST_LANES = 8;

/** Lanes that this computer can use: of more than two cores one is left to the page. */
function lanesHere(): number {
  const cores = navigator.hardwareConcurrency;
  return Math.min(MOST_LANES, cores > 2 ? cores - 1 : cores);
}

function startLane(): Worker {
  return new Worker(new URL('./lane.worker.ts', import.meta.url), { type: 'module', name: 'gatecast-lane' });
}

/**
 * Models that are alone in their session train in the calling worker itself. Calls reject with `worker-died` once a lane
 * of theirs has died. Rejects with `internal` where the browser has no WebAssembly SIMD.
 */
export async function createWasmPool(lanes = lanesHere(), start: () => Worker = startLane): Promise<Engine> {
  const here = await createWasmEngine();
  return {
    variants: here.variants,
    async open(entries) {
      const count = Math.min(lanes, entries.length);
      return count > 1 ? PoolSession.open(entries, count, start) : here.open(entries);
    },
  };
}

/** Where a model trains: which lane, and its place among the lane's models. */
interface Seat {
  readonly lane: number;
  readonly place: number;
}

class PoolSession implements Session {
  readonly #lanes: readonly WorkerClient<LaneApi>[];
  readonly #seats: readonly Seat[];
  /** Models of each lane, in the order of their places. */
  readonly #models: readonly (readonly number[])[];
  /** What was told without waiting for an answer; its failure is the next question's. */
  #told: Promise<unknown>[] = [];
  #dead: GatecastError | null = null;

  private constructor(models: number, lanes: number, start: () => Worker) {
    this.#seats = Array.from({ length: models }, (_, model) => ({ lane: model % lanes, place: Math.floor(model / lanes) }));
    this.#models = Array.from({ length: lanes }, (_, lane) => this.#seats.flatMap((seat, model) => (seat.lane === lane ? [model] : [])));
    this.#lanes = this.#models.map(() => new WorkerClient<LaneApi>(start, (error) => {
      this.#dead ??= error;
    }));
  }

  static async open(entries: readonly Entry[], lanes: number, start: () => Worker): Promise<Session> {
    const session = new PoolSession(entries.length, lanes, start);
    try {
      await Promise.all(session.#models.map((models, lane) => session.#lanes[lane].call('open', { entries: models.map((model) => entries[model]) })));
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  begin(model: number, phase: Phase, fromBest: boolean): void {
    this.#tell(model, (lane, place) => lane.call('begin', { model: place, phase, fromBest }));
  }

  async advance(): Promise<readonly Advance[]> {
    const found = await this.#ask(() => Promise.all(this.#lanes.map((lane) => lane.call('advance', {}))));
    return found
      .flatMap((advances, lane) => advances.map((advance) => ({ ...advance, model: this.#models[lane][advance.model] })))
      .toSorted((a, b) => a.model - b.model);
  }

  state(model: number): Promise<ModelState> {
    return this.#askAbout(model, (lane, place) => lane.call('state', { model: place }));
  }

  look(model: number): Promise<Look> {
    return this.#askAbout(model, (lane, place) => lane.call('look', { model: place }));
  }

  keep(model: number): void {
    this.#tell(model, (lane, place) => lane.call('keep', { model: place }));
  }

  forecast(model: number): Promise<Float32Array> {
    return this.#askAbout(model, (lane, place) => lane.call('forecast', { model: place }));
  }

  close(): void {
    for (const lane of this.#lanes) lane.kill();
  }

  #tell(model: number, call: (lane: WorkerClient<LaneApi>, place: number) => Promise<unknown>): void {
    if (this.#dead) return;
    const { lane, place } = this.#seats[model];
    const told = call(this.#lanes[lane], place);
    told.catch(() => {});
    this.#told.push(told);
  }

  #askAbout<Answer>(model: number, call: (lane: WorkerClient<LaneApi>, place: number) => Promise<Answer>): Promise<Answer> {
    const { lane, place } = this.#seats[model];
    return this.#ask(() => call(this.#lanes[lane], place));
  }

  /** A client would start a new lane for a dead one, and that has no models. */
  async #ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (this.#dead) throw this.#dead;
    const told = this.#told;
    this.#told = [];
    const [answer] = await Promise.all([call(), ...told]);
    return answer;
  }
}
