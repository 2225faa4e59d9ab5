import type { Hdf5Cursor, Hdf5File } from './file.ts';
import { Hdf5Heap } from './heap.ts';
import { parseDataspace } from './messages.ts';
import { messageKind, type Hdf5Messages } from './objects.ts';
import { walkTree2 } from './tree2.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff } from '../../read/slices.ts';

const fixedText = 3;
const reference = 7;
const variableLength = 9;

/** Texts of one attribute are no more than this. */
const mostTexts = 64;

/** Attributes that name the axes: HDF5's own labels of dimensions, and what people and xarray write. */
const axisAttribute = /^(?:dimension_?labels|_array_dimensions|axes|axis_?names|dims|dim_?names|dimensions)$/i;

/** References to a dataset for each axis that holds its places: h5py's and netCDF's scales. */
const scalesAttribute = 'DIMENSION_LIST';

/**
 * What a dataset of `rank` axes calls them: a list of texts, one text ("step, layer, expert"), or the datasets that are their scales.
 * @param nameAt name of the object at an address
 */
export async function axisNames(file: Hdf5File, messages: Hdf5Messages, rank: number, nameAt: (address: number) => string | undefined): Promise<readonly string[] | undefined> {
  const all = [...(messages.get(messageKind.attribute) ?? []), ...(await denseAttributes(file, messages))];
  for (const message of all) {
    const attribute = parseAttribute(message);
    if (!attribute) continue;
    const texts = axisAttribute.test(attribute.name) ? await textsOf(file, attribute)
      : attribute.name === scalesAttribute ? (await referencesOf(file, attribute)).map((address) => nameAt(address) ?? '') : [];
    const names = texts.length === 1 ? (texts[0].match(/[\w-]+/g) ?? []) : texts;
    if (names.length === rank && names.every((name) => name !== '')) return names;
  }
  return undefined;
}

/** Records of attributes by name, as the format numbers them. */
const attributesByName = 8;

/** Attributes beyond eight lie in a heap. */
async function denseAttributes(file: Hdf5File, messages: Hdf5Messages): Promise<Hdf5Cursor[]> {
  const info = messages.get(messageKind.attributeInfo)?.[0];
  if (!info) return [];
  info.skip(1);
  if (info.u8() & 1) info.skip(2);
  const [heapAddress, tree] = [info.address(), info.address()];
  if (heapAddress === null || tree === null) return [];
  const heap = await Hdf5Heap.open(file, heapAddress);
  const found: Hdf5Cursor[] = [];
  await walkTree2(file, tree, [attributesByName], (record) => {
    const id = record.part(8);
    // Attributes that are shared with other objects lie elsewhere.
    if ((record.u8() & 2) === 0) found.push(heap.object(id));
  });
  return found;
}

interface Attribute {
  readonly name: string;
  readonly type: Hdf5Cursor;
  readonly count: number;
  readonly data: Hdf5Cursor;
}

function parseAttribute(message: Hdf5Cursor): Attribute | null {
  const version = message.u8();
  // A type of its own elsewhere in the file.
  const hasSharedType = message.u8() !== 0 && version > 1;
  const sizes = [message.u16(), message.u16(), message.u16()];
  if (version === 3) message.skip(1);
  const [name, type, space] = sizes.map((size) => {
    const part = message.part(size);
    if (version === 1) message.skip(Math.min(message.left, (8 - (size % 8)) % 8));
    return part;
  });
  const shape = parseDataspace(space)?.shape;
  const count = shape?.reduce((product, size) => product * size, 1) ?? 0;
  return hasSharedType || count === 0 || count > mostTexts ? null : { name: name.text(), type, count, data: message };
}

/** None for an attribute that holds no texts. */
async function textsOf(file: Hdf5File, { type, count, data }: Attribute): Promise<string[]> {
  const kind = type.u8() & 15;
  const bits = type.u8();
  type.skip(2);
  const size = type.u32();
  if (kind === fixedText) return Array.from({ length: count }, () => data.part(size).text().trimEnd());
  if (kind !== variableLength || (bits & 15) !== 1) return [];
  const texts: string[] = [];
  for (let i = 0; i < count; i++) texts.push((await variablePart(file, data, 1))?.text() ?? '');
  return texts;
}

/** The first object that each element of a list of references leads to. None for an attribute that holds no such lists. */
async function referencesOf(file: Hdf5File, { type, count, data }: Attribute): Promise<number[]> {
  if ((type.u8() & 15) !== variableLength) return [];
  type.skip(7);
  if ((type.u8() & 15) !== reference) return [];
  const addresses: number[] = [];
  for (let i = 0; i < count; i++) addresses.push((await variablePart(file, data, 8))?.u64() ?? 0);
  return addresses;
}

/** An element of variable length: how many parts of `bytes` bytes, and where they lie. Null for an empty one. */
async function variablePart(file: Hdf5File, data: Hdf5Cursor, bytes: number): Promise<Hdf5Cursor | null> {
  const length = data.u32() * bytes;
  const [collection, index] = [data.address(), data.u32()];
  return length === 0 || collection === null ? null : (await collected(file, collection, index)).part(length);
}

/** An object of a collection of what has many lengths ("global heap"). */
async function collected(file: Hdf5File, address: number, wanted: number): Promise<Hdf5Cursor> {
  const header = await file.cursor(address, 16);
  header.signature('GCOL');
  header.skip(4);
  const content = await file.cursor(address + 16, Math.max(0, header.u64() - 16));
  while (content.left >= 16) {
    const index = content.u16();
    content.skip(6);
    const bytes = content.u64();
    if (index === wanted) return content.part(bytes);
    // The rest is free.
    if (index === 0) break;
    content.skip(Math.ceil(bytes / 8) * 8);
  }
  throw badInput(file.name, `a text in it is not where it should be (${wanted} in a collection)`, cutOff, `${file.name}, byte ${address}`);
}
