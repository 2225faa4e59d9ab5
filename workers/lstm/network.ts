/**
 * What the network is made of, as numbers: the same description serves every engine, the checkpoint and the export.
 * All weights of a model lie in one flat array, in the order of `tensors`.
 *
 *   window [bins][inputs] → LSTM (→ LSTM) → last h | statics (→ tanh layer) → output
 */
import { gaussian, random } from '../../src/random.ts';

export type Loss =
  | { readonly kind: 'squared' }
  | { readonly kind: 'absolute' }
  /** e² / 2 up to `delta`, then a line (Huber 1964). */
  | { readonly kind: 'huber'; readonly delta: number }
  /** Each target has an output a level; levels lie between 0 and 1 (Koenker and Bassett 1978). */
  | { readonly kind: 'pinball'; readonly levels: readonly number[] };

export interface Network {
  /** Numbers per bin that the LSTM reads. */
  readonly inputs: number;
  /** Bins of a window: steps of the recurrence. */
  readonly bins: number;
  readonly hidden: number;
  /** LSTM layers, one over the other. */
  readonly layers: 1 | 2;
  /** Numbers that join after the LSTM; 0 for none. */
  readonly statics: number;
  /** Units of the tanh layer between the LSTM and the output; 0 for none. */
  readonly dense: number;
  /** Numbers that are forecast. */
  readonly targets: number;
  /**
   * Given forecasts of every target that the network weighs by a softmax (a gate); 0: the output is the forecast itself.
   * A gate takes no pinball loss.
   */
  readonly candidates: number;
  readonly loss: Loss;
  /** Output weights start at zero, so that an untrained residual network forecasts its base. */
  readonly zeroOutput: boolean;
}

export interface WeightTensor {
  readonly name: string;
  readonly shape: readonly [number, number] | readonly [number];
  /** Where it begins in the flat array. */
  readonly offset: number;
  readonly size: number;
  /** Whether weight decay applies: to matrices, not to biases. */
  readonly decays: boolean;
}

/** Outputs a target: candidates of a gate, levels of a pinball loss, or 1. */
export function outputsPerTarget({ candidates, loss }: Network): number {
  if (candidates > 0) return candidates;
  return loss.kind === 'pinball' ? loss.levels.length : 1;
}

/** Numbers that the output layer gives, `[targets][outputs a target]`. */
export function outputCount(network: Network): number {
  return network.targets * outputsPerTarget(network);
}

/** Numbers that a forecast has: a gate's outputs become one a target. */
export function forecastCount(network: Network): number {
  return network.candidates > 0 ? network.targets : outputCount(network);
}

/** Numbers of a sample that are no window: the statics, then the candidates, `[targets][candidates]`. */
export function sideCount({ statics, targets, candidates }: Network): number {
  return statics + targets * candidates;
}

/** Name of a tensor of LSTM `layer` (0 or 1). */
export function lstmName(layer: number, tensor: 'kernel' | 'bias'): string {
  return layer === 0 ? `lstm.${tensor}` : `lstm2.${tensor}`;
}

export function tensors(network: Network): readonly WeightTensor[] {
  const { inputs, hidden, layers, statics, dense } = network;
  const joined = hidden + statics;
  const outputs = outputCount(network);
  const shapes: [string, readonly [number, number] | readonly [number]][] = [];
  for (let layer = 0; layer < layers; layer++) {
    shapes.push(
      // Rows: the bin's inputs (of a second layer: the first one's h), then the hidden state. Columns: gates i, f, c, o.
      [lstmName(layer, 'kernel'), [(layer === 0 ? inputs : hidden) + hidden, 4 * hidden]],
      [lstmName(layer, 'bias'), [4 * hidden]],
    );
  }
  if (dense > 0) shapes.push(['dense.kernel', [joined, dense]], ['dense.bias', [dense]]);
  shapes.push(['output.kernel', [dense > 0 ? dense : joined, outputs]], ['output.bias', [outputs]]);
  let offset = 0;
  return shapes.map(([name, shape]) => {
    const size = shape.length === 2 ? shape[0] * shape[1] : shape[0];
    const tensor: WeightTensor = { name, shape, offset, size, decays: shape.length === 2 };
    offset += size;
    return tensor;
  });
}

export function weightCount(network: Network): number {
  const last = tensors(network).at(-1)!;
  return last.offset + last.size;
}

/**
 * Seeded start weights: matrices normal with variance 2 / (fan in + fan out) (Glorot and Bengio 2010),
 * biases 0 but the forget gate's 1 (Jozefowicz et al. 2015), the output zero where the network asks for it.
 */
export function initialWeights(network: Network, seed: number): Float32Array {
  const next = random(seed);
  const weights = new Float32Array(weightCount(network));
  for (const { name, shape, offset, size } of tensors(network)) {
    const lstm = name.startsWith('lstm');
    if (shape.length === 2) {
      const [rows, columns] = shape;
      // The four gates are four matrices side by side, so the fan out of one is a quarter of the columns.
      const fanOut = lstm ? columns / 4 : columns;
      const deviation = name === 'output.kernel' && network.zeroOutput ? 0 : Math.sqrt(2 / (rows + fanOut));
      for (let i = 0; i < size; i++) weights[offset + i] = gaussian(next) * deviation;
    } else if (lstm) {
      weights.fill(1, offset + network.hidden, offset + 2 * network.hidden);
    }
  }
  return weights;
}

/** Equal for networks that the same kernels train. */
export function networkKey(network: Network): string {
  const { inputs, bins, hidden, layers, statics, dense, targets, candidates, loss } = network;
  return JSON.stringify([inputs, bins, hidden, layers, statics, dense, targets, candidates, loss]);
}
