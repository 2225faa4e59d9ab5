/**
 * Where a model's samples come from: flat arrays that an engine cuts windows and targets from by itself, on the GPU
 * straight from its memory. An *anchor* is a moment of the past that a forecast is practised at; every anchor has a
 * sample a *series* (one series: all experts side by side; many: each expert's own). Sample `n` is series
 * `n % series` of anchor `floor(n / series)`.
 *
 *   window[bin][input] = clip((values[anchor.window + bin · hop + series · inputs + input] − reference) · scale)
 *   target[group][channel] = (values[anchor.target + group · targetHop + series · inputs + channel] − base) · scale
 */
import type { Network } from './network.ts';
import { sideCount } from './network.ts';

/** Numbers of an anchor's record: window, target, row of the sides, and one that is not used. */
export const ANCHOR_FIELDS = 4;

/** Samples in a row. */
export interface SampleSpan {
  readonly from: number;
  readonly count: number;
}

export interface Examples {
  readonly values: Float32Array;
  readonly series: number;
  /** Numbers between two bins of a window. */
  readonly hop: number;
  /** Targets of a group: the first inputs of the series. Groups are parts of a horizon, or several horizons. */
  readonly channels: number;
  /** Numbers between the targets of two groups. */
  readonly targetHop: number;
  /** `[anchors][ANCHOR_FIELDS]` */
  readonly anchors: Uint32Array;
  /** Reference and scale of every input, `[side rows][series][inputs][2]`; null: values are taken as they are. */
  readonly norms: Float32Array | null;
  /** The base that targets are residuals of, `[side rows][series][targets]`; null: the reference of the input (0 without norms). */
  readonly bases: Float32Array | null;
  /** Inputs are clipped to ± this after scaling; without norms nothing is clipped. */
  readonly clip: number;
  /** Statics and candidates, `[side rows][series][sideCount]`. */
  readonly sides: Float32Array;
  /** What the weights are fitted on while the end of the history is held back. */
  readonly training: SampleSpan;
  /** All that is resolved before the origin: the best weights are finished on it, newest steps included. */
  readonly all: SampleSpan;
  /** Samples that choose the best weights; their targets hold no step that a target of `training` holds. */
  readonly validation: Uint32Array;
  /** Ends of the parts of `validation` whose losses are told apart (layers, say); the last is its length. */
  readonly parts: readonly number[];
  /** Samples that the forecast is made from: their windows end at the origin; their targets are not read. */
  readonly queries: Uint32Array;
}

/** Rows of a batch, each array row-major. */
export interface Batch {
  readonly rows: number;
  /** `[rows][bins][inputs]` */
  readonly windows: Float32Array;
  /** `[rows][statics]` */
  readonly statics: Float32Array;
  /** `[rows][targets][candidates]` */
  readonly candidates: Float32Array;
  /** `[rows][targets]` */
  readonly targets: Float32Array;
}

export function emptyBatch(network: Network, rows: number): Batch {
  return {
    rows,
    windows: new Float32Array(rows * network.bins * network.inputs),
    statics: new Float32Array(rows * network.statics),
    candidates: new Float32Array(rows * network.targets * network.candidates),
    targets: new Float32Array(rows * network.targets),
  };
}

/**
 * Writes samples `indices` into the rows of a batch, as the engines' kernels do.
 * @param withTargets queries have none
 */
export function gather(network: Network, examples: Examples, indices: ArrayLike<number>, batch: Batch, withTargets = true): void {
  const { values, series, hop, channels, targetHop, anchors, norms, bases, clip, sides } = examples;
  const { inputs, bins, statics, targets, candidates } = network;
  const side = sideCount(network);
  for (let row = 0; row < indices.length; row++) {
    const at = Math.floor(indices[row] / series) * ANCHOR_FIELDS;
    const one = indices[row] % series;
    const window = anchors[at] + one * inputs;
    const sideRow = anchors[at + 2] * series + one;
    const norm = sideRow * inputs * 2;
    for (let input = 0; input < inputs; input++) {
      const reference = norms ? norms[norm + 2 * input] : 0;
      const scale = norms ? norms[norm + 2 * input + 1] : 1;
      let from = window + input;
      let into = row * bins * inputs + input;
      for (let bin = 0; bin < bins; bin++) {
        const value = (values[from] - reference) * scale;
        batch.windows[into] = norms ? Math.max(-clip, Math.min(clip, value)) : value;
        from += hop;
        into += inputs;
      }
    }
    for (let i = 0; i < statics; i++) batch.statics[row * statics + i] = sides[sideRow * side + i];
    for (let i = 0; i < targets * candidates; i++) batch.candidates[row * targets * candidates + i] = sides[sideRow * side + statics + i];
    if (!withTargets) continue;
    for (let target = 0; target < targets; target++) {
      const channel = target % channels;
      const group = (target - channel) / channels;
      const value = values[anchors[at + 1] + group * targetHop + one * inputs + channel];
      const reference = norms ? norms[norm + 2 * channel] : 0;
      const scale = norms ? norms[norm + 2 * channel + 1] : 1;
      batch.targets[row * targets + target] = (value - (bases ? bases[sideRow * targets + target] : reference)) * scale;
    }
  }
}
