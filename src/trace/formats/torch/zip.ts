import { elementBytes } from '../../arrays/elements.ts';
import { PickleEnds, unpickle } from './pickle.ts';
import { badInput } from '../../read/problems.ts';
import type { Source } from '../../read/reader.ts';
import { afterBytes, cutOff, readingAhead, sliceChunks } from '../../read/slices.ts';
import type { StorageChunks } from './array.ts';
import { TorchHost, type TorchStorage } from './objects.ts';
import { memberChunks, memberStart, zipMembers, type ZipMember } from '../../packed/zip.ts';

/** A torch file whose pickle is read; the storages of its tensors are read when asked for. */
export interface OpenedTorch {
  readonly root: unknown;
  readonly bigEndian: boolean;
  /** Rejects with `bad-input` when the file has less of the storage than the pickle says. */
  storageChunks(storage: TorchStorage): Promise<StorageChunks>;
}

/** A pickle holds no loads, only what they are called. Objects take some hundred times the bytes of their pickle. */
const mostPickleBytes = 1 << 24;

/** The zip archive that torch.save writes since PyTorch 1.6: NAME/data.pkl, NAME/byteorder, NAME/data/KEY. */
export async function openZip(file: Source, signal?: AbortSignal): Promise<OpenedTorch> {
  const source = readingAhead(file);
  const { name } = source;
  const members = new Map((await zipMembers(source, signal)).map((member) => [member.name, member]));
  const pickle = [...members.values()].find((member) => /(^|\/)data\.pkl$/.test(member.name));
  if (!pickle) throw badInput(name, 'it is an archive without data.pkl', 'write it with torch.save');
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  if (members.has(`${folder}constants.pkl`)) throw badInput(name, 'it is a TorchScript program, not tensors', 'save the tensors with torch.save');
  const order = members.get(`${folder}byteorder`);
  const bigEndian = order !== undefined && new TextDecoder().decode(await wholeMember(source, order, signal)) === 'big';
  const host = new TorchHost(name);
  return {
    root: unpickleMember(await wholeMember(source, pickle, signal), `${name}, ${pickle.name}`, host),
    bigEndian,
    async storageChunks(storage) {
      const member = members.get(`${folder}data/${storage.key}`);
      const bytes = storage.length * (storage.type ? elementBytes(storage.type) : 1);
      if (!member || member.bytes < bytes) throw badInput(name, `storage ${storage.key} has ${member?.bytes ?? 0} of ${bytes} bytes`, cutOff);
      return chunksOfMember(source, member, signal);
    },
  };
}

function unpickleMember(bytes: Uint8Array, name: string, host: TorchHost): unknown {
  try {
    return unpickle(bytes, 0, name, host).value;
  } catch (error) {
    if (error instanceof PickleEnds) throw badInput(name, 'it ends inside its pickle', cutOff);
    throw error;
  }
}

/** Stored members are read where they are asked for; packed ones, which torch does not write, from their beginning. */
async function chunksOfMember(source: Source, member: ZipMember, signal: AbortSignal | undefined): Promise<StorageChunks> {
  if (member.method !== 0) return (start, _, onBytes) => afterBytes(memberChunks(source, member, { signal, onBytes }), start);
  const first = await memberStart(source, member, signal);
  return (start, end, onBytes) => sliceChunks(source, first + start, first + end, { signal, onBytes });
}

async function wholeMember(source: Source, member: ZipMember, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (member.bytes > mostPickleBytes) throw badInput(`${source.name}, ${member.name}`, `it has ${member.bytes} bytes, too many to describe tensors`, 'save the loads as one tensor');
  const whole = new Uint8Array(member.bytes);
  let at = 0;
  for await (const chunk of memberChunks(source, member, { signal })) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
