/**
 * A network as the kernels see it: padded sizes and places. Numbers lie in quads (`vec4f`): the four gates of a unit
 * (i, f, c, o) in an LSTM's matrices, four neighbouring columns in the head's.
 *
 *   weights of a model, in quads:  W of each layer [rows][hidden] | biases [hidden] | tanh layer | output layer
 *
 * Padding is zero and stays zero: a padded unit's h is 0, so no gradient reaches its weights.
 */
import { networkKey, outputCount, outputsPerTarget, sideCount, type Network } from '../network.ts';

export interface LayerShape {
  /** Padded numbers of a bin that the layer reads. */
  readonly x: number;
  /** Rows of its matrix: `x`, then `hidden`. */
  readonly rows: number;
  /** First quad of its matrix and of its bias. */
  readonly matrix: number;
  readonly bias: number;
  /** First row of its matrix that a gradient passes back through, and how many: h alone, or x and h of a second layer. */
  readonly backFrom: number;
  readonly back: number;
}

export interface Shape {
  readonly key: string;
  readonly network: Network;
  readonly bins: number;
  readonly inputs: number;
  /** Padded. */
  readonly hidden: number;
  readonly layers: readonly LayerShape[];
  readonly statics: number;
  /** Padded units of the tanh layer; 0 for none. */
  readonly dense: number;
  readonly outputs: number;
  /** Quads of outputs. */
  readonly outputQuads: number;
  readonly targets: number;
  readonly perTarget: number;
  /** Numbers of a sample that are no window. */
  readonly side: number;
  /** Numbers that the head reads: h and statics. */
  readonly joined: number;
  /** Numbers that the output layer reads. */
  readonly last: number;
  readonly denseKernel: number;
  readonly denseBias: number;
  readonly outputKernel: number;
  readonly outputBias: number;
  /** Quads of all LSTM matrices, which come first. */
  readonly matrixQuads: number;
  /** Quads of everything else and of the loss, which is added up with them. */
  readonly restQuads: number;
  /** Quads of a model's weights. */
  readonly quads: number;
}

const roundTo = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Hidden units padded so that threads can share them evenly. */
export function paddedHidden(hidden: number): number {
  if (hidden <= 16) return roundTo(hidden, 4);
  return roundTo(hidden, hidden <= 32 ? 8 : hidden <= 64 ? 16 : 32);
}

export function shapeOf(network: Network): Shape {
  const hidden = paddedHidden(network.hidden);
  const layers: LayerShape[] = [];
  let next = 0;
  for (let layer = 0; layer < network.layers; layer++) {
    const x = layer === 0 ? roundTo(network.inputs, 4) : hidden;
    layers.push({ x, rows: x + hidden, matrix: next, bias: 0, backFrom: layer === 0 ? x : 0, back: layer === 0 ? hidden : x + hidden });
    next += (x + hidden) * hidden;
  }
  const matrixQuads = next;
  const take = (quads: number): number => {
    const at = next;
    next += quads;
    return at;
  };
  const withBias = layers.map((layer) => ({ ...layer, bias: take(hidden) }));
  const dense = roundTo(network.dense, 4);
  const joined = hidden + network.statics;
  const last = dense > 0 ? dense : joined;
  const outputs = outputCount(network);
  const outputQuads = Math.ceil(outputs / 4);
  const denseKernel = take((joined * dense) / 4);
  const denseBias = take(dense / 4);
  const outputKernel = take(last * outputQuads);
  const outputBias = take(outputQuads);
  return {
    key: networkKey(network), network, bins: network.bins, inputs: network.inputs, hidden, layers: withBias,
    statics: network.statics, dense, outputs, outputQuads, targets: network.targets, perTarget: outputsPerTarget(network),
    side: sideCount(network), joined, last, denseKernel, denseBias, outputKernel, outputBias,
    matrixQuads, restQuads: next - matrixQuads + 1, quads: next,
  };
}
