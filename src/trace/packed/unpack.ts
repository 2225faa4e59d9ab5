import { GatecastError, throwIfAborted } from '../../errors.ts';
import type { OnProgress } from '../../progress.ts';
import { number } from '../amount.ts';
import { ByteMeter, chunksOfStream } from '../read/chunks.ts';
import { gunzipped } from './gunzip.ts';
import { badInput } from '../read/problems.ts';
import type { Source } from '../read/reader.ts';
import { blobSource } from '../read/sources.ts';
import { unzstd } from './unzstd.ts';
import { memberChunks, type ZipMember } from './zip.ts';

/** A file that is something else in another form: packed as one stream, or text in two bytes a letter. */
export type Packing = 'gzip' | 'zstd' | 'utf-16le' | 'utf-16be';

/** The form of a file with these first bytes; null for a file that is itself. */
export function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  // As Excel ("Unicode text") and PowerShell (>) write text.
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return null;
}

/** What may come out of a packed file, whatever is packed inside: a small file must not fill the machine. */
const freeBytes = 256e6;
const mostRatio = 300;

/** What may be unpacked at once, for formats that are read out of order. */
const mostWhole = 2e9;

const headBytes = 1 << 16;

/** Unpacked bytes that are handed to the browser at once; it may keep them on disk. */
const blobBytes = 8 << 20;

/** What unpacking needs to know of the reading it is part of. */
export interface Unpacking {
  /** Files around this one: "run.zip, long.csv.gz" is 2 deep. */
  readonly depth: number;
  /** Bytes that any layer may unpack to. */
  readonly limitBytes: number;
  readonly signal: AbortSignal | undefined;
  /** Told of packed bytes; undefined where a layer outside reports already. */
  readonly onProgress: OnProgress | undefined;
}

const deepest = 3;

/** One layer further in. Throws when there are too many. */
export function deeper(source: Source, outer: Omit<Unpacking, 'depth' | 'limitBytes'> & Partial<Unpacking>): Unpacking {
  const depth = (outer.depth ?? 0) + 1;
  if (depth > deepest) throw badInput(source.name, `it is packed more than ${deepest} times over`, 'unpack it and open what is inside');
  return { ...outer, depth, limitBytes: outer.limitBytes ?? Math.max(freeBytes, (source.byteLength ?? 0) * mostRatio) };
}

/** What is inside a gzip or zstd file, or text as UTF-8, unpacked while it is read. Its name is the file's without the ending of what it was packed with. */
export function unpackedSource(source: Source, packing: Packing, unpacking: Unpacking): Source {
  const { signal, onProgress } = unpacking;
  async function* chunks(report: boolean): AsyncGenerator<Uint8Array, void, undefined> {
    const meter = report ? new ByteMeter(`reading ${source.name}`, source.byteLength, onProgress) : null;
    const packed = chunksOfStream(source.stream(), source.name, signal, (bytes) => meter?.add(bytes));
    try {
      yield* packing === 'gzip' ? gunzipped(packed) : packing === 'zstd' ? unzstd(packed) : utf8Of(packed, packing);
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof GatecastError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw badInput(source.name, `it is damaged or cut off and cannot be unpacked (${packing}: ${why})`, 'copy or pack the file again');
    }
  }
  const name = packing === 'gzip' ? source.name.replace(/\.(?:gz|gzip)$/i, '') : packing === 'zstd' ? source.name.replace(/\.(?:zst|zstd)$/i, '') : source.name;
  return new UnpackedSource(name, source.name, undefined, chunks, unpacking);
}

async function* utf8Of(chunks: AsyncGenerator<Uint8Array, void, undefined>, encoding: 'utf-16le' | 'utf-16be'): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }));
  yield encoder.encode(decoder.decode());
}

/** A file inside a zip archive. */
export function memberSource(archive: Source, member: ZipMember, unpacking: Unpacking): Source {
  const { signal, onProgress } = unpacking;
  const label = `${archive.name}, ${member.name}`;
  if (member.bytes > unpacking.limitBytes) throw tooMuch(label, unpacking.limitBytes);
  const chunks = (report: boolean): AsyncGenerator<Uint8Array, void, undefined> => {
    const meter = report ? new ByteMeter(`reading ${label}`, member.packedBytes, onProgress) : null;
    return memberChunks(archive, member, { signal, onBytes: (bytes) => meter?.add(bytes) });
  };
  return new UnpackedSource(member.name, label, member.bytes, chunks, unpacking);
}

function tooMuch(label: string, limitBytes: number): GatecastError {
  return badInput(label, `it unpacks to more than ${number.format(Math.round(limitBytes / 1e6))} MB, far more than such a file holds`, 'if that is right, unpack it and open what is inside');
}

class UnpackedSource implements Source {
  readonly name: string;
  readonly byteLength: number | undefined;
  readonly #label: string;
  readonly #chunks: (report: boolean) => AsyncGenerator<Uint8Array, void, undefined>;
  readonly #limitBytes: number;
  #head: Promise<Uint8Array> | undefined;
  #whole: Promise<Blob> | undefined;

  constructor(name: string, label: string, byteLength: number | undefined, chunks: (report: boolean) => AsyncGenerator<Uint8Array, void, undefined>, { limitBytes }: Unpacking) {
    this.name = name;
    this.byteLength = byteLength;
    this.#label = label;
    this.#chunks = chunks;
    this.#limitBytes = limitBytes;
  }

  /** Bytes out of order: those of the beginning are unpacked alone, others with the whole file, which the browser then keeps. */
  async slice(start: number, end: number): Promise<Uint8Array> {
    if (!this.#whole && end <= headBytes) {
      this.#head ??= this.#readHead();
      return (await this.#head).subarray(start, end);
    }
    return new Uint8Array(await (await this.whole()).slice(start, end).arrayBuffer());
  }

  stream(): ReadableStream<Uint8Array> {
    return streamOf(this.#limited(true, this.#limitBytes));
  }

  /** The whole file unpacked, for formats that are read out of order. Rejects when it is over the limit. */
  whole(): Promise<Blob> {
    this.#whole ??= this.#unpack();
    return this.#whole;
  }

  async #readHead(): Promise<Uint8Array> {
    const head = new Uint8Array(headBytes);
    let length = 0;
    for await (const chunk of this.#chunks(false)) {
      const part = chunk.subarray(0, headBytes - length);
      head.set(part, length);
      length += part.length;
      if (length === headBytes) break;
    }
    return head.subarray(0, length);
  }

  async #unpack(): Promise<Blob> {
    const parts: Blob[] = [];
    let held: Uint8Array<ArrayBuffer>[] = [];
    let heldBytes = 0;
    for await (const chunk of this.#limited(true, Math.min(mostWhole, this.#limitBytes))) {
      held.push(chunk.slice());
      heldBytes += chunk.length;
      if (heldBytes < blobBytes) continue;
      parts.push(new Blob(held));
      held = [];
      heldBytes = 0;
    }
    return new Blob([...parts, ...held]);
  }

  async *#limited(report: boolean, limitBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = 0;
    for await (const chunk of this.#chunks(report)) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw tooMuch(this.#label, limitBytes);
      yield chunk;
    }
  }
}

/** The same file with all its bytes at hand, for a reader that reads out of order. Files that are not packed are so already. */
export async function atHand(source: Source): Promise<Source> {
  return source instanceof UnpackedSource ? blobSource(await source.whole(), source.name) : source;
}

function streamOf(chunks: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  }, { highWaterMark: 0 });
}
