/**
 * Measures the fused engine in a headless Chromium, on a real GPU where the machine has one: milliseconds a step of each
 * shape and variant, kernels apart, cost by axis, many models against one, memory over many trainings.
 * Usage: CHROME_PATH=... node tests/bench/gpu-engine.mjs [expression, default bench.table()] [folder of a built bench]
 * `node tests/bench/gpu-engine.mjs --build FOLDER` only builds it, for a machine without the development packages.
 */
import { spawn } from 'node:child_process';
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
const { chromium } = await import('playwright-core');
const server = await serveFolder({ root: folder, port: 0, base: '/' });
// A display is not needed, and without the surface flag Chromium falls back to software without a word.
const gpu = process.env.GPU_FLAGS ?? '--use-angle=vulkan --enable-features=Vulkan --disable-vulkan-surface --enable-webgpu-developer-features';
const flags = `--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-gpu-watchdog --enable-unsafe-webgpu ${gpu}`;
const port = 9400 + (process.pid % 500);
const chrome = spawn(process.env.CHROME_PATH ?? 'chromium', [...flags.split(' ').filter(Boolean), `--remote-debugging-port=${port}`, `--user-data-dir=${mkdtempSync(join(tmpdir(), 'profile-'))}`, 'about:blank'], { stdio: 'ignore', detached: true });
process.on('exit', () => {
  try {
    if (chrome.pid) process.kill(-chrome.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
});

/** @returns {Promise<import('playwright-core').Browser>} */
async function connect() {
  for (let attempt = 0; ; attempt++) {
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    } catch (error) {
      if (attempt === 80) throw error;
      await new Promise((done) => { setTimeout(done, 250); });
    }
  }
}

const page = await (await connect()).contexts()[0].newPage();
page.on('console', (message) => console.log(message.text()));
page.on('pageerror', (error) => console.log('page error:', error.message));
await page.goto(server.url);
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
