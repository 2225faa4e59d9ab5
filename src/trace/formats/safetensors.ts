import { amount } from '../amount.ts';
import { readArrays } from '../arrays/arrays.ts';
import { bytesOfForm, elementBytes, type ElementType } from '../arrays/elements.ts';
import type { NamedArray } from '../arrays/named-array.ts';
import { badInput } from '../read/problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../read/reader.ts';
import { cutOff, lengthOfSource, readingAhead, sliceChunks, sliceOf } from '../read/slices.ts';

/** Named tensors behind a JSON header; also TensorRT-LLM's, one a step and layer. */
export const safetensorsReader: Reader = {
  id: 'safetensors',
  label: 'safetensors (.safetensors)',
  sniff(head) {
    if (head.length < 10 || head[8] !== 0x7b) return 0;
    const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
    return length >= 2n && length <= BigInt(mostHeaderBytes) ? 0.9 : 0;
  },
  read: readSafetensors,
};

/** The format's own limit. */
const mostHeaderBytes = 100_000_000;

const types: ReadonlyMap<unknown, ElementType> = new Map([
  ['BOOL', 'b1'], ['I8', 'i1'], ['I16', 'i2'], ['I32', 'i4'], ['I64', 'i8'], ['U8', 'u1'], ['U16', 'u2'], ['U32', 'u4'], ['U64', 'u8'],
  ['F8_E4M3', 'e4f1'], ['F8_E5M2', 'e5f1'], ['F8_E4M3FNUZ', 'e4z1'], ['F8_E5M2FNUZ', 'e5z1'], ['F16', 'f2'], ['BF16', 'bf2'], ['F32', 'f4'], ['F64', 'f8'],
]);

async function readSafetensors(file: Source, options: ReadOptions): Promise<ReadResult> {
  const source = readingAhead(file);
  const { name } = source;
  const { signal } = options;
  const length = await lengthOfSource(source);
  const headerBytes = Number((await sliceOf(source, 0, 8, signal)).getBigUint64(0, true));
  const dataStart = 8 + headerBytes;
  if (dataStart > length) throw badInput(name, `its header claims ${headerBytes} bytes and the file has ${length}`, cutOff, `${name}, byte 0`);
  const { tensors, notes } = tensorsOf(parseHeader(await sliceOf(source, 8, dataStart, signal), name), name, length - dataStart);
  const arrays = tensors.map(({ start, form, name: tensor }): NamedArray => {
    const bytes = bytesOfForm(form);
    return {
      name: tensor,
      form,
      dataBytes: bytes,
      fileBytes: bytes,
      chunks: (onBytes) => sliceChunks(source, dataStart + start, dataStart + start + bytes, { signal, onBytes }),
    };
  });
  return readArrays({ name, format: 'safetensors', arrays, notes }, options);
}

function parseHeader(bytes: DataView, name: string): object {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch (error) {
    throw badInput(name, `its header is no JSON: ${error instanceof Error ? error.message : String(error)}`, cutOff, `${name}, byte 8`);
  }
  throw badInput(name, 'its header is no JSON object', cutOff, `${name}, byte 8`);
}

/** A tensor's place: `start` in bytes from the end of the header. */
type Tensor = Pick<NamedArray, 'name' | 'form'> & { readonly start: number };

/** The tensors in the order of the file, each checked to lie in it and not over another. */
function tensorsOf(header: object, file: string, dataBytes: number): { tensors: Tensor[]; notes: string[] } {
  const leftOut = new Map<string, number>();
  const tensors: Tensor[] = [];
  for (const [name, entry] of Object.entries(header) as [string, unknown][]) {
    if (name === '__metadata__') continue;
    const { dtype, shape, offsets } = entryOf(entry, `${file}, ${name}`);
    const [start, end] = offsets;
    if (start > end || end > dataBytes) throw badInput(`${file}, ${name}`, `its bytes ${start} to ${end} do not lie in the file, which has ${dataBytes} after the header`, cutOff);
    const type = types.get(dtype);
    if (!type) {
      leftOut.set(dtype, (leftOut.get(dtype) ?? 0) + 1);
      continue;
    }
    const length = shape.reduce((product, size) => product * size, 1);
    if (length * elementBytes(type) !== end - start) {
      throw badInput(`${file}, ${name}`, `${end - start} bytes do not hold ${dtype} of shape (${shape.join(', ')})`, cutOff);
    }
    tensors.push({ name, start, form: { type, bigEndian: false, fortranOrder: false, shape, length } });
  }
  tensors.sort((a, b) => a.start - b.start);
  let reached = 0;
  for (const { name, start, form } of tensors) {
    if (start < reached) throw badInput(`${file}, ${name}`, `it begins at byte ${start}, inside the array before it`, cutOff);
    reached = start + bytesOfForm(form);
  }
  const notes = [...leftOut].map(([dtype, count]) => `${amount(count, 'array')} of type ${dtype} ${count === 1 ? 'is' : 'are'} left out`);
  if (tensors.length === 0 && notes.length > 0) throw badInput(file, `its elements are of type ${[...leftOut.keys()].join(', ')}, which cannot be read`, 'save the loads as integers or floats');
  return { tensors, notes };
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offsets: readonly [number, number];
}

function entryOf(entry: unknown, name: string): Entry {
  if (typeof entry === 'object' && entry !== null && 'dtype' in entry && 'shape' in entry && 'data_offsets' in entry) {
    const { dtype, shape, data_offsets: offsets } = entry;
    if (typeof dtype === 'string' && areSizes(shape) && areSizes(offsets) && offsets.length === 2) return { dtype, shape, offsets: [offsets[0], offsets[1]] };
  }
  throw badInput(name, `its header entry is ${JSON.stringify(entry).slice(0, 120)}`, 'each needs a dtype, a shape and two data_offsets; write the file with safetensors');
}

function areSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
