import * as Comlink from 'comlink';
import { GatecastError, cancelled, toErrorParts } from '../src/errors.ts';
import type { Method } from './contract.ts';
import type { Notice, Served } from './serve.ts';

export interface CallOptions<Report> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (report: Report) => void;
  /** Buffers of the request that go over instead of being copied. */
  readonly transfer?: Transferable[];
}

type RequestOf<M> = M extends Method<infer Request, unknown, unknown> ? Request : never;
type ResponseOf<M> = M extends Method<unknown, infer Response, unknown> ? Response : never;
type ReportOf<M> = M extends Method<unknown, unknown, infer Report> ? Report : never;

interface Waiting {
  fail(error: GatecastError): void;
  report: ((report: unknown) => void) | undefined;
}

/** One worker, from its start to its death. */
interface Life {
  readonly worker: Worker;
  readonly remote: Comlink.Remote<Served>;
  /** Calls without an answer, by their number. */
  readonly waiting: Map<number, Waiting>;
  /** Aborted at the worker's death. */
  readonly ended: AbortController;
}

/**
 * A worker behind typed calls. A call never hangs: it settles with the answer, with the worker's error,
 * at once with `cancelled` when its signal aborts, or with `worker-died` when the worker ends for whatever reason.
 * Reports arrive in order, and none after the call settled.
 * A dead worker is replaced at the next call; `generation` tells callers that what it held is gone.
 */
export class WorkerClient<Api> {
  /** Counts the workers started; changes when a worker was replaced. */
  generation = 0;
  #life: Life | null = null;
  #nextId = 1;
  readonly #start: () => Worker;
  readonly #onDeath: (error: GatecastError) => void;

  /**
   * @param start starts the worker; called at the first call, and at the first call after a death
   * @param onDeath told of every death, after what waited was rejected
   */
  constructor(start: () => Worker, onDeath: (error: GatecastError) => void = () => {}) {
    this.#start = start;
    this.#onDeath = onDeath;
  }

  /** Calls a method of the worker, and starts the worker when there is none. */
  async call<Name extends keyof Api & string>(
    method: Name,
    request: RequestOf<Api[Name]>,
    options: CallOptions<ReportOf<Api[Name]>> = {},
  ): Promise<ResponseOf<Api[Name]>> {
    const { signal, onProgress, transfer = [] } = options;
    if (signal?.aborted) throw cancelled();
    const life = this.#alive();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        if (!life.waiting.delete(id)) return;
        signal?.removeEventListener('abort', abort);
        act();
      };
      const fail = (error: GatecastError): void => settle(() => reject(error));
      const abort = (): void => {
        life.remote.cancel(id).catch(() => {});
        fail(cancelled());
      };
      life.waiting.set(id, { fail, report: onProgress && ((report) => onProgress(report as ReportOf<Api[Name]>)) });
      signal?.addEventListener('abort', abort);
      const message = transfer.length > 0 ? Comlink.transfer(request as object, transfer) : request;
      life.remote.run(id, method, message, onProgress !== undefined).then(
        (outcome) => settle(() => {
          if (outcome.ok) resolve(outcome.value as ResponseOf<Api[Name]>);
          else reject(new GatecastError(outcome.error));
        }),
        (error: unknown) => fail(new GatecastError(toErrorParts(error))),
      );
    });
  }

  /** Ends the worker at once. What waits on it rejects with `error`; the next call starts a new one. */
  kill(error: GatecastError = died('it was ended')): void {
    const life = this.#life;
    if (!life) return;
    this.#life = null;
    life.worker.terminate();
    life.ended.abort();
    for (const { fail } of life.waiting.values()) fail(error);
    this.#onDeath(error);
  }

  #alive(): Life {
    if (this.#life) return this.#life;
    const worker = this.#start();
    const life: Life = { worker, remote: Comlink.wrap<Served>(worker), waiting: new Map(), ended: new AbortController() };
    const die = (why: string): void => {
      if (this.#life === life) this.kill(died(why));
    };
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      die(event.message || 'its code could not be loaded');
    });
    worker.addEventListener('messageerror', () => die('a message of it could not be read'));
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<Notice>>) => {
      if (data?.notice === 'report' && data.call !== undefined) life.waiting.get(data.call)?.report?.(data.report);
      if (data?.notice === 'alive' && data.lock !== undefined) whenFree(data.lock, life.ended.signal, () => die('it ended without a word'));
    });
    this.generation++;
    this.#life = life;
    return life;
  }
}

/** Calls back when the worker that holds this lock gives it up by ending; not when the signal aborts before. */
function whenFree(lock: string, signal: AbortSignal, then: () => void): void {
  if (signal.aborted) return;
  void navigator.locks.request(lock, { signal }, () => undefined).then(then, () => {});
}

function died(why: string): GatecastError {
  return new GatecastError({ code: 'worker-died', message: `a background worker stopped: ${why}`, remedy: 'it has been replaced; run again' });
}
