import { amount } from '../../amount.ts';
import { bytesOfForm, ElementDecoder, type Values } from '../../arrays/elements.ts';
import { parseNpyHeader, type NpyHeader } from './header.ts';
import { badInput } from '../../read/problems.ts';

/**
 * Reads an .npy file from pieces of any size: the header first, then its elements in the order of the file.
 * The pieces may end anywhere, also inside an element.
 * @param onHeader called once, before any elements
 */
export async function decodeNpy(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  onHeader: (header: NpyHeader) => void,
  onValues: (values: Values) => void,
): Promise<void> {
  let head: Uint8Array | null = new Uint8Array(0);
  let header: NpyHeader | null = null;
  let decoder: ElementDecoder | null = null;
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (decoder) {
      decoder.push(piece, onValues);
      continue;
    }
    const joined: Uint8Array = new Uint8Array((head?.length ?? 0) + piece.length);
    joined.set(head ?? []);
    joined.set(piece, head?.length ?? 0);
    head = joined;
    header = parseNpyHeader(joined, name);
    if (!header) continue;
    onHeader(header);
    decoder = new ElementDecoder(header);
    decoder.push(joined.subarray(header.dataStart), onValues);
    head = null;
  }
  if (!header || !decoder) throw badInput(name, `it ends after ${amount(bytes, 'byte')}, inside its header`, 'the file is cut off; copy it again', `${name}, byte ${bytes}`);
  if (decoder.decoded < header.length) {
    const whole = header.dataStart + bytesOfForm(header);
    throw badInput(name, `it ends after ${bytes} of ${whole} bytes; shape (${header.shape.join(', ')})`, 'the file is cut off; copy it again', `${name}, byte ${bytes}`);
  }
}
