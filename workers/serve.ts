/// <reference lib="webworker" />
import * as Comlink from 'comlink';
import { GatecastError, toErrorParts, type ErrorParts } from '../src/errors.ts';
import type { Method } from './contract.ts';

/** What a handler gets beside its request. */
export interface Work<Report> {
  /** Aborted when the caller cancels. Long loops ask it between pieces of work and let messages in with `breathe`. */
  readonly signal: AbortSignal;
  onProgress(report: Report, transfer?: Transferable[]): void;
}

export type Handlers<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends Method<infer Request, infer Response, infer Report>
    ? (request: Request, work: Work<Report>) => Response | Promise<Response>
    : never;
};

/** The one shape in which every worker is exposed; see `client.ts` for the other side. */
export interface Served {
  run(id: number, method: string, request: unknown, wantsReports: boolean): Promise<Outcome>;
  cancel(id: number): void;
}

/** Errors travel as parts, since their class would be lost. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorParts };

/**
 * What a worker says of its own accord. It goes the same way as the answers, so reports arrive in order
 * and before the answer of their call, and nothing has to be released after a call.
 */
export type Notice =
  | { readonly notice: 'report'; readonly call: number; readonly report: unknown }
  /** The name of a lock that the worker holds as long as it lives. */
  | { readonly notice: 'alive'; readonly lock: string };

function say(notice: Notice, transfer: Transferable[] = []): void {
  self.postMessage(notice, { transfer });
}

/** Buffers of a value that a handler gives away with it; set by `giving`. */
const given = new WeakMap<object, Transferable[]>();

/** Marks buffers that go over to the page with this value instead of being copied. The handler must not use them again. */
export function giving<Value extends object>(value: Value, transfer: Transferable[]): Value {
  given.set(value, transfer);
  return value;
}

export { breathe } from '../src/breathe.ts';

/**
 * Holds a lock for the worker's life. A worker that ends without an error event (it closed itself, or the browser ended it)
 * gives it up, which is how the page learns of it. Without Web Locks (insecure context) such a death goes unnoticed.
 * Resolves when the page can know of the lock.
 */
function holdLifeLock(): Promise<void> {
  return new Promise((held) => {
    const { locks } = navigator;
    if (!locks) return held();
    const lock = `gatecast-worker-${crypto.randomUUID()}`;
    locks.request(lock, () => {
      say({ notice: 'alive', lock });
      held();
      return new Promise(() => {});
    }).catch(() => held());
  });
}

/** Exposes a worker's handlers. Call once, at the end of the worker's file. */
export function serve<Api>(handlers: Handlers<Api>): void {
  const alive = holdLifeLock();
  const running = new Map<number, AbortController>();
  const methods = new Map(Object.entries(handlers as Record<string, (request: unknown, work: Work<unknown>) => unknown>));
  const served: Served = {
    async run(id, method, request, wantsReports) {
      const controller = new AbortController();
      const { signal } = controller;
      running.set(id, controller);
      try {
        const handler = methods.get(method);
        if (!handler) throw new GatecastError({ code: 'internal', message: `this worker has no method "${method}"` });
        await alive;
        const value = await handler(request, {
          signal,
          onProgress(report, transfer) {
            // A handler that goes on after its call settled reports to nobody.
            if (wantsReports && !signal.aborted && running.get(id) === controller) say({ notice: 'report', call: id, report }, transfer);
          },
        });
        const outcome: Outcome = { ok: true, value };
        const transfer = value !== null && typeof value === 'object' ? given.get(value) : undefined;
        return transfer ? Comlink.transfer(outcome, transfer) : outcome;
      } catch (error) {
        return { ok: false, error: toErrorParts(error) };
      } finally {
        running.delete(id);
      }
    },
    cancel(id) {
      running.get(id)?.abort();
    },
  };
  // An unreadable request has no number to answer to: the worker ends with an error, and what waits is rejected.
  self.addEventListener('messageerror', () => {
    throw new Error('a request could not be read');
  });
  Comlink.expose(served);
}
