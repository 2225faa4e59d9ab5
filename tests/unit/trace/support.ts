import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import type { Mapping, ReadResult, Source } from '../../../src/trace/read/reader.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import type { Trace } from '../../../src/trace/trace.ts';

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)));
}

/** `expected.npy` as NumPy wrote it: 128 bytes of header, then int32 [300, 3, 8] in C order. Read without our reader. */
export function expectedCounts(): Int32Array {
  return new Int32Array(fixture('expected.npy').slice(128).buffer);
}

/** Values in the order `[rows][layers][experts]`. */
export function flat(trace: Trace): number[] {
  return Array.from(trace.steps).flatMap((_, row) =>
    trace.layers.flatMap(({ values, experts }) => Array.from(values.subarray(row * experts, (row + 1) * experts))));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function open(content: Uint8Array | string, name: string, mapping?: Mapping): Promise<ReadResult> {
  return openTrace(bytesSource(typeof content === 'string' ? bytesOf(content) : content, name), { mapping });
}

/** The error that opening ends in. */
export async function refusal(content: Uint8Array | string | Source, name: string, mapping?: Mapping): Promise<GatecastError> {
  const source = typeof content === 'object' && 'slice' in content && 'stream' in content
    ? content
    : bytesSource(typeof content === 'string' ? bytesOf(content) : content, name);
  const error = await openTrace(source, { mapping }).then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(GatecastError);
  return error as GatecastError;
}

/** Gives the bytes in pieces of a fixed size. */
export function choppedSource(bytes: Uint8Array, name: string, size: number): Source {
  return {
    ...bytesSource(bytes, name),
    stream() {
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          // A copy, so that a reader that holds on to a view of a larger buffer is found out.
          controller.enqueue(bytes.slice(at, at + size));
          at += size;
        },
      });
    },
  };
}

/** Fails after some bytes, as a file that was moved or a disk that was pulled out. */
export function failingSource(bytes: Uint8Array, name: string, after: number): Source {
  const failure = (): Error => new DOMException('The requested file could not be read', 'NotReadableError');
  return {
    name,
    byteLength: bytes.length,
    // Directories at the end and first bytes can still be read.
    slice: (start, end) => (start > 0 && start <= after && after < end ? Promise.reject(failure()) : Promise.resolve(bytes.slice(start, end))),
    stream() {
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= after) throw failure();
          controller.enqueue(bytes.slice(at, Math.min(at + 1000, after)));
          at += 1000;
        },
      });
    },
  };
}

/** Gives some bytes, then nothing more, as a network drive that hangs. */
export function stuckSource(bytes: Uint8Array, name: string, after: number): Source {
  return {
    ...bytesSource(bytes, name),
    stream() {
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= after) return new Promise(() => {});
          controller.enqueue(bytes.slice(at, at + 500));
          at += 500;
        },
      });
    },
  };
}

/** An .npy file, version 1, C order. */
export function npyBytes(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const head = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8);
  const bytes = new Uint8Array(head.length + padded.length + data.length);
  bytes.set(head);
  bytes.set(bytesOf(padded), head.length);
  bytes.set(data, head.length + padded.length);
  return bytes;
}
