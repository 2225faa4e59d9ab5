/// <reference lib="webworker" />
import * as Comlink from 'comlink';
import { toErrorParts, type ErrorParts } from '../src/errors.ts';
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
  run(id: number, method: string, request: unknown, onProgress: ((report: unknown) => void) | null): Promise<Outcome>;
  cancel(id: number): void;
}

/** Errors travel as parts, since their class would be lost. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorParts };

/** Buffers of a value that a handler gives away with it; set by `giving`. */
const given = new WeakMap<object, Transferable[]>();

/** Marks buffers that go over to the page with this value instead of being copied. The handler must not use them again. */
export function giving<Value extends object>(value: Value, transfer: Transferable[]): Value {
  given.set(value, transfer);
  return value;
}

/** Lets waiting messages in (a cancel, say) between two pieces of work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}

/** Exposes a worker's handlers. Call once, at the end of the worker's file. */
export function serve<Api>(handlers: Handlers<Api>): void {
  const running = new Map<number, AbortController>();
  const served: Served = {
    async run(id, method, request, onProgress) {
      const controller = new AbortController();
      running.set(id, controller);
      try {
        const handler = (handlers as Record<string, (request: unknown, work: Work<unknown>) => unknown>)[method];
        const value = await handler(request, {
          signal: controller.signal,
          onProgress(report, transfer) {
            if (onProgress && !controller.signal.aborted) onProgress(transfer ? Comlink.transfer(report as object, transfer) : report);
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
  Comlink.expose(served);
}
