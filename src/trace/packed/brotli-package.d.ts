declare module 'brotli/dec/decode.js' {
  interface Input {
    /** Puts up to `count` bytes into `into` from `at` on. @returns how many there were */
    read(into: Uint8Array, at: number, count: number): number;
  }
  interface Output {
    readonly buffer: { readonly length: number };
    write(from: Uint8Array, count: number): void;
  }
  const decode: { readonly BrotliDecompress: (input: Input, output: Output) => void };
  export default decode;
}
