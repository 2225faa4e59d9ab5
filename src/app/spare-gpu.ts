import { WorkerClient } from '../../workers/client.ts';
import type { GpuWorkerApi } from '../../workers/contract.ts';
import type { DevicePreference } from './runs.ts';

/** So long a worker waits for the next comparison, ms: its device, its self-check and its compiled kernels serve again. */
const keptMs = 60_000;

interface Spare {
  readonly client: WorkerClient<GpuWorkerApi>;
  readonly prefer: DevicePreference;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Workers that train comparisons: one that is done is kept for a while. */
export class SpareGpu {
  readonly #start: () => Worker;
  #spare: Spare | null = null;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** The one that was kept, if it chose its device by the same preference, or a new one. */
  take(prefer: DevicePreference): WorkerClient<GpuWorkerApi> {
    const spare = this.#spare;
    if (!spare) return new WorkerClient<GpuWorkerApi>(this.#start);
    this.#spare = null;
    clearTimeout(spare.timer);
    if (spare.prefer === prefer) return spare.client;
    spare.client.kill();
    return new WorkerClient<GpuWorkerApi>(this.#start);
  }

  /** Keeps one that is done, in the place of the one that was kept before. */
  keep(client: WorkerClient<GpuWorkerApi>, prefer: DevicePreference): void {
    if (this.#spare) this.take(this.#spare.prefer).kill();
    this.#spare = { client, prefer, timer: setTimeout(() => this.take(prefer).kill(), keptMs) };
  }
}
