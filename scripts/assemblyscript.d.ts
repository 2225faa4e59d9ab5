/**
 * What `kernels.mjs` uses of AssemblyScript's compiler. Its own types redeclare globals such as `Array` for the whole
 * program, so `tsconfig.json` points here instead.
 */
interface Output {
  writeFile(name: string, contents: string | Uint8Array, folder: string): void;
  stderr: { write(text: string | Uint8Array): void };
}

declare const asc: { main(words: readonly string[], output: Output): Promise<{ readonly error: Error | null }> };
export default asc;
