import { joinedBytes } from '../read/chunks.ts';
import { crc32 } from './crc32.ts';

/** Packed bytes taken at once: unpacked at most a thousand times as many. */
const pieceBytes = 1 << 14;

/** Packed bytes that are kept, to look back at the end of a member once the next one shows where it was. */
const keptBytes = 1 << 12;

/**
 * Unpacks gzip, also of several members one after another, as a log that was appended to after a restart has.
 * Length and CRC-32 of every member are compared. Throws on damage and on an early end.
 */
export async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  // The browser's own DecompressionStream refuses a second member.
  const { Gunzip } = await import('fflate');
  let recent: Uint8Array = new Uint8Array(0);
  let seen = 0;
  let crc = 0;
  let bytes = 0;
  let ready: Uint8Array[] = [];
  /** @param end where a member's trailer ends, from the start of the file */
  const checkMember = (end: number): void => {
    const at = end - 8 - (seen - recent.length);
    if (at < 0 || at + 8 > recent.length) throw new Error('the end of a member is missing');
    const trailer = new DataView(recent.buffer, recent.byteOffset + at, 8);
    if (trailer.getUint32(0, true) !== crc || trailer.getUint32(4, true) !== bytes >>> 0) throw new Error('length or checksum does not fit');
    crc = 0;
    bytes = 0;
  };
  const gunzip = new Gunzip((data) => {
    if (data.length === 0) return;
    crc = crc32(data, crc);
    bytes += data.length;
    ready.push(data);
  });
  gunzip.onmember = checkMember;
  for await (const chunk of packed) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      const piece = chunk.slice(from, from + pieceBytes);
      recent = joinedBytes([recent.subarray(-keptBytes), piece]);
      seen += piece.length;
      gunzip.push(piece);
      yield* ready;
      ready = [];
    }
  }
  gunzip.push(new Uint8Array(0), true);
  yield* ready;
  checkMember(seen);
}
