import { elementBytes } from '../../arrays/elements.ts';
import { PickleEnds, unpickle } from './pickle.ts';
import { badInput } from '../../read/problems.ts';
import type { Source } from '../../read/reader.ts';
import { cutOff, lengthOfSource, readingAhead, sliceChunks, sliceOf } from '../../read/slices.ts';
import { TorchHost } from './objects.ts';
import type { OpenedTorch } from './zip.ts';

/** The pickle of torch's magic number, 0x1950a86a20f9469cfc6c. */
export const legacyMagic = Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);

const protocolVersion = 1001;
/** Bytes in which the pickles are looked for, at first and at most. */
const firstBytes = 1 << 16;
const mostBytes = 1 << 24;

/**
 * The form that torch.save wrote before PyTorch 1.6: pickles of magic number, protocol, system, object and storage keys,
 * then for each key the number of its elements and the elements, little-endian.
 */
export async function openLegacy(file: Source, signal?: AbortSignal): Promise<OpenedTorch> {
  const source = readingAhead(file);
  const { name } = source;
  const length = await lengthOfSource(source);
  const { root, keys, end, host } = await readPickles(source, length, signal);
  const starts = new Map<string, number>();
  let at = end;
  for (const key of keys) {
    const storage = typeof key === 'string' ? host.storages.get(key) : undefined;
    if (typeof key !== 'string' || !storage) throw badInput(name, `storage ${String(key)} belongs to no tensor`, cutOff);
    const bytes = storage.length * (storage.type ? elementBytes(storage.type) : 1);
    if (at + 8 + bytes > length) throw badInput(name, `storage ${key} has ${Math.max(0, length - at - 8)} of ${bytes} bytes`, cutOff, `${name}, byte ${at}`);
    const elements = Number((await sliceOf(source, at, at + 8, signal)).getBigInt64(0, true));
    if (elements !== storage.length) throw badInput(name, `storage ${key} has ${elements} elements where ${storage.length} were announced`, cutOff, `${name}, byte ${at}`);
    starts.set(key, at + 8);
    at += 8 + bytes;
  }
  return {
    root,
    bigEndian: false,
    async storageChunks({ key }) {
      const first = starts.get(key);
      if (first === undefined) throw badInput(name, `storage ${key} is not in the file`, cutOff);
      return (start, stop, onBytes) => sliceChunks(source, first + start, first + stop, { signal, onBytes });
    },
  };
}

interface Pickles {
  readonly root: unknown;
  readonly keys: readonly unknown[];
  /** Where the storages begin. */
  readonly end: number;
  readonly host: TorchHost;
}

/** Nothing says how long the pickles are: they are read from as many bytes as it takes. */
async function readPickles(source: Source, length: number, signal: AbortSignal | undefined): Promise<Pickles> {
  const { name } = source;
  for (let size = firstBytes; ; size *= 4) {
    const view = await sliceOf(source, 0, Math.min(size, length), signal);
    try {
      return parsePickles(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), name);
    } catch (error) {
      if (!(error instanceof PickleEnds)) throw error;
      if (size >= length) throw badInput(name, 'it ends inside its pickles', cutOff, `${name}, byte ${length}`);
      if (size >= mostBytes) throw badInput(name, `its pickles are longer than ${mostBytes} bytes`, 'save the loads as one tensor');
    }
  }
}

function parsePickles(bytes: Uint8Array, name: string): Pickles {
  const host = new TorchHost(name);
  const protocol = unpickle(bytes, legacyMagic.length, name, host);
  if (protocol.value !== protocolVersion) throw badInput(name, `it is of torch's protocol ${String(protocol.value)}; ${protocolVersion} is known`, 'save it again with a present PyTorch');
  const system = unpickle(bytes, protocol.end, name, host);
  const root = unpickle(bytes, system.end, name, host);
  const keys = unpickle(bytes, root.end, name, host);
  if (!Array.isArray(keys.value)) throw badInput(name, 'its list of storages is missing', cutOff);
  return { root: root.value, keys: keys.value, end: keys.end, host };
}
