/**
 * Measures the fused engine in a headless Chromium, on a real GPU where the machine has one: milliseconds a step of each
 * shape and variant, kernels apart, cost by axis, many models against one, memory over many trainings.
 * Usage: CHROME_PATH=... node tests/bench/gpu-engine.mjs [expression, default bench.table()] [folder of a built bench]
 * `node tests/bench/gpu-engine.mjs --build FOLDER` only builds it, for a machine without the development packages.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';

const root = resolve(import.meta.dirname, 'gpu');

/** @param {string} outDir */
async function buildInto(outDir) {
  const [{ build }, { kernels }] = await Promise.all([import('vite'), import('../../scripts/kernels.mjs')]);
  await build({ root, base: './', configFile: false, plugins: [kernels()], worker: { format: 'es', plugins: () => [kernels()] }, logLevel: 'warn', build: { outDir, emptyOutDir: true, target: 'es2022' } });
}

if (process.argv[2] === '--build') {
  await buildInto(resolve(process.argv[3]));
  process.exit(0);
}

const expression = process.argv[2] ?? 'bench.table()';
const folder = process.argv[3] ? resolve(process.argv[3]) : mkdtempSync(join(tmpdir(), 'bench-'));
if (!process.argv[3]) await buildInto(folder);
// Not needed to build.
const { openOnGpu } = await import('./gpu-browser.mjs');
const server = await serveFolder({ root: folder, port: 0, base: '/' });
const page = await openOnGpu(server.url);
page.on('console', (message) => console.log(message.text()));
try {
  /** @type {unknown} */
  const result = await page.evaluate(expression);
  if (process.env.RESULTS) writeFileSync(process.env.RESULTS, JSON.stringify(result));
} catch (error) {
  console.log('failed:', error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
await server.close();
process.exit();
