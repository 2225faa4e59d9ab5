import * as Comlink from 'comlink';
import { GatecastError, cancelled } from '../src/errors.ts';
import type { Method } from './contract.ts';
import type { Served } from './serve.ts';

export interface CallOptions<Report> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (report: Report) => void;
  /** Buffers of the request that go over instead of being copied. */
  readonly transfer?: Transferable[];
}

type RequestOf<M> = M extends Method<infer Request, unknown, unknown> ? Request : never;
type ResponseOf<M> = M extends Method<unknown, infer Response, unknown> ? Response : never;
type ReportOf<M> = M extends Method<unknown, unknown, infer Report> ? Report : never;

interface Life {
  readonly worker: Worker;
  readonly remote: Comlink.Remote<Served>;
  readonly waiting: Set<(error: GatecastError) => void>;
}

/**
 * A worker behind typed calls. A call never hangs: it settles with the answer, with the worker's error,
 * at once with `cancelled` when its signal aborts, or with `worker-died` when the worker is killed.
 * A dead worker is replaced at the next call; `generation` tells callers that what it held is gone.
 */
export class WorkerClient<Api> {
  /** Counts the workers started; changes when a worker was replaced. */
  generation = 0;
  #life: Life | null = null;
  #nextId = 1;
  readonly #start: () => Worker;
  readonly #onDeath: (error: GatecastError) => void;

  constructor(start: () => Worker, onDeath: (error: GatecastError) => void = () => {}) {
    this.#start = start;
    this.#onDeath = onDeath;
  }

  call<Name extends keyof Api & string>(
    method: Name,
    request: RequestOf<Api[Name]>,
    options: CallOptions<ReportOf<Api[Name]>> = {},
  ): Promise<ResponseOf<Api[Name]>> {
    const { signal, onProgress, transfer = [] } = options;
    if (signal?.aborted) return Promise.reject(cancelled());
    const life = this.#alive();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle = (act: () => void): void => {
        if (settled) return;
        settled = true;
        life.waiting.delete(fail);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const fail = (error: GatecastError): void => settle(() => reject(error));
      const abort = (): void => {
        void life.remote.cancel(id);
        fail(cancelled());
      };
      life.waiting.add(fail);
      signal?.addEventListener('abort', abort);
      const report = onProgress && Comlink.proxy((value: unknown) => {
        if (!settled) onProgress(value as ReportOf<Api[Name]>);
      });
      const message = transfer.length > 0 ? Comlink.transfer(request as object, transfer) : request;
      life.remote.run(id, method, message, report ?? null).then(
        (outcome) => settle(() => {
          if (outcome.ok) resolve(outcome.value as ResponseOf<Api[Name]>);
          else reject(new GatecastError(outcome.error));
        }),
        (error: unknown) => fail(new GatecastError({ code: 'internal', message: String(error) })),
      );
    });
  }

  /** Ends the worker at once. What waits on it rejects with `error`; the next call starts a new one. */
  kill(error = died('it was ended')): void {
    const life = this.#life;
    if (!life) return;
    this.#life = null;
    life.worker.terminate();
    for (const fail of [...life.waiting]) fail(error);
    this.#onDeath(error);
  }

  #alive(): Life {
    if (this.#life) return this.#life;
    const worker = this.#start();
    const life: Life = { worker, remote: Comlink.wrap<Served>(worker), waiting: new Set() };
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (this.#life === life) this.kill(died(event.message || 'its code could not be loaded'));
    });
    worker.addEventListener('messageerror', () => {
      if (this.#life === life) this.kill(died('a message could not be read'));
    });
    this.generation++;
    this.#life = life;
    return life;
  }
}

function died(why: string): GatecastError {
  return new GatecastError({ code: 'worker-died', message: `a background worker stopped: ${why}`, remedy: 'it has been replaced; run again' });
}
