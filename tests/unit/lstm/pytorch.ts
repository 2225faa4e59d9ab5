/** What `tests/fixtures/lstm/pytorch.json` holds; `make.py` beside it says how it is made. All arrays are row-major. */
import type { Update } from '../../../workers/lstm/course.ts';
import type { Batch } from '../../../workers/lstm/examples.ts';
import type { Network } from '../../../workers/lstm/network.ts';

interface Made {
  readonly name: string;
  readonly network: Network;
  readonly rows: number;
  readonly windows: readonly number[];
  readonly statics: readonly number[];
  readonly candidates: readonly number[];
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

export interface PytorchFixture {
  readonly cases: readonly (Made & { readonly forecasts: readonly number[]; readonly loss: number; readonly gradient: readonly number[] })[];
  /** Weights after `steps` updates on the whole batch, and the norms of the gradients before they were clipped. */
  readonly trainings: readonly (Made & { readonly steps: number; readonly update: Update; readonly norms: readonly number[]; readonly trained: readonly number[] })[];
}

export function batchOf({ rows, windows, statics, candidates, targets }: Omit<Made, 'name' | 'network' | 'weights'>): Batch {
  return {
    rows, windows: Float32Array.from(windows), statics: Float32Array.from(statics),
    candidates: Float32Array.from(candidates), targets: Float32Array.from(targets),
  };
}
