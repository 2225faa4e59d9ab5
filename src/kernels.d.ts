/** Kernels in AssemblyScript, compiled by `scripts/kernels.mjs`: WebAssembly modules in base64. */
declare module '*?kernels' {
  /** With SIMD of 128 bits. */
  export const plain: string;
  /** With relaxed SIMD besides: multiply-adds are single instructions. */
  export const relaxed: string;
}
