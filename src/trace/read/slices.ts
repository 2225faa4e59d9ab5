import { breathe } from '../../breathe.ts';
import { throwIfAborted } from '../../errors.ts';
import { readFailure, untilAborted } from './chunks.ts';
import { badInput } from './problems.ts';
import type { Source } from './reader.ts';

export const cutOff = 'the file is cut off or damaged; copy it again';

/** A plain error of what was read as one that names the place; any other as it is. */
export function asBadInput(error: unknown, what: string): unknown {
  return error instanceof Error && error.constructor === Error ? badInput(what, error.message, cutOff) : error;
}

/** A deflated byte stands for at most so many. */
export const mostInflation = 1032;

/** Exactly the bytes from `start` up to `end`. Rejects with `bad-input` when the file ends before. */
export async function sliceOf(source: Source, start: number, end: number, signal?: AbortSignal): Promise<DataView<ArrayBuffer>> {
  throwIfAborted(signal);
  const bytes = await untilAborted(source.slice(start, end), signal).catch((error: unknown) => {
    throw readFailure(error, source.name, start, signal);
  });
  if (bytes.length < end - start) throw badInput(source.name, `it ends after byte ${start + bytes.length}, where ${end} were expected`, cutOff, `${source.name}, byte ${start}`);
  return new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Length of a file, bytes. Only a source that does not know it is read whole. */
export async function lengthOfSource(source: Source): Promise<number> {
  return source.byteLength ?? (await source.slice(0, Number.MAX_SAFE_INTEGER)).length;
}

export interface SliceOptions {
  readonly signal?: AbortSignal;
  /** Told of bytes as they are read. */
  readonly onBytes?: (bytes: number) => void;
}

const pieceBytes = 1 << 20;

/** The bytes from `start` up to `end` in pieces of at most 1 MB, letting waiting messages in between them. */
export async function* sliceChunks(source: Source, start: number, end: number, options: SliceOptions): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = start; at < end; at += pieceBytes) {
    if (at > start) await breathe();
    const view = await sliceOf(source, at, Math.min(at + pieceBytes, end), options.signal);
    yield new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    options.onBytes?.(view.byteLength);
  }
}

/** Reads ahead, so that thousands of small slices one after the other are few reads of the file. @param bytes at least read at once */
export function readingAhead(source: Source, bytes = pieceBytes): Source {
  let held: { readonly start: number; readonly bytes: Uint8Array } | null = null;
  return {
    ...source,
    async slice(start, end) {
      if (end - start >= bytes) return source.slice(start, end);
      if (!held || start < held.start || end > held.start + held.bytes.length) held = { start, bytes: await source.slice(start, start + bytes) };
      return held.bytes.subarray(start - held.start, end - held.start);
    },
  };
}

/** The bytes that come after the first `skipped` ones. */
export async function* afterBytes(chunks: AsyncIterable<Uint8Array>, skipped: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = skipped;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
