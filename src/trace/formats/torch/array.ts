import { breathe } from '../../../breathe.ts';
import { elementBytes, type ArrayForm } from '../../arrays/elements.ts';
import type { NamedArray } from '../../arrays/named-array.ts';
import type { NamedTensor } from './objects.ts';

/** The bytes of a storage from `start` up to `end`, in pieces. */
export type StorageChunks = (start: number, end: number, onBytes: (bytes: number) => void) => AsyncIterable<Uint8Array>;

/** A tensor as an array whose elements are read from its storage, whatever its strides are. */
export function tensorArray({ name, tensor }: NamedTensor, bigEndian: boolean, storage: StorageChunks): NamedArray {
  const { shape, strides, type } = tensor;
  const size = elementBytes(type);
  const length = shape.reduce((product, axis) => product * axis, 1);
  const fortranOrder = !isDense(shape, strides) && isDense([...shape].reverse(), [...strides].reverse());
  const form: ArrayForm = { type, bigEndian, fortranOrder, shape, length };
  const dense = fortranOrder || isDense(shape, strides);
  const elements = length === 0 ? 0 : shape.reduce((sum, axis, i) => sum + (axis - 1) * strides[i], 1);
  const start = (tensor.storage.firstElement + tensor.offset) * size;
  const end = start + elements * size;
  return {
    name,
    form,
    dataBytes: length * size,
    fileBytes: end - start,
    chunks: (onBytes) => (dense ? storage(start, end, onBytes) : gathered(storage(start, end, onBytes), end - start, shape, strides, size)),
  };
}

/** Whether the elements lie behind each other in C order. Strides of axes of length 1 do not count. */
function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** Elements put in one piece. */
const pieceElements = 1 << 16;

/** The elements of a strided view in C order. Holds the span of its storage that it looks at. */
async function* gathered(
  chunks: AsyncIterable<Uint8Array>,
  spanBytes: number,
  shape: readonly number[],
  strides: readonly number[],
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const span = new Uint8Array(spanBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    span.set(chunk, filled);
    filled += chunk.length;
  }
  const index = shape.map(() => 0);
  let at = 0;
  let left = shape.reduce((product, axis) => product * axis, 1);
  while (left > 0) {
    const count = Math.min(pieceElements, left);
    const piece = new Uint8Array(count * size);
    for (let i = 0; i < count; i++) {
      for (let byte = 0; byte < size; byte++) piece[i * size + byte] = span[at * size + byte];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++index[axis] < shape[axis]) break;
        at -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    left -= count;
    yield piece;
    await breathe();
  }
}
