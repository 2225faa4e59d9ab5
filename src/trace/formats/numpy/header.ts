import { elementBytes, type ArrayForm, type ElementType } from '../../arrays/elements.ts';
import { badInput } from '../../read/problems.ts';

/** The header of an .npy file (NumPy's NEP 1, versions 1 to 3). */
export interface NpyHeader extends ArrayForm {
  /** Where the elements begin, bytes. */
  readonly dataStart: number;
}

export const npyMagic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

const elementTypes: ReadonlySet<string> = new Set<ElementType>(['b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8']);

function isElementType(type: string): type is ElementType {
  return elementTypes.has(type);
}

export function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads the header from the first bytes of a file.
 * @param name as errors call it: "counts.npy"
 * @returns null when more bytes are needed
 */
export function parseNpyHeader(bytes: Uint8Array, name: string): NpyHeader | null {
  if (bytes.length < 10) return null;
  if (!startsWith(bytes, npyMagic)) throw badInput(name, 'it does not begin like an .npy file', 'write it with numpy.save', `${name}, byte 0`);
  const version = bytes[6];
  if (version < 1 || version > 3) throw badInput(name, `.npy version ${version} is unknown`, 'write it with numpy.save', `${name}, byte 6`);
  const wide = version > 1;
  if (bytes.length < 12) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textStart = wide ? 12 : 10;
  const textLength = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (textLength > 1 << 20) throw badInput(name, `its header claims ${textLength} bytes`, 'the file is damaged; copy it again', `${name}, byte 8`);
  const dataStart = textStart + textLength;
  if (bytes.length < dataStart) return null;
  const text = new TextDecoder('latin1').decode(bytes.subarray(textStart, dataStart));
  const type = /'descr'\s*:\s*'([<>|=])?([a-zA-Z]\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shapeText = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text);
  if (!order || !shapeText) throw badInput(name, `its header cannot be read: ${text.trim().slice(0, 120)}`, 'write it with numpy.save', `${name}, byte ${textStart}`);
  if (!type || !isElementType(type[2])) {
    const described = /'descr'\s*:\s*(.+?)\s*,\s*'(?:fortran_order|shape)'/.exec(text)?.[1] ?? text.trim();
    throw badInput(name, `its elements are of type ${described.slice(0, 80)}, which are no numbers`, 'save the loads alone, with counts.astype("int32")', `${name}, byte ${textStart}`);
  }
  const shape = (shapeText[1].match(/\d+/g) ?? []).map(Number);
  const length = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(length * elementBytes(type[2]))) throw badInput(name, `its shape (${shape.join(', ')}) is larger than any file`, 'the file is damaged; copy it again');
  return { type: type[2], bigEndian: type[1] === '>', fortranOrder: order[1] === 'True', shape, length, dataStart };
}
