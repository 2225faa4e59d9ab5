import { breathe } from '../../breathe.ts';
import { GatecastError, cancelled, throwIfAborted } from '../../errors.ts';
import type { OnProgress, WorkOptions } from '../../progress.ts';
import type { Source } from './reader.ts';

/** Bytes worked on between two looks at waiting messages (a cancel): about 10 ms of parsing. */
const breathBytes = 1 << 20;

/** Counts bytes and reports them, at most some 200 times a file. */
export class ByteMeter {
  done = 0;
  #reported = -Infinity;
  readonly #total: number | undefined;
  readonly #label: string;
  readonly #onProgress: OnProgress | undefined;

  /** @param total bytes to come, undefined when it cannot be known */
  constructor(label: string, total: number | undefined, onProgress: OnProgress | undefined) {
    this.#label = label;
    this.#total = total;
    this.#onProgress = onProgress;
  }

  add(bytes: number): void {
    this.done += bytes;
    const step = Math.max(1 << 18, (this.#total ?? 0) / 200);
    if (this.done - this.#reported < step && this.done !== this.#total) return;
    this.#reported = this.done;
    this.#onProgress?.({ done: this.done, total: this.#total, unit: 'bytes', label: this.#label });
  }
}

/** All bytes of a source in order, with progress; see {@link chunksOfStream}. */
export function chunksOf(source: Source, options: WorkOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const meter = new ByteMeter(`reading ${source.name}`, source.byteLength, options.onProgress);
  return chunksOfStream(source.stream(), source.name, options.signal, (bytes) => meter.add(bytes));
}

/**
 * The bytes of a stream in pieces of at most 1 MB. Ends at once when the signal aborts, even while a read hangs,
 * lets waiting messages in between pieces, and names the file when the stream fails.
 */
export async function* chunksOfStream(
  stream: ReadableStream<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfAborted(signal);
  const reader = stream.getReader();
  let at = 0;
  let sinceBreath = 0;
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) {
        ended = true;
        return;
      }
      for (let start = 0; start < value.length; start += breathBytes) {
        const piece = value.subarray(start, start + breathBytes);
        yield piece;
        at += piece.length;
        sinceBreath += piece.length;
        onBytes(piece.length);
        if (sinceBreath < breathBytes) continue;
        sinceBreath = 0;
        await breathe();
        throwIfAborted(signal);
      }
    }
  } catch (error) {
    throw readFailure(error, name, at, signal);
  } finally {
    if (!ended) reader.cancel().catch(() => {});
  }
}

/** A copy of pieces behind each other, in a buffer of its own. */
export function joinedBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Waits for a piece of work, but no longer than until the signal aborts. */
export function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A failed read as a message that names the file and the byte. */
export function readFailure(error: unknown, name: string, at: number, signal?: AbortSignal): unknown {
  if (signal?.aborted) return cancelled();
  if (error instanceof GatecastError) return error;
  if (error instanceof RangeError) return error;
  return new GatecastError({
    code: 'bad-input',
    message: `${name} could not be read past byte ${at}: ${error instanceof Error ? error.message : String(error)}`,
    where: `${name}, byte ${at}`,
    remedy: 'check that the file is still there and unchanged, then open it again',
  });
}
