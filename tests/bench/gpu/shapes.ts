/** The shapes that are measured on a GPU. */
import type { Entry } from '../../../workers/lstm/engine.ts';
import { entriesOf as entriesOfShape, type Shape } from '../engine-shapes.ts';

/** B windows of T bins, F inputs, H hidden units, M models; S statics and a tanh layer of H units where S > 0. */
export interface BenchShape {
  readonly B: number;
  readonly T: number;
  readonly F: number;
  readonly H: number;
  readonly M: number;
  readonly S?: number;
}

/** With the milliseconds a step that each should take at most, on an H100. */
export const rows: readonly (BenchShape & { readonly goalMs: number })[] = [
  { B: 64, T: 32, F: 8, H: 32, M: 1, goalMs: 0.05 },
  { B: 256, T: 64, F: 16, H: 64, M: 1, goalMs: 0.12 },
  { B: 256, T: 128, F: 16, H: 128, M: 1, goalMs: 0.6 },
  { B: 256, T: 64, F: 16, H: 64, M: 12, goalMs: 0.67 },
  { B: 64, T: 64, F: 16, H: 64, M: 192, goalMs: 2.7 },
  { B: 256, T: 64, F: 64, H: 128, M: 12, goalMs: 3.1 },
  { B: 256, T: 10, F: 1, H: 16, M: 1, S: 9, goalMs: 0.03 },
  { B: 256, T: 10, F: 1, H: 16, M: 12, S: 9, goalMs: NaN },
  { B: 256, T: 10, F: 1, H: 16, M: 192, S: 9, goalMs: NaN },
];

/** What cost is measured against, one axis at a time, from a middle shape. */
export const axes: Readonly<Record<'T' | 'H' | 'F' | 'B' | 'M', readonly number[]>> = {
  T: [16, 32, 64, 128, 256], H: [16, 32, 64, 128, 256], F: [4, 16, 64, 256], B: [32, 64, 128, 256, 512], M: [1, 4, 16, 64, 192],
};
export const middle: BenchShape = { B: 256, T: 64, F: 16, H: 64, M: 4 };

export const shapeName = ({ B, T, F, H, M, S = 0 }: BenchShape): string => `B ${B}, T ${T}, F ${F}, H ${H}, M ${M}${S > 0 ? `, S ${S}, tanh` : ''}`;

/** Multiply-adds of a step count twice: forward, back to h, and the matrix gradient. */
export function flopsOf({ B, T, F, H, M }: BenchShape): number {
  return 2 * M * B * (T * (2 * (F + H) * 4 * H + 4 * H * H) + 3 * H * F);
}

export function toShape({ B, T, F, H, M, S = 0 }: BenchShape): Shape {
  return {
    batch: B, models: M,
    network: {
      inputs: F, bins: T, hidden: H, layers: 1, statics: S, dense: S > 0 ? H : 0, targets: F, candidates: 0,
      loss: { kind: S > 0 ? 'absolute' : 'squared' }, zeroOutput: false,
    },
  };
}

export const entriesOf = (shape: BenchShape): readonly Entry[] => entriesOfShape(toShape(shape));
