/**
 * How fast the CPU trains: the SIMD engine beside TensorFlow.js's cpu and wasm backends, on one core each; a few minutes:
 *
 *   node tests/bench/wasm-engine.mjs [shapes=0,1,2,3,4] [against=cpu,wasm]
 *
 * Node before version 21 takes relaxed SIMD, which browsers have, with the flag --experimental-wasm-relaxed-simd alone.
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { kernels } from '../../scripts/kernels.mjs';

/** @type {{ module: typeof import('./wasm-engine.ts') }} */
const { module } = await runnerImport(fileURLToPath(new URL('./wasm-engine.ts', import.meta.url)), { plugins: [kernels()] });
await module.measure(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
