/**
 * A trace: how many tokens the router sent to each expert, per training step and MoE layer.
 * Kept layer-major: one contiguous `[rows][experts]` block a layer. A row is a recorded step; traces may skip steps.
 */
export interface Trace {
  readonly name: string;
  /** The format that it was read from, as a person would say it: "NPZ", "CSV, long". */
  readonly format: string;
  /** 32 hexadecimal digits over all values, shapes and step numbers; the same for the same trace in any format. */
  readonly fingerprint: string;
  /** `counts`: non-negative integers. `shares`: anything else non-negative (fractions, percentages as recorded). */
  readonly kind: 'counts' | 'shares';
  /** Training step of each row, strictly ascending. */
  readonly steps: Float64Array;
  readonly layers: readonly TraceLayer[];
  /** Training loss of each row, where the file has it. */
  readonly loss?: Float32Array;
}

export interface TraceLayer {
  /** As the file names it: "0", "decoder 3". */
  readonly name: string;
  readonly experts: number;
  /** `[rows][experts]`, row-major. May be read from the disk (`StoredLayer`): take it once, and let it go. */
  readonly values: Uint32Array | Float32Array;
  /** Means of blocks of rows, for drawing, where the values lie on the disk: see `blockMeans`. */
  readonly means?: Float32Array;
}

/** The first row whose step is at least `step`: binary search; `steps.length` when there is none. */
export function rowAtStep(steps: Float64Array, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The usual distance between recorded steps (the median), 1 for a trace of one row. */
export function stepStride(steps: Float64Array): number {
  if (steps.length < 2) return 1;
  const gaps = Float64Array.from({ length: steps.length - 1 }, (_, i) => steps[i + 1] - steps[i]).sort();
  return gaps[gaps.length >> 1];
}
