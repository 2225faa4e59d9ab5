import { amount } from '../../amount.ts';
import { readArrays } from '../../arrays/arrays.ts';
import { bytesOfForm, elementBytes, type ArrayForm } from '../../arrays/elements.ts';
import { axisNames } from './attributes.ts';
import { checkShape, chunkedElements } from './chunks.ts';
import { hdf5Magic, openHdf5, type Hdf5File } from './file.ts';
import { parseDataspace, parseDatatype, parseFill, parseFilters, parseLayout } from './messages.ts';
import { messageKind, readDatasets, type Hdf5Object } from './objects.ts';
import type { NamedArray } from '../../arrays/named-array.ts';
import { startsWith } from '../numpy/header.ts';
import { badInput } from '../../read/problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';
import { lengthOfSource, sliceChunks, sliceOf } from '../../read/slices.ts';

/** HDF5 as h5py writes it, also with libver="latest": datasets in groups, whole or in chunks, packed by gzip or LZF with or without shuffle. */
export const hdf5Reader: Reader = {
  id: 'hdf5',
  label: 'HDF5 (.h5, .hdf5)',
  sniff: (head) => (signatureAt(head) === null ? 0 : 1),
  read: readHdf5,
};

/** Where the signature stands: at the beginning, or behind a user block of 512, 1024, 2048 … bytes. */
function signatureAt(head: Uint8Array): number | null {
  for (let start = 0; start < head.length; start = start === 0 ? 512 : start * 2) {
    if (startsWith(head.subarray(start, start + hdf5Magic.length), hdf5Magic)) return start;
  }
  return null;
}

/** User blocks are looked behind up to here. */
const mostUserBytes = 1 << 16;

async function readHdf5(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const head = await sliceOf(source, 0, Math.min(mostUserBytes, await lengthOfSource(source)), options.signal);
  const start = signatureAt(new Uint8Array(head.buffer, head.byteOffset, head.byteLength)) ?? 0;
  const file = await openHdf5(source, start, options.signal);
  const datasets = await readDatasets(file);
  const names = new Map(datasets.map(({ address, path }) => [address, path]));
  const arrays: NamedArray[] = [];
  for (const dataset of datasets) {
    const array = await namedArray(file, dataset, (address) => names.get(address));
    if (array) arrays.push(array);
  }
  const others = datasets.length - arrays.length;
  if (arrays.length === 0 && others > 0) throw badInput(name, `none of its ${amount(others, 'dataset')} holds numbers`, 'save the loads as a dataset of integers or floats');
  const notes = others > 0 ? [`${amount(others, 'dataset')} without numbers ${others === 1 ? 'is' : 'are'} left out`] : [];
  return readArrays({ name, format: 'HDF5', arrays, notes }, options);
}

/** A dataset of numbers as an array; null when its elements are texts or records, or were never written. */
async function namedArray(file: Hdf5File, { path, messages }: Hdf5Object, nameAt: (address: number) => string | undefined): Promise<NamedArray | null> {
  const message = (kind: number): NonNullable<ReturnType<typeof messages.get>>[number] | undefined => messages.get(kind)?.[0];
  const [space, type, layoutMessage] = [message(messageKind.dataspace), message(messageKind.datatype), message(messageKind.layout)];
  const axes = space && parseDataspace(space);
  const element = type && parseDatatype(type);
  if (!axes || !element || !layoutMessage) return null;
  const { shape, mostShape } = axes;
  const name = `${file.name}, ${path}`;
  const length = shape.reduce((product, size) => product * size, 1);
  const form: ArrayForm = { ...element, fortranOrder: false, shape, length, axisNames: await axisNames(file, messages, shape.length, nameAt) };
  const whole = bytesOfForm(form);
  if (!Number.isSafeInteger(whole)) throw badInput(name, `its shape (${shape.join(', ')}) is larger than any file`, 'the file is damaged; copy it again');
  const layout = parseLayout(layoutMessage, name);
  const array = { name: path, form };
  if (layout.kind === 'compact') return { ...array, dataBytes: layout.bytes.length, fileBytes: layout.bytes.length, chunks: () => onePiece(layout.bytes) };
  if (layout.kind === 'contiguous') {
    const { address } = layout;
    // What was never written has no place in the file.
    if (address === null) return null;
    const start = file.base + address;
    return { ...array, dataBytes: Math.max(0, Math.min(layout.bytes, file.length - start)), fileBytes: whole, chunks: (onBytes) => sliceChunks(file.source, start, start + whole, { signal: file.signal, onBytes }) };
  }
  const filterMessage = message(messageKind.filters);
  const filters = filterMessage ? parseFilters(filterMessage) : [];
  const fillMessage = message(messageKind.fill);
  const fill = fillMessage ? parseFill(fillMessage) : null;
  if (fill && fill.length !== elementBytes(form.type)) throw badInput(name, `its fill value has ${fill.length} bytes`, 'the file is damaged; copy it again');
  const dataset = { name, form, mostShape, layout, filters, fill };
  await checkShape(file, dataset);
  return { ...array, dataBytes: whole, fileBytes: whole, chunks: (onBytes) => chunkedElements(file, dataset, onBytes) };
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
