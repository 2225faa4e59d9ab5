/** Bob Jenkins's lookup3 ("hashlittle", initial value 0), an unsigned 32-bit number: the checksum of HDF5's newer structures. */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xdeadbeef + bytes.length) | 0;
  let [b, c] = [a, a];
  const word = (at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = (a - c) ^ turned(c, 4); c = (c + b) | 0;
    b = (b - a) ^ turned(a, 6); a = (a + c) | 0;
    c = (c - b) ^ turned(b, 8); b = (b + a) | 0;
    a = (a - c) ^ turned(c, 16); c = (c + b) | 0;
    b = (b - a) ^ turned(a, 19); a = (a + c) | 0;
    c = (c - b) ^ turned(b, 4); b = (b + a) | 0;
  }
  if (at === bytes.length) return c >>> 0;
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = (c ^ b) - turned(b, 14);
  a = (a ^ c) - turned(c, 11);
  b = (b ^ a) - turned(a, 25);
  c = (c ^ b) - turned(b, 16);
  a = (a ^ c) - turned(c, 4);
  b = (b ^ a) - turned(a, 14);
  c = (c ^ b) - turned(b, 24);
  return c >>> 0;
}

function turned(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
