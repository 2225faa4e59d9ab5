import { amount } from './amount.ts';
import { badInput } from './problems.ts';
import type { Source } from './reader.ts';

/** Formats that are read in any order are unpacked in memory first, up to so many bytes. */
const mostInMemory = 2 ** 30;
/** What is looked at to tell a format: no reason to unpack a whole file. */
const beginningBytes = 1 << 16;

/** A source that can only be read from its start, as what is packed in a file. */
export interface Streamed {
  readonly name: string;
  /** As errors call it: "run.zip, counts.npz". */
  readonly label: string;
  readonly byteLength?: number;
  readonly packed: NonNullable<Source['packed']>;
  readonly open: () => ReadableStream<Uint8Array>;
}

/** It streams with as much memory as a piece takes; asked for bytes beyond its beginning, it is unpacked whole and kept. */
export function streamedSource({ name, label, byteLength, packed, open }: Streamed): Source {
  let whole: Promise<Uint8Array> | undefined;
  let known = byteLength;
  const kept = async (): Promise<Uint8Array> => {
    const bytes = await allBytes(open(), label);
    known = bytes.length;
    return bytes;
  };
  return {
    name, packed, stream: open,
    get byteLength() { return known; },
    async slice(start, end) {
      if (!whole && start === 0 && end <= beginningBytes) return firstBytes(open(), end);
      whole ??= kept();
      return (await whole).subarray(start, end);
    },
  };
}

async function firstBytes(stream: ReadableStream<Uint8Array>, length: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes.set(value.subarray(0, length - at), at);
    at += value.length;
  }
  reader.cancel().catch(() => {});
  return bytes.subarray(0, Math.min(at, length));
}

async function allBytes(stream: ReadableStream<Uint8Array>, label: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
    if (length > mostInMemory) {
      reader.cancel().catch(() => {});
      throw badInput(label, `it unpacks to more than ${amount(mostInMemory / 2 ** 20, 'MiB')}, and its format cannot be read in one pass`, 'unpack it and open what is in it');
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
