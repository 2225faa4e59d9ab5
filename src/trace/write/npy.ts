/** NumPy's .npy format, version 1.0: a header and the elements in C order, little-endian as every machine that browsers run on. */

export type Elements = Uint32Array | Int32Array | Float32Array | BigInt64Array;

const descriptions: readonly (readonly [new () => Elements, string])[] = [[Int32Array, '<i4'], [Uint32Array, '<u4'], [Float32Array, '<f4'], [BigInt64Array, '<i8']];

/** The header of an array, its length a multiple of 64. */
export function npyHeader(elements: Elements, shape: readonly number[]): Uint8Array {
  const [, description] = descriptions.find(([type]) => elements instanceof type)!;
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = new Uint8Array(length).fill(0x20);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (length - 10) & 0xff, (length - 10) >> 8]);
  header.set(new TextEncoder().encode(text), 10);
  header[length - 1] = 0x0a;
  return header;
}

export function bytesOfElements(elements: Elements): Uint8Array {
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
