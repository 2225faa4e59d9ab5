/**
 * What the network is made of, as numbers: the same description serves the plain TensorFlow.js model,
 * the fused engine, the checkpoint and the export. All weights of a model lie in one flat array, in the order of `tensors`.
 */
import { gaussian, random } from '../../src/random.ts';

export interface Network {
  /** Numbers per bin that the LSTM reads. */
  readonly inputs: number;
  /** Bins of a window: steps of the recurrence. */
  readonly bins: number;
  readonly hidden: number;
  /** Numbers that join after the LSTM; 0 for none. */
  readonly statics: number;
  /** Units of the tanh layer between the LSTM and the output; 0 for none. */
  readonly dense: number;
  readonly outputs: number;
  /** `absolute`: mean |error|; `squared`: mean error². */
  readonly loss: 'absolute' | 'squared';
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

export function tensors(network: Network): readonly WeightTensor[] {
  const { inputs, hidden, statics, dense, outputs } = network;
  const joined = hidden + statics;
  const shapes: [string, readonly [number, number] | readonly [number]][] = [
    // Rows: the bin's inputs, then the hidden state. Columns: gates i, f, c, o.
    ['lstm.kernel', [inputs + hidden, 4 * hidden]],
    ['lstm.bias', [4 * hidden]],
  ];
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
    if (shape.length === 2) {
      const [rows, columns] = shape;
      // The four gates are four matrices side by side, so the fan out of one is a quarter of the columns.
      const fanOut = name === 'lstm.kernel' ? columns / 4 : columns;
      const deviation = name === 'output.kernel' && network.zeroOutput ? 0 : Math.sqrt(2 / (rows + fanOut));
      for (let i = 0; i < size; i++) weights[offset + i] = gaussian(next) * deviation;
    } else if (name === 'lstm.bias') {
      weights.fill(1, offset + network.hidden, offset + 2 * network.hidden);
    }
  }
  return weights;
}
