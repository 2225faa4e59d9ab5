import { joinedBytes } from '../../read/chunks.ts';
import { badInput } from '../../read/problems.ts';

/** CRC-32C (Castagnoli), polynomial 0x82F63B78, as TensorFlow's records have it. */
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C, rotated and shifted so that a checksum of bytes that hold checksums is sound (tensorflow/core/lib/hash/crc32c.h). */
export function maskedCrc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]) & 255];
  crc = ~crc;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const longestRecord = 256 << 20;

/** Whether bytes begin with the head of a record: a length of 8 bytes and its checksum. */
export function beginsWithRecord(head: Uint8Array): boolean {
  return head.length >= 12 && new DataView(head.buffer, head.byteOffset).getUint32(8, true) === maskedCrc32c(head.subarray(0, 8));
}

/**
 * Records of a TFRecord file in order: length, its checksum, data, its checksum. A last record that is cut off is left out,
 * as of a run that still writes.
 * @param onCutOff told where such a record begins, in bytes
 */
export async function* tfRecords(chunks: AsyncIterable<Uint8Array>, file: string, onCutOff: (at: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array = new Uint8Array(0);
  let at = 0;
  const damaged = (what: string): Error => badInput(file, `the ${what} of the record at byte ${at} does not fit its checksum`, 'the file is damaged; copy it again', `${file}, byte ${at}`);
  for await (const chunk of chunks) {
    const bytes = joinedBytes([held, chunk]);
    const view = new DataView(bytes.buffer);
    let from = 0;
    while (from + 12 <= bytes.length) {
      if (view.getUint32(from + 8, true) !== maskedCrc32c(bytes.subarray(from, from + 8))) throw damaged('length');
      const length = view.getUint32(from, true) + view.getUint32(from + 4, true) * 2 ** 32;
      if (length > longestRecord) throw badInput(file, `the record at byte ${at} is ${length} bytes long`, 'leave records of that size out', `${file}, byte ${at}`);
      const end = from + 12 + length;
      if (end + 4 > bytes.length) break;
      const data = bytes.subarray(from + 12, end);
      if (view.getUint32(end, true) !== maskedCrc32c(data)) throw damaged('content');
      yield data;
      at += length + 16;
      from = end + 4;
    }
    held = bytes.subarray(from);
  }
  if (held.length > 0) onCutOff(at);
}
