/**
 * Compiles kernels in AssemblyScript (folders named `assembly`) into what imports them:
 * `import { plain, relaxed } from './assembly/index.ts?kernels'` gives two WebAssembly modules in base64, one with SIMD
 * and one with relaxed SIMD, whose multiply-adds are single instructions. Inlined, so that they load alike in the page,
 * in the tests and in Node.
 */
import asc from 'assemblyscript/asc';
import { dirname } from 'node:path';

/** Where the kernels' constants lie; what their users lay out begins behind them. */
const MEMORY_BASE = '1024';

/**
 * @param {string} entry path of the file whose exports are compiled
 * @param {string} features of WebAssembly, separated by commas
 * @returns {Promise<Uint8Array>}
 */
async function compile(entry, features) {
  /** @type {Uint8Array | undefined} */
  let bytes;
  let complaints = '';
  const { error } = await asc.main([
    entry, '--baseDir', dirname(entry), '--outFile', 'kernels.wasm', '--optimizeLevel', '2', '--runtime', 'stub', '--importMemory',
    '--memoryBase', MEMORY_BASE, '--noAssert', '--enable', features, '--disable', 'mutable-globals',
  ], {
    writeFile: (_name, contents) => void (bytes = /** @type {Uint8Array} */ (contents)),
    stderr: { write: (text) => void (complaints += String(text)) },
  });
  if (error || !bytes) throw new Error(`the kernels of ${entry} do not compile: ${error?.message ?? 'no output'}\n${complaints}`);
  return bytes;
}

/** @returns {import('vite').Plugin} */
export function kernels() {
  return {
    name: 'gatecast:kernels',
    async load(id) {
      const [path, query] = id.split('?');
      if (query !== 'kernels') return null;
      const [plain, relaxed] = await Promise.all(['simd', 'simd,relaxed-simd'].map((features) => compile(path, features)));
      const text = (/** @type {Uint8Array} */ bytes) => JSON.stringify(Buffer.from(bytes).toString('base64'));
      return `export const plain = ${text(plain)};\nexport const relaxed = ${text(relaxed)};\n`;
    },
  };
}
