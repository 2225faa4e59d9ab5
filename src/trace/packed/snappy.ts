/**
 * Unpacks a block of Snappy: runs of new bytes, and copies of what came before (github.com/google/snappy, format_description.txt).
 * Throws when it does not come out at exactly `bytes`.
 */
export function unpackSnappy(packed: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  let at = 0;
  let declared = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = packed[at++];
    if (byte === undefined || scale > 2 ** 28) throw new Error('its length is missing');
    declared += (byte & 127) * scale;
    if (byte < 128) break;
  }
  if (declared !== bytes) throw new Error(`it says ${declared} bytes where ${bytes} are expected`);
  // Three packed bytes stand for 64 at most.
  if (bytes > packed.length * 22) throw new Error(`${packed.length} bytes cannot hold ${bytes}`);
  const content = new Uint8Array(bytes);
  let filled = 0;
  while (at < packed.length) {
    const tag = packed[at++];
    const kind = tag & 3;
    if (kind === 0) {
      let length = tag >> 2;
      if (length >= 60) {
        const extra = length - 59;
        length = 0;
        for (let i = 0; i < extra; i++) length += (packed[at + i] ?? 0) * 2 ** (8 * i);
        at += extra;
      }
      length++;
      if (at + length > packed.length || filled + length > bytes) throw new Error('it ends early');
      if (length <= 16) for (let i = 0; i < length; i++) content[filled + i] = packed[at + i];
      else content.set(packed.subarray(at, at + length), filled);
      at += length;
      filled += length;
      continue;
    }
    let length: number;
    let offset: number;
    if (kind === 1) {
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | packed[at];
      at += 1;
    } else {
      length = (tag >> 2) + 1;
      offset = packed[at] | (packed[at + 1] << 8);
      if (kind === 3) offset = (offset | (packed[at + 2] << 16) | (packed[at + 3] << 24)) >>> 0;
      at += kind === 2 ? 2 : 4;
    }
    if (at > packed.length || offset === 0 || offset > filled || filled + length > bytes) throw new Error('a copy in it reaches outside');
    copyWithin(content, filled, offset, length);
    filled += length;
  }
  if (filled !== bytes) throw new Error(`it ends after ${filled} of ${bytes} bytes`);
  return content;
}

/** Repeats bytes from `offset` before `filled`; the copy may reach into itself. */
export function copyWithin(content: Uint8Array, filled: number, offset: number, length: number): void {
  if (offset >= length && length > 32) content.copyWithin(filled, filled - offset, filled - offset + length);
  else for (let i = filled, end = filled + length; i < end; i++) content[i] = content[i - offset];
}
