/**
 * How fast forecasters without training are, through their own fit, update and forecast, on series of the samples and on
 * made ones. Runs in Node; medians. ARIMA of 192 series runs on two worker threads, by the clock.
 *
 *   node tests/bench/forecaster-speed.mjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';

/** @typedef {typeof import('./forecaster-speed.ts')} Bench */

const outDir = await mkdtemp(join(tmpdir(), 'gatecast-'));
const samples = fileURLToPath(new URL('../../samples', import.meta.url));
const print = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
try {
  await build({ configFile: false, logLevel: 'error', build: { ssr: fileURLToPath(new URL('./forecaster-speed.ts', import.meta.url)), outDir, target: 'es2022', emptyOutDir: true } });
  const built = pathToFileURL(join(outDir, 'forecaster-speed.js'));
  const bench = /** @type {Bench} */ (await import(built.href));
  print(`load of the machine before: ${loadavg()[0].toFixed(2)}`);
  bench.measureAverages(print);
  await bench.measureGrowth(print);
  await bench.measureArima(samples, print);
  const started = performance.now();
  const threads = [0, 1].map((part) => new Promise((resolve, reject) => {
    const worker = new Worker(
      `import(process.env.BUILT).then((bench) => bench.fitPart(process.env.SAMPLES, ${part}, 2)).then(() => process.exit(0), (error) => { throw error; });`,
      { eval: true, env: { BUILT: built.href, SAMPLES: samples } },
    );
    worker.once('error', reject);
    worker.once('exit', resolve);
  }));
  await Promise.all(threads);
  print(`192 × ARIMA(5,1,5), 300 blocks, two threads, starting them and reading the sample included: ${((performance.now() - started) / 1000).toFixed(2)} s`);
} finally {
  await rm(outDir, { recursive: true });
}
