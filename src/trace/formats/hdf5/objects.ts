import { Hdf5Cursor, type Hdf5File } from './file.ts';
import { Hdf5Heap } from './heap.ts';
import { parseLink, parseLinkInfo } from './messages.ts';
import { walkTree2 } from './tree2.ts';
import { naturalOrder } from '../../read/names.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff } from '../../read/slices.ts';

/** Kinds of header messages that matter here, as the format numbers them. */
export const messageKind = { dataspace: 1, linkInfo: 2, datatype: 3, fill: 5, link: 6, layout: 8, filters: 11, attribute: 12, continuation: 16, symbolTable: 17, attributeInfo: 21 } as const;

/** Messages of an object's header by kind, in their order. */
export type Hdf5Messages = ReadonlyMap<number, readonly Hdf5Cursor[]>;

/** Blocks of one header, messages and objects beyond these numbers are no trace. */
const mostBlocks = 1000;
const mostObjects = 200_000;

/** Reads the header of an object, version 1 or 2, with its continuations. Messages that are shared with other objects are left out. */
export async function readHeader(file: Hdf5File, address: number): Promise<Hdf5Messages> {
  const found = new Map<number, Hdf5Cursor[]>();
  const start = await file.cursorUpTo(address, 64);
  const first = start.u8();
  const isNew = first === 0x4f;
  if (!isNew && first !== 1) throw badInput(file.name, `an object header of version ${first} is unknown`, cutOff, `${file.name}, byte ${address}`);
  const { blockStart, blockBytes, hasOrder } = isNew ? newPrefix(start) : oldPrefix(start);
  // New blocks begin with a prefix or signature, which their checksum covers.
  const waiting: { at: number; prefix: number; bytes: number }[] = [{ at: address, prefix: blockStart, bytes: blockBytes }];
  let blocks = 0;
  for (let block = waiting.shift(); block; block = waiting.shift()) {
    if (++blocks > mostBlocks) throw badInput(file.name, `an object has more than ${mostBlocks} header blocks`, cutOff, `${file.name}, byte ${address}`);
    const cursor = isNew ? await file.checked(block.at, block.prefix + block.bytes) : await file.cursor(block.at, block.prefix + block.bytes);
    cursor.skip(block.prefix);
    const prefix = isNew ? 4 + (hasOrder ? 2 : 0) : 8;
    while (cursor.left >= prefix) {
      const kind = isNew ? cursor.u8() : cursor.u16();
      const size = cursor.u16();
      const flags = cursor.u8();
      cursor.skip(prefix - (isNew ? 4 : 5));
      const content = cursor.bytes(size);
      const message = new Hdf5Cursor(new DataView(content.buffer, content.byteOffset, size), file.name);
      if (kind === messageKind.continuation) {
        const [at, bytes] = [message.u64(), message.u64()];
        waiting.push(isNew ? { at, prefix: 4, bytes: Math.max(0, bytes - 8) } : { at, prefix: 0, bytes });
      } else if ((flags & 2) === 0) {
        const messages = found.get(kind) ?? [];
        messages.push(message);
        found.set(kind, messages);
      }
    }
  }
  return found;
}

interface HeaderPrefix {
  readonly blockStart: number;
  readonly blockBytes: number;
  readonly hasOrder: boolean;
}

function oldPrefix(start: Hdf5Cursor): HeaderPrefix {
  start.skip(7);
  return { blockBytes: start.u32(), blockStart: 16, hasOrder: false };
}

function newPrefix(start: Hdf5Cursor): HeaderPrefix {
  start.skip(4);
  const flags = start.u8();
  start.skip((flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0));
  const blockBytes = start.uint(1 << (flags & 3));
  return { blockBytes, blockStart: start.at, hasOrder: (flags & 4) !== 0 };
}

export interface Hdf5Object {
  /** "group/dataset" */
  readonly path: string;
  /** Of its header. */
  readonly address: number;
  readonly messages: Hdf5Messages;
}

/** All datasets of a file, each once, groups before what is in them. */
export async function readDatasets(file: Hdf5File): Promise<Hdf5Object[]> {
  const datasets: Hdf5Object[] = [];
  const seen = new Set<number>([file.root]);
  const waiting: { path: string; address: number }[] = [{ path: '', address: file.root }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, address } = next;
    const messages = await readHeader(file, address);
    if (messages.has(messageKind.dataspace) && messages.has(messageKind.layout)) {
      datasets.push({ path, address, messages });
      continue;
    }
    for (const link of await readLinks(file, messages)) {
      if (link.address === null || seen.has(link.address)) continue;
      if (seen.size >= mostObjects) throw badInput(file.name, `it holds more than ${mostObjects} objects`, 'save fewer datasets in one file');
      seen.add(link.address);
      waiting.push({ path: path ? `${path}/${link.name}` : link.name, address: link.address });
    }
  }
  return datasets;
}

interface Link {
  readonly name: string;
  readonly address: number | null;
}

async function readLinks(file: Hdf5File, messages: Hdf5Messages): Promise<Link[]> {
  const links: Link[] = (messages.get(messageKind.link) ?? []).map(parseLink);
  const info = messages.get(messageKind.linkInfo)?.[0];
  const dense = info && parseLinkInfo(info);
  if (dense) links.push(...(await readDenseLinks(file, dense.heap, dense.names)));
  const table = messages.get(messageKind.symbolTable)?.[0];
  if (table) {
    const [tree, heap] = [table.address(), table.address()];
    if (tree !== null && heap !== null) links.push(...(await readSymbols(file, tree, heap)));
  }
  return links;
}

/** Records of links by name, as the format numbers them. */
const linksByName = 5;

/** The links of a large group: messages in a heap, found by a tree over hashes of their names. */
async function readDenseLinks(file: Hdf5File, heapAddress: number, tree: number): Promise<Link[]> {
  const heap = await Hdf5Heap.open(file, heapAddress);
  const links: Link[] = [];
  await walkTree2(file, tree, [linksByName], (record, _, bytes) => {
    record.skip(4);
    links.push(parseLink(heap.object(record.part(bytes - 4))));
  });
  // Hashes have no order that a person would know.
  return links.sort((a, b) => naturalOrder(a.name, b.name));
}

/** The symbol table of an old group: a tree of nodes whose names lie in a heap. */
async function readSymbols(file: Hdf5File, tree: number, heapAddress: number): Promise<Link[]> {
  const heap = await file.cursor(heapAddress, 32);
  heap.signature('HEAP');
  heap.skip(4);
  const heapBytes = heap.u64();
  heap.skip(8);
  const names = await file.slice(heap.u64(), heapBytes);
  const links: Link[] = [];
  await walkTree(file, tree, 0, 8, async (_, address) => {
    const header = await file.cursor(address, 8);
    header.signature('SNOD');
    header.skip(2);
    const count = header.u16();
    const entries = await file.cursor(address + 8, count * 40);
    for (let i = 0; i < count; i++) {
      const nameStart = entries.u64();
      const target = entries.address();
      entries.skip(24);
      if (nameStart >= heapBytes) throw badInput(file.name, 'a name lies outside its heap', cutOff, `${file.name}, byte ${address}`);
      const name = new Hdf5Cursor(new DataView(names.buffer, names.byteOffset + nameStart, heapBytes - nameStart), file.name).text();
      links.push({ name, address: target });
    }
  });
  return links;
}

/**
 * Walks a version 1 tree in its order.
 * @param kind 0 for groups, 1 for chunks
 * @param keyBytes length of a key
 * @param onLeaf called with the key before each leaf
 */
export async function walkTree(file: Hdf5File, root: number, kind: number, keyBytes: number, onLeaf: (key: Hdf5Cursor, address: number) => Promise<void> | void): Promise<void> {
  const seen = new Set<number>();
  const visit = async (address: number): Promise<void> => {
    if (seen.has(address)) throw badInput(file.name, 'a tree in it leads back to itself', cutOff, `${file.name}, byte ${address}`);
    seen.add(address);
    const node = await file.cursor(address, 24);
    node.signature('TREE');
    if (node.u8() !== kind) throw badInput(file.name, 'a tree in it is of the wrong kind', cutOff, `${file.name}, byte ${address}`);
    const level = node.u8();
    const count = node.u16();
    const entries = await file.cursor(address + 24, count * (keyBytes + 8));
    for (let i = 0; i < count; i++) {
      const keyContent = entries.bytes(keyBytes);
      const child = entries.u64();
      if (level > 0) await visit(child);
      else await onLeaf(new Hdf5Cursor(new DataView(keyContent.buffer, keyContent.byteOffset, keyContent.length), file.name), child);
    }
  };
  await visit(root);
}
