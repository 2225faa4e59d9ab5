/** Float32 arrays as base64. Every machine that browsers run on is little-endian, so the bytes are the array's own. */
import { fromBase64, toBase64 } from './base64.ts';

export function packFloats(values: Float32Array): string {
  return toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** @throws Error that says what is wrong with the text: "not base64" */
export function unpackFloats(text: string): Float32Array {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = fromBase64(text);
  } catch {
    throw new Error('not base64');
  }
  if (bytes.length % 4 !== 0) throw new Error(`${bytes.length} bytes, which is no whole number of float32`);
  return new Float32Array(bytes.buffer);
}

/** Base64 characters of so many float32, padding included. */
export function packedLength(count: number): number {
  return 4 * Math.ceil((4 * count) / 3);
}
