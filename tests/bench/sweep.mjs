/**
 * How long a sweep takes in the built app, on all layers of the default sample, as the Sweep cell has it at first: 64 trials
 * of the LSTM on the average, judged in rungs at two origins, and the best tested. In a headless Chromium on the machine's
 * GPU, or with GPU_FLAGS= and the device "wasm" on its cores alone (`taskset -c 0,1` for two of them). Build first; needs
 * playwright-core.
 *
 *   CHROME_PATH=... node tests/bench/sweep.mjs [runs=3] [devices=webgpu,wasm] [trials=64] [halving=yes] [replays=0,1,2: places of the leaderboard whose trials are made again on webgpu and wasm, after the runs on each device]
 */
import { resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';
import { preferDevice, timeRuns } from './cell-runs.mjs';
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
const devices = (given.get('devices') ?? 'webgpu,wasm').split(',');
await timeRuns(page, sweep, { devices, runs, told: '.cell-status', after: replay });
if (process.env.SCREENSHOT) await sweep.screenshot({ path: process.env.SCREENSHOT });
await server.close();
process.exit(0);

/** Makes trials again by the Replay button, and prints what it says. */
async function replay() {
  const places = given.get('replays')?.split(',').map(Number) ?? [];
  const chosen = sweep.getByRole('region', { name: 'Chosen trial' });
  for (const device of places.length > 0 ? ['webgpu', 'wasm'] : []) {
    await preferDevice(page, device);
    for (const place of places) {
      await sweep.getByRole('table', { name: /^Trials, / }).getByRole('button', { name: /^Trial \d/ }).nth(place).click();
      await chosen.getByRole('button', { name: 'Replay' }).click();
      const told = chosen.getByRole('status').filter({ hasText: /again: / });
      await told.waitFor({ timeout: 120_000 });
      console.log('replay on', device, 'of place', place, '|', await chosen.getByRole('paragraph').first().textContent(), '|', await told.textContent());
    }
  }
}
