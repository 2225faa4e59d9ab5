import { lookup3 } from './lookup3.ts';
import { badInput } from '../../read/problems.ts';
import type { Source } from '../../read/reader.ts';
import { cutOff, lengthOfSource, readingAhead, sliceOf } from '../../read/slices.ts';

/** Bytes of an HDF5 structure, read one field after the other, little-endian. Rejects fields that lie outside it. */
export class Hdf5Cursor {
  at = 0;
  readonly #view: DataView<ArrayBuffer>;
  readonly #name: string;

  /** @param name of the file, as errors call it */
  constructor(view: DataView<ArrayBuffer>, name: string) {
    this.#view = view;
    this.#name = name;
  }

  get left(): number {
    return this.#view.byteLength - this.at;
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw badInput(this.#name, 'a structure in it is shorter than it says', cutOff);
    this.at += bytes;
  }

  u8(): number {
    this.skip(1);
    return this.#view.getUint8(this.at - 1);
  }

  u16(): number {
    this.skip(2);
    return this.#view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.skip(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  u64(): number {
    this.skip(8);
    return this.#view.getUint32(this.at - 4, true) * 2 ** 32 + this.#view.getUint32(this.at - 8, true);
  }

  /** A whole number of up to 8 bytes. */
  uint(bytes: number): number {
    if (!(bytes >= 1 && bytes <= 8)) throw badInput(this.#name, `a number in it has ${bytes} bytes`, cutOff);
    return this.bytes(bytes).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  /** A place in the file; null where there is none. */
  address(): number | null {
    const address = this.u64();
    return address === 2 ** 64 ? null : address;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    this.skip(length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.at - length, length);
  }

  /** The next bytes as fields of their own. */
  part(length: number): Hdf5Cursor {
    this.skip(length);
    return new Hdf5Cursor(new DataView(this.#view.buffer, this.#view.byteOffset + this.at - length, length), this.#name);
  }

  /** A name that ends with a zero byte. */
  text(): string {
    const rest = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.at, this.left);
    const end = rest.indexOf(0);
    return new TextDecoder().decode(this.bytes(end < 0 ? rest.length : end));
  }

  signature(expected: string): void {
    const found = String.fromCharCode(...this.bytes(4));
    if (found !== expected) throw badInput(this.#name, `a structure ${expected} was expected where ${JSON.stringify(found)} stands`, cutOff);
  }
}

/** The bytes of an HDF5 file by its own addresses, which count from the end of a user block. */
export interface Hdf5File {
  readonly name: string;
  readonly source: Source;
  /** Where its addresses begin: the length of a user block. */
  readonly base: number;
  /** Of the whole file, bytes. */
  readonly length: number;
  /** Address of the root group's header. */
  readonly root: number;
  readonly signal: AbortSignal | undefined;
  /** Rejects when the bytes do not lie in the file, before they are read. */
  slice(address: number, length: number): Promise<DataView<ArrayBuffer>>;
  cursor(address: number, length: number): Promise<Hdf5Cursor>;
  /** As many bytes of `length` as there are. */
  cursorUpTo(address: number, length: number): Promise<Hdf5Cursor>;
  /** The bytes of a structure, behind which its checksum stands. Rejects when they do not agree. */
  checked(address: number, length: number): Promise<Hdf5Cursor>;
  /** The same, where the checksum stands in the structure and counts as 0 in the sum. */
  checkedInside(address: number, length: number, sumAt: number): Promise<Hdf5Cursor>;
}

export const hdf5Magic = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Opens a file whose signature stands at `start`: 0, or behind a user block at 512, 1024, 2048 … bytes. */
export async function openHdf5(file: Source, start: number, signal?: AbortSignal): Promise<Hdf5File> {
  const source = readingAhead(file);
  const { name } = source;
  const length = await lengthOfSource(source);
  const at = (base: number): Omit<Hdf5File, 'name' | 'source' | 'base' | 'length' | 'root' | 'signal'> => {
    const slice = async (address: number, bytes: number): Promise<DataView<ArrayBuffer>> => {
      if (base + address + bytes > length) throw badInput(name, `bytes ${base + address} to ${base + address + bytes} are beyond its end at ${length}`, cutOff, `${name}, byte ${base + address}`);
      return sliceOf(source, base + address, base + address + bytes, signal);
    };
    const check = (content: DataView<ArrayBuffer>, sum: number, address: number): void => {
      if (lookup3(new Uint8Array(content.buffer, content.byteOffset, content.byteLength)) === sum) return;
      throw badInput(name, `the checksum of ${content.byteLength} bytes in it is wrong`, cutOff, `${name}, byte ${base + address}`);
    };
    return {
      slice,
      cursor: async (address, bytes) => new Hdf5Cursor(await slice(address, bytes), name),
      cursorUpTo: async (address, bytes) => new Hdf5Cursor(await slice(address, Math.max(0, Math.min(bytes, length - base - address))), name),
      checked: async (address, bytes) => {
        const view = await slice(address, bytes + 4);
        const content = new DataView(view.buffer, view.byteOffset, bytes);
        check(content, view.getUint32(bytes, true), address);
        return new Hdf5Cursor(content, name);
      },
      checkedInside: async (address, bytes, sumAt) => {
        const view = await slice(address, bytes);
        if (sumAt + 4 > bytes) throw badInput(name, 'a structure in it is shorter than it says', cutOff, `${name}, byte ${base + address}`);
        const content = new DataView(new Uint8Array(view.buffer, view.byteOffset, bytes).slice().buffer);
        content.setUint32(sumAt, 0);
        check(content, view.getUint32(sumAt, true), address);
        return new Hdf5Cursor(content, name);
      },
    };
  };
  const superblock = await at(start).cursorUpTo(0, 96);
  superblock.skip(8);
  const version = superblock.u8();
  if (version > 3) throw badInput(name, `HDF5 superblock version ${version} is unknown`, 'save it with h5py');
  const old = version < 2;
  if (old) superblock.skip(4);
  const [offsetBytes, lengthBytes] = [superblock.u8(), superblock.u8()];
  if (offsetBytes !== 8 || lengthBytes !== 8) throw badInput(name, `its addresses have ${offsetBytes} bytes and its lengths ${lengthBytes}; 8 are known`, 'save it with h5py');
  superblock.skip(old ? (version === 0 ? 9 : 13) : 1);
  superblock.u64();
  superblock.u64();
  const end = superblock.u64();
  if (old) superblock.skip(16);
  const root = superblock.address();
  if (!old) await at(start).checked(0, superblock.at);
  if (start === 0 && end > length) throw badInput(name, `it ends after ${length} of ${end} bytes`, cutOff, `${name}, byte ${length}`);
  if (root === null) throw badInput(name, 'it has no root group', cutOff);
  return { name, source, base: start, length, root, signal, ...at(start) };
}
