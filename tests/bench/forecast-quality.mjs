/**
 * How well every forecaster without training forecasts the recorded traces, or how long a forecast takes. Runs in Node
 * on one core; the whole table takes two minutes. Those that fit each expert by itself are left out unless they are named:
 * arima takes a quarter of an hour, seasonal a minute.
 *
 *   node tests/bench/forecast-quality.mjs [horizons=1000,2000] [from=2000] [every=250] [traces=0,1,2] [forecasters=ridge,combination]
 *   node tests/bench/forecast-quality.mjs refits [traces=0] [forecasters=chosen-holt,arima]
 *   node tests/bench/forecast-quality.mjs speed
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

/** @typedef {typeof import('./forecast-quality.ts')} Bench */

// Built first, as the app is: unbuilt, functions of other files are called through getters, which halves the speed.
const outDir = await mkdtemp(join(tmpdir(), 'gatecast-'));
const words = process.argv.slice(2);
const print = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
try {
  await build({ configFile: false, logLevel: 'error', build: { ssr: fileURLToPath(new URL('./forecast-quality.ts', import.meta.url)), outDir, target: 'es2022', emptyOutDir: true } });
  const bench = /** @type {Bench} */ (await import(pathToFileURL(join(outDir, 'forecast-quality.js')).href));
  const samples = fileURLToPath(new URL('../../samples', import.meta.url));
  if (words[0] === 'speed') await bench.measureSpeed(print);
  else if (words[0] === 'refits') await bench.measureRefits(words.slice(1), samples, print);
  else await bench.measureQuality(words, samples, print);
} finally {
  await rm(outDir, { recursive: true });
}
