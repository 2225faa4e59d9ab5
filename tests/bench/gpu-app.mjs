/**
 * Drives the built app in a headless Chromium on a machine with a real GPU: trains the default notebook's LSTM on every
 * backend by turns and prints adapter, self-check, time, speed and error. Build first; needs playwright-core.
 * Usage: CHROME_PATH=... node tests/bench/gpu-app.mjs [runs=3]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { serveFolder } from '../../scripts/static-server.mjs';

const runs = Number(process.argv[2] ?? 3);
const shot = process.env.SCREENSHOT;
const server = await serveFolder({ root: resolve(import.meta.dirname, '../../dist'), port: 0, base: '/' });
// A display is not needed, and without the surface flag Chromium falls back to software without a word.
const gpu = process.env.GPU_FLAGS ?? '--use-angle=vulkan --enable-features=Vulkan --disable-vulkan-surface';
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

const browser = await connect();
const page = await browser.contexts()[0].newPage();
await page.setViewportSize({ width: 1280, height: 1000 });
page.on('console', (message) => { if (message.type() === 'error') console.log('console:', message.text()); });
page.on('pageerror', (error) => console.log('page error:', error.message));
await page.goto(server.url);

const forecast = page.getByRole('region', { name: 'Forecast', exact: true });
await forecast.getByLabel('Forecaster', { exact: true }).selectOption('lstm');
/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
/** @type {Record<'webgpu' | 'wasm', number[]>} */
const times = { webgpu: [], wasm: [] };
for (const [backend, name] of /** @type {const} */ ([['webgpu', 'WebGPU'], ['wasm', 'WebAssembly']])) {
  await page.getByRole('button', { name: /^Device:/ }).click();
  await page.getByRole('radio', { name, exact: true }).check({ force: true });
  await page.keyboard.press('Escape');
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    await forecast.locator('.run-run').click();
    await page.waitForFunction(() => document.querySelector('section.cell[data-state="running"]'));
    if (shot && run === 0 && backend === 'webgpu') await page.waitForTimeout(1500).then(() => forecast.screenshot({ path: shot.replace('.png', '-running.png') }));
    await page.waitForFunction(() => !document.querySelector('section.cell[data-state="running"]'), null, { timeout: 180_000 });
    times[backend].push((performance.now() - began) / 1000);
    console.log(backend, run, times[backend][run].toFixed(2), 's:', await forecast.locator('.cell-status').textContent(), '|', await forecast.locator('.cell-finding').textContent());
  }
  await page.getByRole('button', { name: /^Device:/ }).click();
  console.log(backend, 'device:', await page.getByRole('group', { name: 'Device', exact: true }).textContent());
  await page.keyboard.press('Escape');
}
console.log('median s:', Object.fromEntries(Object.entries(times).map(([backend, all]) => [backend, Number(median(all).toFixed(2))])), 'webgpu / wasm', (median(times.webgpu) / median(times.wasm)).toFixed(2));
if (shot) await page.screenshot({ path: shot, fullPage: true });
await server.close();
process.exit(0);
