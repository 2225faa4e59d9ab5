import { amount } from '../../amount.ts';
import { readArrays } from '../../arrays/arrays.ts';
import type { NamedArray } from '../../arrays/named-array.ts';
import { parseNpyHeader, type NpyHeader } from './header.ts';
import { badInput } from '../../read/problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';
import { afterBytes } from '../../read/slices.ts';
import { isZip, memberChunks, zipMembers, type ZipMember } from '../../packed/zip.ts';

/** NumPy arrays in a zip archive, stored or deflated. */
export const npzReader: Reader = {
  id: 'npz',
  label: 'NumPy archive (.npz)',
  sniff(head, name) {
    if (!isZip(head)) return 0;
    return /\.npz$/i.test(name) || /\.npy(?!\.)/.test(new TextDecoder('latin1').decode(head.subarray(30, 300))) ? 1 : 0;
  },
  read: readNpz,
};

async function readNpz(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const members = (await zipMembers(source, options.signal)).filter((member) => member.name.endsWith('.npy'));
  if (members.length === 0) throw badInput(name, 'it is a zip archive without .npy arrays', 'write it with numpy.savez');
  const arrays: NamedArray[] = [];
  for (const member of members) arrays.push(namedArray(source, member, await readHeader(source, member, options.signal), options.signal));
  return readArrays({ name, format: 'NPZ', arrays, notes: [] }, options);
}

function namedArray(source: Source, member: ZipMember, header: NpyHeader, signal: AbortSignal | undefined): NamedArray {
  return {
    name: member.name.slice(0, -4),
    form: header,
    dataBytes: member.bytes - header.dataStart,
    fileBytes: member.packedBytes,
    chunks: (onBytes) => afterBytes(memberChunks(source, member, { signal, onBytes }), header.dataStart),
  };
}

async function readHeader(source: Source, member: ZipMember, signal: AbortSignal | undefined): Promise<NpyHeader> {
  const label = `${source.name}, ${member.name}`;
  let head = new Uint8Array(0);
  for await (const chunk of memberChunks(source, member, { signal })) {
    const joined = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    const header = parseNpyHeader(head, label);
    if (header) return header;
  }
  throw badInput(label, `it ends after ${amount(head.length, 'byte')}, inside its header`, 'the file is cut off; copy it again');
}
