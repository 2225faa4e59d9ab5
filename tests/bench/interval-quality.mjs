/**
 * How much of what comes the intervals hold on the recorded traces, and how wide they are. Runs in Node on one core; the
 * whole table takes some minutes.
 *
 *   node tests/bench/interval-quality.mjs [of=backtest|cell] [coverage=90] [horizons=1000,2000] [from=2000] [to=7000] [every=250] [traces=0,1,2] [forecasters=ridge,theta]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

/** @typedef {typeof import('./interval-quality.ts')} Bench */

// Built first, as the app is: unbuilt, functions of other files are called through getters, which halves the speed.
const outDir = await mkdtemp(join(tmpdir(), 'gatecast-'));
const print = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
try {
  await build({ configFile: false, logLevel: 'error', build: { ssr: fileURLToPath(new URL('./interval-quality.ts', import.meta.url)), outDir, target: 'es2022', emptyOutDir: true } });
  const bench = /** @type {Bench} */ (await import(pathToFileURL(join(outDir, 'interval-quality.js')).href));
  await bench.measureIntervals(process.argv.slice(2), fileURLToPath(new URL('../../samples', import.meta.url)), print);
} finally {
  await rm(outDir, { recursive: true });
}
