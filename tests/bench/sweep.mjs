/**
 * How long a sweep takes in the built app, on all layers of the default sample, as the Sweep cell has it at first: 64 trials
 * of the LSTM on the average, judged in rungs at two origins, and the best tested. In a headless Chromium on the machine's
 * GPU, or with GPU_FLAGS= and the device "wasm" on its cores alone (`taskset -c 0,1` for two of them). Build first; needs
 * playwright-core.
 *
 *   CHROME_PATH=... node tests/bench/sweep.mjs [runs=3] [devices=webgpu,wasm] [trials=64] [halving=yes]
 */
import { resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';
import { timeRuns } from './cell-runs.mjs';
import { openOnGpu } from './gpu-browser.mjs';

const given = new Map(process.argv.slice(2).map((word) => /** @type {[string, string]} */ (word.split('='))));
const runs = Number(given.get('runs') ?? 3);

const server = await serveFolder({ root: resolve(import.meta.dirname, '../../dist'), port: 0, base: '/' });
const page = await openOnGpu(server.url);
page.on('console', (message) => { if (message.type() === 'error') console.log('console:', message.text()); });
await page.setViewportSize({ width: 1280, height: 1000 });
await page.getByRole('region', { name: 'Forecast', exact: true }).locator('.cell-finding').waitFor();
// The notebook fills and its pictures are drawn.
await page.waitForTimeout(3000);
await page.getByRole('button', { name: 'Add a cell', exact: true }).last().click();
await page.getByRole('menuitem', { name: /^Sweep/ }).click();
const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
const trials = sweep.getByRole('spinbutton', { name: 'Trials', exact: true });
await trials.fill(given.get('trials') ?? '64');
await trials.press('Enter');
if (given.get('halving') === 'no') await sweep.getByRole('checkbox', { name: 'Successive halving', exact: true }).uncheck({ force: true });
await timeRuns(page, sweep, { devices: (given.get('devices') ?? 'webgpu,wasm').split(','), runs, told: '.cell-status' });
if (process.env.SCREENSHOT) await sweep.screenshot({ path: process.env.SCREENSHOT });
await server.close();
process.exit(0);
