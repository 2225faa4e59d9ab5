import { WorkerClient } from '../../workers/client.ts';
import type { ForecastWorkerApi } from '../../workers/contract.ts';
import { GatecastError, cancelled } from '../errors.ts';
import type { Workers } from './workers.ts';

/** The lanes that some layers are dealt to, in turn. */
export interface Lanes {
  readonly lanes: readonly ComparisonLane[];
  readonly laneOf: (layer: number) => ComparisonLane;
}

/** As many lanes as there are cores but one, which is left to the page, and no more than layers. */
export function dealtLanes(trace: Workers['trace'], fingerprint: string, layers: readonly number[], cores: number, start: () => Worker): Lanes {
  const lanes = Array.from({ length: Math.max(1, Math.min(layers.length, cores - 1)) }, () => new ComparisonLane(trace, fingerprint, start));
  return { lanes, laneOf: (layer) => lanes[layers.indexOf(layer) % lanes.length] };
}

/**
 * A forecast worker of a comparison's own, and the layers that it holds. Work on a layer goes to the same lane always: what
 * was worked out for one contender serves the others.
 */
export class ComparisonLane {
  readonly #client: WorkerClient<ForecastWorkerApi>;
  readonly #trace: Workers['trace'];
  readonly #fingerprint: string;
  /** Layers that it holds, or is being given. */
  readonly #held = new Map<number, Promise<void>>();

  constructor(trace: Workers['trace'], fingerprint: string, start: () => Worker) {
    this.#trace = trace;
    this.#fingerprint = fingerprint;
    this.#client = new WorkerClient(start, () => this.#held.clear());
  }

  /** Works on layers that the worker gets first; once more, on a new worker, when it dies. */
  async work<Result>(layers: readonly number[], signal: AbortSignal, work: (client: WorkerClient<ForecastWorkerApi>) => Promise<Result>): Promise<Result> {
    try {
      await this.#load(layers, signal);
      return await work(this.#client);
    } catch (error) {
      if (signal.aborted || !(error instanceof GatecastError) || error.code !== 'worker-died') throw error;
      await this.#load(layers, signal);
      return work(this.#client);
    }
  }

  end(): void {
    this.#client.kill();
  }

  async #load(layers: readonly number[], signal: AbortSignal): Promise<void> {
    await Promise.all(layers.map((layer) => {
      const held = this.#held.get(layer) ?? this.#give(layer, signal);
      this.#held.set(layer, held);
      return held;
    }));
  }

  async #give(layer: number, signal: AbortSignal): Promise<void> {
    const block = await this.#trace.call('layerBlock', { layer }, { signal });
    // Another trace was opened: there is nothing left to compare.
    if (block.fingerprint !== this.#fingerprint) throw cancelled();
    await this.#client.call('loadLayer', block, { signal, transfer: [block.values.buffer, block.steps.buffer] });
  }
}
