/**
 * Drives the built app in a headless Chromium on a machine with a real GPU: trains the default notebook's LSTM on every
 * backend by turns and prints adapter, self-check, time, speed and error. Build first; needs playwright-core.
 * Usage: CHROME_PATH=... node tests/bench/gpu-app.mjs [runs=3]
 */
import { resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';
import { openOnGpu } from './gpu-browser.mjs';

const runs = Number(process.argv[2] ?? 3);
const shot = process.env.SCREENSHOT;
const server = await serveFolder({ root: resolve(import.meta.dirname, '../../dist'), port: 0, base: '/' });
const page = await openOnGpu(server.url);
page.on('console', (message) => { if (message.type() === 'error') console.log('console:', message.text()); });
await page.setViewportSize({ width: 1280, height: 1000 });

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
