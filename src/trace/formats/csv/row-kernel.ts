/** The compiled kernel that cuts rows of whole numbers out of text; see `assembly/`. */
import { plain } from './assembly/index.ts?kernels';

/** Addresses are bytes of the memory that the kernel was instantiated with. */
export interface RowKernel {
  /** @returns rows taken into `cells` */
  takeRows(at: number, end: number, cells: number, columns: number, mostRows: number, delimiter: number): number;
  /** Where the first row that was not taken begins. */
  stoppedAt(): number;
}

/** Where cells may lie; the kernel's own constants are below. */
export const cellsAt = 1024;

/** Bytes behind the end of the text that are read and not used. */
export const bytesReadBehind = 16;

const pageBytes = 65_536;

let module: WebAssembly.Module | undefined;

/** A kernel on a memory of its own. Pages that are never written take no room. @param bytes of its memory */
export function rowKernel(bytes: number): { readonly kernel: RowKernel; readonly buffer: ArrayBuffer } {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(plain), (character) => character.charCodeAt(0)));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { kernel: exports as unknown as RowKernel, buffer: memory.buffer };
}
