import { joinedBytes } from '../read/chunks.ts';

/** Bytes that the decoder asks for at once. */
const lookAhead = 4096;

/** Unpacks Brotli (RFC 7932). Rejects when it does not come out at exactly `bytes`; some 16 MB more are unpacked at most. */
export async function unpackBrotli(packed: Uint8Array, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const { default: { BrotliDecompress } } = await import('brotli/dec/decode.js');
  const pieces: Uint8Array[] = [];
  let filled = 0;
  let read = 0;
  let isPast = false;
  BrotliDecompress({
    // Past the end it may look ahead once, into zeros: told that there is no more, it can run in circles.
    read(into, at, count) {
      const piece = packed.subarray(read, read + count);
      if (piece.length < count && (isPast || count > lookAhead)) throw new Error('it ends early');
      isPast = piece.length < count;
      into.set(piece, at);
      into.fill(0, at + piece.length, at + count);
      read += piece.length;
      return count;
    },
  }, {
    // It grows a buffer to what a block claims; here there is none to grow, and bytes are taken as they come.
    buffer: { length: Infinity },
    write(from, count) {
      filled += count;
      if (filled > bytes) throw new Error(`it holds more than ${bytes} bytes`);
      pieces.push(from.slice(0, count));
    },
  });
  if (filled !== bytes) throw new Error(`it ends after ${filled} of ${bytes} bytes`);
  return joinedBytes(pieces);
}
