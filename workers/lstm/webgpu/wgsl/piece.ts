/** What the kernels of a layer have in common: who does what, and where its cells lie. */
import type { Shape } from '../shape.ts';
import { hasProduct, type Variant } from '../variant.ts';
import { fillItem, prepareItem, readItem, type SampleOptions } from './samples.ts';
import type { Shared } from './source.ts';
import { repeat } from './source.ts';

/** A part of a kernel. */
export interface Piece {
  readonly shared: readonly Shared[];
  readonly functions: string;
  readonly body: string;
}

/** All that a kernel is made for. */
export interface Task {
  readonly shape: Shape;
  readonly variant: Variant;
  readonly batchSize: number;
  /** Tiles of rows of a batch, and how many of them the cells have room for at a time. */
  readonly tiles: number;
  readonly chunk: number;
  /** Most models of a launch. */
  readonly slots: number;
  /** Slices that the gradient of each layer's matrix comes in: one a tile of the chunk, or those of its product. */
  readonly slices: readonly number[];
  readonly normed: boolean;
  readonly dropping: boolean;
  /** Most samples that validate, and most parts of their loss, among the models. */
  readonly validations: number;
  readonly parts: number;
}

/** Where the slices of each layer's matrix gradient begin in `matrixParts`, and how many quads a slot has there. */
export function sliceLayout({ shape: { layers, hidden }, slices }: Pick<Task, 'shape' | 'slices'>): { readonly offsets: readonly number[]; readonly stride: number } {
  const offsets: number[] = [];
  let stride = 0;
  layers.forEach(({ rows }, layer) => {
    offsets.push(stride);
    stride += slices[layer] * rows * hidden;
  });
  return { offsets, stride };
}

export const sampleOptions = ({ variant, normed, dropping }: Task, listed: boolean): SampleOptions => ({ rows: variant.rows, listed, normed, dropping });

export function constantsOf({ shape, variant, batchSize, tiles, chunk }: Task, threads: number): Record<string, number> {
  return {
    BATCH: batchSize, ROWS: variant.rows, TILES: tiles, CHUNK: chunk, THREADS: threads, BINS: shape.bins, LAYERS: shape.layers.length,
    INPUTS: shape.inputs, UNITS: shape.network.hidden, H: shape.hidden, HQ: shape.hidden / 4,
    QUADS: shape.quads, MATRIX: shape.matrixQuads, REST: shape.restQuads,
  };
}

/** Stores a part of a gradient; chunks of tiles after the first add theirs to those that lie there. */
export function storePart({ tiles, chunk }: Task, buffer: 'matrixParts' | 'restParts', place: string, value: string): string {
  if (chunk === tiles) return `${buffer}[${place}] = ${value};`;
  return `{ let at = ${place}; var total = ${value}; if (part.adds == 1u) { total += ${buffer}[at]; } ${buffer}[at] = total; }`;
}

/** Keeps a quad of the first layer's inputs at bin `t` where the matrix gradient is a product of its own. */
export function keepInputs({ shape, variant }: Task, layer: number, train: boolean, t: string, row: string, quad: string, value: string): string {
  if (layer > 0 || !train || !hasProduct(variant.layers[0].backward)) return '';
  const quads = shape.layers[0].x / 4;
  return `inputs[((wid.y * CHUNK + wid.x) * BINS + ${t}) * ROWS * ${quads}u + ${row} * ${quads}u + ${quad}] = ${value};`;
}

/** First cell of bin `t` of a layer's tile. */
export const cellsAt = (layer: number, t: string): string => `(((wid.y * LAYERS + ${layer}u) * CHUNK + wid.x) * (BINS + 1u) + ${t}) * ROWS * H`;

/** Runs `code` for each of `count` items that falls to the thread, one of `stride` a row; `row` and `q` are in scope. */
export function forItem(i: number, count: number, stride: number, threads: number, code: string): string {
  const guard = (i + 1) * threads > count ? `if (item < ${count}u) ` : '';
  return `{ let item = lid + ${i * threads}u; ${guard}{ let row = item / ${stride}u; let q = item % ${stride}u; ${code} } }`;
}

/** How a layer reads its inputs: quads of rows, each the same item's at every bin. `row` and `q` are in scope of all code. */
export interface Inputs {
  /** Quads of inputs a row. */
  readonly quads: number;
  /** Declarations, and what is read once for each of a thread's items. */
  prepare(items: number, each: (i: number, code: string) => string): string;
  /** `target = ` inputs of item `i` at bin `t`. */
  read(i: number, target: string, t: string): string;
}

export function inputsOf(task: Task, layer: number, listed: boolean): Inputs {
  const quads = task.shape.layers[layer].x / 4;
  if (layer === 0) {
    const options = sampleOptions(task, listed);
    return {
      quads,
      prepare: (items, each) => `let hop = jobs[slot].hop;
      ${options.normed ? repeat(items, (i) => `${prepareItem(i, options)} ${each(i, fillItem(i, options))}`) : ''}`,
      read: (i, target, t) => readItem(i, target, t, options),
    };
  }
  return {
    quads, prepare: () => '',
    read: (_, target, t) => `{ let o = ${cellsAt(layer - 1, t)} + row * H + q * 4u; ${target} = vec4f(cells[o].y, cells[o + 1u].y, cells[o + 2u].y, cells[o + 3u].y);
      ${task.dropping && !listed ? `${target} *= betweenFactors(slot, sKey[row], ${t}, q * 4u);` : ''} }`,
  };
}

/** Thread `lid` looks after unit `lid % H` of rows `lid / H`, `lid / H + step`, …: the cells whose gates it computes. */
export interface Owners {
  /** Rows a thread. */
  readonly count: number;
  readonly row: (p: number) => string;
  /** Opens a block that runs where the row exists. */
  readonly open: (p: number) => string;
}

export function ownersOf({ variant: { rows }, shape: { hidden } }: Task, threads: number): Owners {
  const step = threads / hidden;
  const guarded = rows % step !== 0;
  const row = (p: number): string => `(lid / H + ${p * step}u)`;
  return { count: Math.max(1, Math.ceil(rows / step)), row, open: (p) => (guarded ? `if (${row(p)} < ROWS) {` : '{') };
}
