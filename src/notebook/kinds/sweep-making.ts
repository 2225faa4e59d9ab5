import * as v from 'valibot';
import type { BackendName, DeviceInfo } from '../../../workers/contract.ts';
import { number, oneOf, text, time } from '../fields.ts';

/** Makings that a sweep may have: it was taken up again so often, or the device changed. */
export const mostMakings = 100;
export const mostVariantLength = 300;

/** What made the scores of a sweep from some time on: a sweep may go on on another machine, or in another version. */
export interface SweepMaking {
  /** Of Gatecast. */
  readonly version: string;
  /** From when on, ISO 8601, UTC. */
  readonly time: string;
  /** Time that the sweep had run by then, ms. */
  readonly fromMs: number;
  /** Of what trained; missing where nothing was trained. */
  readonly backend?: BackendName;
  readonly engine?: DeviceInfo['engine'];
  readonly adapter?: string;
  /** Which of its kernels the engine ran, in words. */
  readonly variant?: string;
}

export const sweepMaking: v.GenericSchema<unknown, SweepMaking> = v.object({
  version: text(40),
  time,
  fromMs: number(0, 1e12),
  backend: v.optional(oneOf(['webgpu', 'wasm', 'cpu'] as const satisfies readonly BackendName[])),
  engine: v.optional(oneOf(['fused', 'simd', 'reference'] as const satisfies readonly DeviceInfo['engine'][])),
  adapter: v.optional(text(200)),
  variant: v.optional(text(mostVariantLength)),
});
