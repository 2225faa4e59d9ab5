import { GatecastError } from '../../errors.ts';
import type { Source } from './reader.ts';

/** Bytes handed out at once by sources that are held in memory. */
const pieceBytes = 1 << 20;

/** A file that a person chose, or any blob under a name. Nothing is read before it is asked for. */
export function blobSource(blob: Blob, name: string): Source {
  return {
    name,
    byteLength: blob.size,
    async slice(start, end) {
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    },
    stream: () => blob.stream(),
  };
}

/** Bytes in memory. They are not copied and must not change while they are read. */
export function bytesSource(bytes: Uint8Array, name: string): Source {
  return {
    name,
    byteLength: bytes.length,
    slice: (start, end) => Promise.resolve(bytes.subarray(start, end)),
    stream() {
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.subarray(at, at + pieceBytes));
          at += pieceBytes;
        },
      });
    },
  };
}

/**
 * A file of this site, by its address. It streams; the first `slice` downloads it whole and keeps it,
 * since a static host need not serve ranges. Meant for the samples (a few megabytes).
 * @param signal ends the download
 */
export function urlSource(url: string, name: string, signal?: AbortSignal): Source {
  const get = async (): Promise<Response> => {
    const response = await fetch(url, { signal, credentials: 'same-origin' }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw unreachable(name, error instanceof Error ? error.message : String(error));
    });
    if (!response.ok) throw unreachable(name, `the server answered ${response.status}`);
    return response;
  };
  let whole: Promise<Uint8Array> | undefined;
  return {
    name,
    async slice(start, end) {
      whole ??= get().then(async (response) => new Uint8Array(await response.arrayBuffer()));
      return (await whole).subarray(start, end);
    },
    stream() {
      let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          reader ??= (await get()).body?.getReader();
          const piece = await reader?.read();
          if (piece?.value) controller.enqueue(piece.value);
          else controller.close();
        },
        cancel: (reason) => reader?.cancel(reason),
      });
    },
  };
}

function unreachable(name: string, why: string): GatecastError {
  return new GatecastError({
    code: 'bad-input',
    message: `${name} could not be fetched: ${why}`,
    where: name,
    remedy: 'check the connection and open it again',
  });
}
