import type { Method } from '../../../workers/contract.ts';

/** A worker that exists to be called, cancelled and killed. */
export interface EchoApi {
  echo: Method<{ readonly text: string }, string>;
  failTyped: Method<null, null>;
  failPlain: Method<null, null>;
  allocate: Method<{ readonly bytes: number }, null>;
  count: Method<{ readonly to: number }, number, number>;
  /** Reports once a tick until cancelled, and after that 5 times more. */
  countForEver: Method<null, null, number>;
  /** Blocks the worker's thread. */
  block: Method<{ readonly milliseconds: number }, null>;
  /** Bytes of a buffer that came over, and gives it back. */
  giveBack: Method<{ readonly buffer: ArrayBuffer }, { readonly received: number; readonly buffer: ArrayBuffer }>;
  /** Bytes that the buffer last given back still has in the worker. */
  bytesLeft: Method<null, number>;
  /** How `countForEver` ended. */
  lastEnd: Method<null, string>;
  never: Method<null, null>;
  close: Method<null, null>;
  throwLater: Method<null, null>;
  unreadable: Method<null, null>;
  giveFunction: Method<null, unknown>;
}
