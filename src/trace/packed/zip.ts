import { throwIfAborted } from '../../errors.ts';
import { chunksOfStream, readFailure } from '../read/chunks.ts';
import { crc32 } from './crc32.ts';
import { badInput } from '../read/problems.ts';
import type { Source } from '../read/reader.ts';
import { cutOff, lengthOfSource, mostInflation, sliceOf, type SliceOptions } from '../read/slices.ts';

/** A file inside a zip archive. Sizes come from the central directory, so data descriptors do not matter. */
export interface ZipMember {
  readonly name: string;
  /** 0 stored, 8 deflated */
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerStart: number;
  readonly encrypted: boolean;
}

/** Whether a file begins as a zip archive; an empty one begins with its end. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

const endSignature = 0x06054b50;
const end64LocatorSignature = 0x07064b50;
const end64Signature = 0x06064b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const mostMembers = 100_000;

/** The members of an archive, from its central directory (PKWARE APPNOTE 6.3.10, with zip64). */
export async function zipMembers(source: Source, signal?: AbortSignal): Promise<ZipMember[]> {
  const { name } = source;
  const length = await lengthOfSource(source);
  const tailStart = Math.max(0, length - 65_557);
  const tail = await sliceOf(source, tailStart, length, signal);
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== endSignature) at--;
  if (at < 0) throw badInput(name, 'its directory of members, at the end of a zip archive, is missing', cutOff, `${name}, byte ${length}`);
  let count = tail.getUint16(at + 10, true);
  let directoryBytes = tail.getUint32(at + 12, true);
  let directoryStart = tail.getUint32(at + 16, true);
  if (at >= 20 && tail.getUint32(at - 20, true) === end64LocatorSignature) {
    const end64Start = safe64(tail, at - 20 + 8);
    if (end64Start + 56 > length) throw badInput(name, 'its zip64 directory lies outside the file', cutOff);
    const end64 = await sliceOf(source, end64Start, end64Start + 56, signal);
    if (end64.getUint32(0, true) !== end64Signature) throw badInput(name, 'its zip64 directory is damaged', cutOff, `${name}, byte ${end64Start}`);
    count = safe64(end64, 32);
    directoryBytes = safe64(end64, 40);
    directoryStart = safe64(end64, 48);
  }
  if (directoryStart + directoryBytes > length) throw badInput(name, 'its directory of members lies outside the file', cutOff, `${name}, byte ${tailStart + at}`);
  if (count > mostMembers) throw badInput(name, `it claims ${count} members`, 'save fewer arrays in one file');
  return parseDirectory(await sliceOf(source, directoryStart, directoryStart + directoryBytes, signal), count, name, directoryStart);
}

function parseDirectory(view: DataView, count: number, file: string, start: number): ZipMember[] {
  const decoder = new TextDecoder();
  const members: ZipMember[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== entrySignature) throw badInput(file, `entry ${i} of its directory is damaged`, cutOff, `${file}, byte ${start + at}`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw badInput(file, `entry ${i} of its directory is damaged`, cutOff, `${file}, byte ${start + at}`);
    const sizes = {
      bytes: view.getUint32(at + 24, true),
      packedBytes: view.getUint32(at + 20, true),
      headerStart: view.getUint32(at + 42, true),
    };
    readZip64Extra(view, at + 46 + nameLength, extraLength, sizes);
    const method = view.getUint16(at + 10, true);
    const name = decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
    if (sizes.headerStart + 30 + sizes.packedBytes > start) throw badInput(file, `member ${name} reaches beyond the directory`, cutOff, `${file}, byte ${start + at}`);
    if (sizes.bytes > (method === 0 ? sizes.packedBytes : sizes.packedBytes * mostInflation + 64)) {
      throw badInput(file, `member ${name} claims ${sizes.bytes} bytes out of ${sizes.packedBytes} packed ones`, cutOff, `${file}, byte ${start + at}`);
    }
    members.push({
      ...sizes,
      name,
      method,
      crc: view.getUint32(at + 16, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    });
    at = next;
  }
  return members;
}

/** Sizes that do not fit 32 bits stand in an extra field, in this order and only those. */
function readZip64Extra(view: DataView, start: number, length: number, sizes: { bytes: number; packedBytes: number; headerStart: number }): void {
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(at + 4 + view.getUint16(at + 2, true), start + length);
    let field = at + 4;
    for (const key of ['bytes', 'packedBytes', 'headerStart'] as const) {
      if (sizes[key] !== 0xffffffff || field + 8 > end) continue;
      sizes[key] = safe64(view, field);
      field += 8;
    }
    return;
  }
}

function safe64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

const packedPieceBytes = 1 << 18;

/** Where the packed bytes of a member begin. */
export async function memberStart(source: Source, member: ZipMember, signal?: AbortSignal): Promise<number> {
  const local = await sliceOf(source, member.headerStart, member.headerStart + 30, signal);
  if (local.getUint32(0, true) !== localSignature) throw badInput(`${source.name}, ${member.name}`, 'its header is damaged', cutOff, `${source.name}, byte ${member.headerStart}`);
  return member.headerStart + 30 + local.getUint16(26, true) + local.getUint16(28, true);
}

/** The unpacked bytes of a member. Size and checksum are compared at its end. */
export async function* memberChunks(source: Source, member: ZipMember, options: SliceOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  const label = `${source.name}, ${member.name}`;
  if (member.encrypted) throw badInput(label, 'it is encrypted', 'save it without a password');
  if (member.method !== 0 && member.method !== 8) throw badInput(label, `it is packed by method ${member.method}`, 'pack it with deflate, as zip does by default and numpy.savez_compressed');
  const start = await memberStart(source, member, options.signal);
  let failure: unknown;
  const packed = packedStream(source, start, start + member.packedBytes, options, (error) => (failure = error));
  const stream = member.method === 0 ? packed : packed.pipeThrough(new DecompressionStream('deflate-raw'));
  let bytes = 0;
  let crc = 0;
  const chunks = chunksOfStream(stream, label, options.signal);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > member.bytes) break;
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    throwIfAborted(options.signal);
    // What the source said counts before what the unpacking made of it.
    if (failure) throw readFailure(failure, source.name, start, options.signal);
    throw error instanceof RangeError ? error : damaged(label, source, start);
  }
  if (bytes !== member.bytes || crc !== member.crc) throw damaged(label, source, start);
}

function damaged(label: string, source: Source, start: number): Error {
  return badInput(label, 'its packed bytes are damaged (size or checksum does not fit)', 'copy the file again', `${source.name}, byte ${start}`);
}

function packedStream(source: Source, start: number, end: number, options: SliceOptions, onFailure: (error: unknown) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = start;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (at >= end) return controller.close();
      const to = Math.min(at + packedPieceBytes, end);
      try {
        const view = await sliceOf(source, at, to, options.signal);
        controller.enqueue(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      } catch (error) {
        onFailure(error);
        throw error;
      }
      options.onBytes?.(to - at);
      at = to;
    },
  }, { highWaterMark: 0 });
}
