/** Weights on their way to the GPU and back: the flat order of `tensors(network)` against the padded quads of a shape. */
import { lstmName, tensors } from '../network.ts';
import type { Shape } from './shape.ts';

/** For each weight in flat order, its place among the model's numbers on the GPU (four a quad). */
export function places(shape: Shape): Uint32Array {
  const { network, layers, hidden, dense, outputQuads } = shape;
  const all = tensors(network);
  const last = all.at(-1)!;
  const map = new Uint32Array(last.offset + last.size);
  const fill = (name: string, place: (row: number, column: number) => number): void => {
    const { shape: size, offset } = all.find((tensor) => tensor.name === name)!;
    const [rows, columns] = size.length === 2 ? size : [1, size[0]];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) map[offset + row * columns + column] = place(row, column);
    }
  };
  const units = network.hidden;
  layers.forEach(({ matrix, bias, x }, layer) => {
    const width = layer === 0 ? network.inputs : units;
    const gate = (quad: number, column: number): number => (quad + (column % units)) * 4 + Math.floor(column / units);
    fill(lstmName(layer, 'kernel'), (row, column) => gate(matrix + (row < width ? row : x + row - width) * hidden, column));
    fill(lstmName(layer, 'bias'), (_, column) => gate(bias, column));
  });
  // Rows of the head's first layer: h, padded, then the statics.
  const joined = (row: number): number => (row < units ? row : hidden + row - units);
  if (dense > 0) {
    fill('dense.kernel', (row, column) => (shape.denseKernel * 4) + joined(row) * dense + column);
    fill('dense.bias', (_, column) => shape.denseBias * 4 + column);
  }
  fill('output.kernel', (row, column) => shape.outputKernel * 4 + (dense > 0 ? row : joined(row)) * outputQuads * 4 + column);
  fill('output.bias', (_, column) => shape.outputBias * 4 + column);
  return map;
}

/** Writes flat weights to their places; `target` holds one model, `[quads][4]`, padding is left as it is (0). */
export function scatter(map: Uint32Array, flat: Float32Array, target: Float32Array): void {
  for (let i = 0; i < map.length; i++) target[map[i]] = flat[i];
}

/** Writes moments to their places: those of a quad lie side by side. */
export function scatterMoments(map: Uint32Array, first: Float32Array, second: Float32Array, target: Float32Array): void {
  for (let i = 0; i < map.length; i++) {
    const at = (map[i] >> 2) * 8 + (map[i] & 3);
    target[at] = first[i];
    target[at + 4] = second[i];
  }
}

/** Reads a model's flat weights from its places. */
export function collect(map: Uint32Array, source: Float32Array, flat: Float32Array): Float32Array {
  // `Float32Array.from` with a function takes many times as long.
  for (let i = 0; i < map.length; i++) flat[i] = source[map[i]];
  return flat;
}

/** Reads a model's first (0) or second (1) moments, which lie in turn, four and four. */
export function collectMoment(map: Uint32Array, source: Float32Array, which: 0 | 1, flat: Float32Array): Float32Array {
  for (let i = 0; i < map.length; i++) flat[i] = source[(map[i] >> 2) * 8 + (map[i] & 3) + 4 * which];
  return flat;
}
