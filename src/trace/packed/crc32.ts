/** Four tables, so that four bytes take one step ("slicing by 4"). Polynomial 0xEDB88320, as in zip and gzip. */
const tables = Array.from({ length: 4 }, () => new Int32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  tables[0][byte] = crc;
}
for (let byte = 0; byte < 256; byte++) {
  for (let table = 1; table < 4; table++) {
    const before = tables[table - 1][byte];
    tables[table][byte] = (before >>> 8) ^ tables[0][before & 255];
  }
}

/**
 * CRC-32 of bytes that follow those of `before`.
 * @param before result for what came before; 0 at the start
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3] = tables;
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc = t3[crc & 255] ^ t2[(crc >>> 8) & 255] ^ t1[(crc >>> 16) & 255] ^ t0[crc >>> 24];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]) & 255];
  return ~crc >>> 0;
}
