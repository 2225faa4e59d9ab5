/**
 * The passes of one network over a chunk of rows: pack the weights, gather, forward, losses, backward. The networks of a
 * session work in the same room, so what a pass left is there only until another network packs its weights.
 */
import { BETWEEN, dropThreshold } from '../draws.ts';
import { gather, type Batch, type Examples } from '../examples.ts';
import { forecastCount, lstmName, tensors, type Loss, type Network } from '../network.ts';
import type { Instance, Kernels } from './kernels.ts';
import { ceil4, ceil8, LAYER_FIELDS, type DenseLayout, type Layout } from './layout.ts';

/** In the order of `LossKind` in `assembly/head.ts`. */
const LOSS_KINDS: readonly Loss['kind'][] = ['squared', 'absolute', 'huber', 'pinball'];

/** Dropout of a training step. */
export interface Dropping {
  readonly seed: number;
  readonly step: number;
  readonly inputDropout: number;
  readonly layerDropout: number;
}

export class Passes {
  readonly network: Network;
  readonly #layout: Layout;
  readonly #kernels: Kernels;
  readonly #buffer: ArrayBuffer;
  readonly #batch: Batch;
  readonly #losses: Float64Array;
  /** Where each tensor begins in flat weights, bytes. */
  readonly #offsets: ReadonlyMap<string, number>;

  constructor(network: Network, layout: Layout, { kernels, buffer }: Instance) {
    this.network = network;
    this.#layout = layout;
    this.#kernels = kernels;
    this.#buffer = buffer;
    const { bins, inputs, statics, targets, candidates } = network;
    const { chunk } = layout;
    this.#batch = {
      rows: chunk,
      windows: new Float32Array(buffer, layout.windows, chunk * bins * inputs),
      statics: new Float32Array(buffer, layout.statics, chunk * statics),
      candidates: new Float32Array(buffer, layout.candidates, chunk * targets * candidates),
      targets: new Float32Array(buffer, layout.truths, chunk * targets),
    };
    this.#losses = new Float64Array(buffer, layout.losses, chunk);
    this.#offsets = new Map(tensors(network).map(({ name, offset }) => [name, offset * 4]));
  }

  /** Pieces of a batch, as even as whole groups of four rows allow; each has `chunk` rows at most. */
  pieces(rows: number): readonly { readonly from: number; readonly count: number }[] {
    const size = ceil4(rows / Math.ceil(rows / this.#layout.chunk));
    return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({ from: i * size, count: Math.min(size, rows - i * size) }));
  }

  /** Brings weights, flat at `weights`, into the order of the products, and this network into the room. */
  pack(weights: number): void {
    const { layers, records, dense, output, levels } = this.#layout;
    for (const [i, layer] of layers.entries()) {
      new Uint32Array(this.#buffer, records[i], LAYER_FIELDS.length).set(LAYER_FIELDS.map((field) => layer[field]));
      this.#kernels.packLayer(records[i], weights + this.#offset(lstmName(i, 'kernel')), weights + this.#offset(lstmName(i, 'bias')));
    }
    for (const [name, at] of [['dense', dense], ['output', output]] as const) {
      if (!at) continue;
      const matrix = weights + this.#offset(`${name}.kernel`);
      this.#kernels.packPanels(matrix, at.rows, at.columns, at.panels);
      this.#kernels.packPanels(weights + this.#offset(`${name}.bias`), 1, at.columns, at.bias);
      this.#kernels.packTransposed(matrix, at.backRows, at.columns, at.back);
    }
    const { loss } = this.network;
    if (loss.kind === 'pinball') new Float32Array(this.#buffer, levels, loss.levels.length).set(loss.levels);
  }

  /** Samples into the chunk. The rows up to a multiple of four become zeros, and count for nothing. */
  gather(examples: Examples, indices: ArrayLike<number>, withTargets: boolean): void {
    const { chunk } = this.#layout;
    gather(this.network, examples, indices, this.#batch, withTargets);
    for (const values of [this.#batch.windows, this.#batch.statics, this.#batch.candidates]) {
      const row = values.length / chunk;
      values.fill(0, indices.length * row, ceil4(indices.length) * row);
    }
  }

  /**
   * Forecasts the chunk's rows.
   * @param firstRow place of the first one in its batch
   * @param dropping while training: what `backward` needs is kept then
   */
  forward(rows: number, firstRow: number, dropping: Dropping | null): void {
    const { bins, inputs, hidden, layers, statics, candidates, targets } = this.network;
    const { windows, records, layers: lstm, joined, dense, output } = this.#layout;
    const kernels = this.#kernels;
    const padded = ceil4(rows);
    const width = ceil4(hidden) * 4;
    const window = bins * inputs;
    if (dropping && dropping.inputDropout > 0) {
      const { seed, step, inputDropout } = dropping;
      kernels.drop(windows, 1, 0, rows, window * 4, window, seed, step, firstRow, 0, dropThreshold(inputDropout), 1 / (1 - inputDropout));
    }
    kernels.forward(records[0], padded, windows, window * 4, inputs * 4, dropping !== null);
    if (layers === 2) {
      const { states } = lstm[0];
      const between = this.#between(padded, dropping);
      if (dropping && dropping.layerDropout > 0) {
        new Uint8Array(this.#buffer).copyWithin(between, states + padded * width, states + (bins + 1) * padded * width);
        this.#drop(between, width, rows, padded, firstRow, dropping);
      }
      kernels.forward(records[1], padded, between, width, padded * width, dropping !== null);
    }
    kernels.join(padded, lstm[layers - 1].states + bins * padded * width, width, hidden, this.#layout.statics, statics, joined);
    if (dense) {
      this.#dense(dense, padded, joined, hidden + statics);
      kernels.squash(dense.values, padded * ceil8(dense.columns));
      this.#dense(output, padded, dense.values, ceil8(dense.columns));
    } else {
      this.#dense(output, padded, joined, hidden + statics);
    }
    if (candidates > 0) {
      kernels.gate(padded, targets, candidates, output.values, ceil8(output.columns) * 4, this.#layout.candidates, this.#layout.forecasts);
    }
  }

  /** Forecasts of the chunk's rows, after `forward`, into an array `[rows][forecastCount]`. */
  forecasts(rows: number, into: Float32Array): void {
    const count = forecastCount(this.network);
    const { at, row } = this.#forecasts();
    const values = new Float32Array(this.#buffer, at, rows * row);
    for (let i = 0; i < rows; i++) into.set(values.subarray(i * row, i * row + count), i * count);
  }

  /**
   * Loss of each of the chunk's rows, after `forward`; good until the next call.
   * @param batchSize rows of the batch, whose mean loss `backward` is about
   */
  losses(rows: number, batchSize: number): Float64Array {
    const { network: { loss, targets, candidates } } = this;
    const { levels, truths, output, forecastGradient } = this.#layout;
    const count = forecastCount(this.network);
    const { at, row } = this.#forecasts();
    this.#kernels.loss(
      LOSS_KINDS.indexOf(loss.kind), ceil4(rows), rows, targets, count / targets, levels, loss.kind === 'huber' ? loss.delta : 0,
      at, row * 4, truths, this.#losses.byteOffset, candidates > 0 ? forecastGradient : output.gradient, 1 / (batchSize * count),
    );
    const found = this.#losses.subarray(0, rows);
    for (let i = 0; i < rows; i++) found[i] /= count;
    return found;
  }

  /** Adds the gradient of the chunk's part of the mean loss, after `forward` and `losses`, to the flat one at `gradient`. */
  backward(rows: number, firstRow: number, dropping: Dropping, gradient: number): void {
    const { bins, inputs, hidden, layers, statics, candidates, targets } = this.network;
    const { windows, records, layers: lstm, joined, dense, output, outer, forecasts, forecastGradient } = this.#layout;
    const kernels = this.#kernels;
    const padded = ceil4(rows);
    const width = ceil4(hidden) * 4;
    if (candidates > 0) {
      kernels.gateBack(
        padded, targets, candidates, output.values, this.#layout.candidates, forecasts, forecastGradient, output.gradient, ceil8(output.columns) * 4,
      );
    }
    if (dense) {
      this.#denseBack(output, 'output', padded, dense.values, ceil8(dense.columns), dense.gradient, gradient);
      kernels.squashBack(dense.values, dense.gradient, padded * ceil8(dense.columns));
      this.#denseBack(dense, 'dense', padded, joined, hidden + statics, outer, gradient);
    } else {
      this.#denseBack(output, 'output', padded, joined, hidden + statics, outer, gradient);
    }
    for (const { gradient: sums, inputs: count, blocks } of lstm) this.#zero(sums, (1 + count + hidden) * blocks * 16);
    let from = outer;
    let fromBin = 0;
    if (layers === 2) {
      const row = ceil8(hidden) * 4;
      kernels.backward(records[1], padded, this.#between(padded, dropping), width, padded * width, outer, 0);
      from = lstm[1].inputGradient;
      fromBin = padded * row;
      if (dropping.layerDropout > 0) this.#drop(from, row, rows, padded, firstRow, dropping);
    }
    kernels.backward(records[0], padded, windows, bins * inputs * 4, inputs * 4, from, fromBin);
    for (let i = 0; i < layers; i++) {
      kernels.unpackLayer(records[i], gradient + this.#offset(lstmName(i, 'kernel')), gradient + this.#offset(lstmName(i, 'bias')));
    }
  }

  /** Where the second layer's inputs begin: the first one's states after its zeros, or what dropout leaves of them. */
  #between(padded: number, dropping: Dropping | null): number {
    const { dropped, layers: [{ states }] } = this.#layout;
    return dropping && dropping.layerDropout > 0 ? dropped : states + padded * ceil4(this.network.hidden) * 4;
  }

  /** Dropout between the layers, of `[bins][padded]` rows that are `row` bytes long. */
  #drop(values: number, row: number, rows: number, padded: number, firstRow: number, { seed, step, layerDropout }: Dropping): void {
    const { bins, hidden } = this.network;
    this.#kernels.drop(values, bins, padded * row, rows, row, hidden, seed, step, firstRow, BETWEEN, dropThreshold(layerDropout), 1 / (1 - layerDropout));
  }

  /** @param from `[padded][fromWidth]`, of which the layer reads its first numbers */
  #dense({ rows, columns, panels, bias, values }: DenseLayout, padded: number, from: number, fromWidth: number): void {
    const width = ceil8(columns);
    this.#kernels.product(padded, rows, 1, from, fromWidth * 4, 0, panels, width / 8, bias, values, width * 4);
  }

  /** @param to gradient by the layer's inputs, `[padded][ceil8(backRows)]` */
  #denseBack(
    { rows, columns, back, backRows, gradient: by, sums }: DenseLayout, name: 'dense' | 'output', padded: number, from: number, fromWidth: number, to: number,
    gradient: number,
  ): void {
    const kernels = this.#kernels;
    const width = ceil8(columns);
    const biasSums = sums + rows * width * 4;
    this.#zero(sums, (rows + 1) * width);
    for (let column = 0; column < columns; column += 8) {
      kernels.outerProduct(padded, 1, from, fromWidth * 4, 0, rows, by + column * 4, width * 4, 0, sums + column * 4, width * 4);
      kernels.columnSums(padded, 1, by + column * 4, width * 4, 0, biasSums + column * 4);
    }
    kernels.unpackRows(sums, width * 4, rows, columns, gradient + this.#offset(`${name}.kernel`));
    kernels.unpackRows(biasSums, 0, 1, columns, gradient + this.#offset(`${name}.bias`));
    kernels.product(padded, columns, 1, by, width * 4, 0, back, ceil8(backRows) / 8, 0, to, ceil8(backRows) * 4);
  }

  /** Where forecasts are, and how many numbers a row of them takes. */
  #forecasts(): { readonly at: number; readonly row: number } {
    const { output, forecasts } = this.#layout;
    if (this.network.candidates > 0) return { at: forecasts, row: this.network.targets };
    return { at: output.values, row: ceil8(output.columns) };
  }

  #offset(tensor: string): number {
    return this.#offsets.get(tensor)!;
  }

  #zero(at: number, count: number): void {
    new Float32Array(this.#buffer, at, count).fill(0);
  }
}
