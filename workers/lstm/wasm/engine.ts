/**
 * The engine for the CPU: fused LSTM kernels in WebAssembly SIMD, one thread. Each session has a memory of its own, which
 * goes with it.
 */
import type { Phase } from '../course.ts';
import type { Advance, Engine, Entry, Look, ModelState, Session } from '../engine.ts';
import { networkKey, weightCount } from '../network.ts';
import { buildName, compileKernels, FIRST_ADDRESS, instantiate } from './kernels.ts';
import { Arena, layoutOf, type Layout } from './layout.ts';
import { Passes } from './passes.ts';
import { Trainee, type Place, type Room } from './trainee.ts';

/** Time after which no further piece of a block begins, ms. */
const BLOCK_MS = 60;

/** Rejects with `internal` where the browser has no WebAssembly SIMD. */
export async function createWasmEngine(): Promise<Engine> {
  const module = await compileKernels();
  const build = buildName();
  return { open: (entries) => openSession(module, entries), variants: () => (build === undefined ? [] : [build]) };
}

/** Rejects with `out-of-memory` when the browser does not give as much as the models need. */
async function openSession(module: WebAssembly.Module, entries: readonly Entry[]): Promise<Session> {
  const fixed = new Arena(FIRST_ADDRESS);
  const most = Math.max(0, ...entries.map(({ network }) => weightCount(network)));
  const gradient = fixed.take(most);
  const borrowed = fixed.take(most);
  const places = entries.map(({ network }): Place => {
    const count = weightCount(network);
    return { weights: fixed.take(count), first: fixed.take(count), second: fixed.take(count) };
  });
  let end = fixed.end;
  const layouts = new Map<string, Layout>();
  for (const { network } of entries) {
    // All begin at the same address, since one model works at a time.
    const shared = new Arena(fixed.end);
    layouts.set(networkKey(network), layoutOf(network, shared));
    end = Math.max(end, shared.end);
  }
  const instance = await instantiate(module, end);
  const room: Room = { instance, gradient, borrowed, packed: null };
  return new WasmSession(entries.map((entry, i) => (
    new Trainee(entry, new Passes(entry.network, layouts.get(networkKey(entry.network))!, instance), room, places[i])
  )));
}

class WasmSession implements Session {
  #models: readonly Trainee[];
  /** The model whose turn it is, and what it has left to do in it. */
  #turn = 0;
  #course: Generator<void, void> | null = null;

  constructor(models: readonly Trainee[]) {
    this.#models = models;
  }

  begin(model: number, phase: Phase, fromBest: boolean): void {
    if (model === this.#turn) this.#course = null;
    this.#models[model].begin(phase, fromBest);
  }

  async advance(): Promise<readonly Advance[]> {
    const running = this.#models.flatMap(({ running }, model) => (running ? [model] : []));
    const until = performance.now() + BLOCK_MS;
    do {
      if (!this.#models.some(({ running }) => running)) break;
      this.#work(until);
    } while (performance.now() < until);
    return running.map((model) => this.#models[model].report(model));
  }

  /** Takes the turns of models up to their next looks, until the time is over. A turn goes on in the next block. */
  #work(until: number): void {
    while (!this.#course) {
      const trainee = this.#models[this.#turn];
      if (trainee.running) this.#course = trainee.toLook();
      else this.#turn = (this.#turn + 1) % this.#models.length;
    }
    do {
      if (this.#course.next().done) {
        this.#course = null;
        this.#turn = (this.#turn + 1) % this.#models.length;
        return;
      }
    } while (performance.now() < until);
  }

  async state(model: number): Promise<ModelState> {
    return this.#models[model].state();
  }

  async look(model: number): Promise<Look> {
    return this.#models[model].look();
  }

  keep(model: number): void {
    this.#models[model].keep();
  }

  async forecast(model: number): Promise<Float32Array> {
    return this.#models[model].forecast();
  }

  close(): void {
    this.#models = [];
    this.#course = null;
  }
}
