/**
 * How long a whole comparison takes in the built app: the forecasters that matter and the LSTM on the bank, 21 origins, all
 * layers of the default sample, 1,000 and 2,000 steps ahead. In a headless Chromium on the machine's GPU, or with
 * GPU_FLAGS= and the device "wasm" on its cores alone. Build first; needs playwright-core.
 *
 *   CHROME_PATH=... node tests/bench/comparison.mjs [runs=3] [devices=webgpu,wasm] ["contenders=Combination;Auto"]
 */
import { resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';
import { timeRuns } from './cell-runs.mjs';
import { openOnGpu } from './gpu-browser.mjs';

const given = new Map(process.argv.slice(2).map((word) => /** @type {[string, string]} */ (word.split('='))));
const runs = Number(given.get('runs') ?? 3);
const contenders = given.get('contenders')?.split(';') ?? [
  'Sliding average, window chosen on the past', 'Damped Holt, settings chosen on the past', 'Ridge on averages', 'Combination',
  'LSTM, residual on the bank', 'LSTM, gate over the bank', 'Auto',
];

const server = await serveFolder({ root: resolve(import.meta.dirname, '../../dist'), port: 0, base: '/' });
const page = await openOnGpu(server.url);
page.on('console', (message) => { if (message.type() === 'error') console.log('console:', message.text()); });
await page.setViewportSize({ width: 1280, height: 1000 });
await page.getByRole('region', { name: 'Forecast', exact: true }).locator('.cell-finding').waitFor();
// The notebook fills and its pictures are drawn.
await page.waitForTimeout(3000);
await page.getByRole('button', { name: 'Add a cell', exact: true }).last().click();
await page.getByRole('menuitem', { name: /^Backtest/ }).click();
const backtest = page.getByRole('region', { name: 'Backtest', exact: true });
await backtest.getByText(/^Forecasters, /).click();
for (const box of await backtest.getByRole('group', { name: 'Forecasters that take part' }).getByRole('checkbox').all()) {
  if (await box.isChecked()) await box.uncheck({ force: true });
}
for (const name of contenders) await backtest.getByRole('checkbox', { name, exact: true }).check({ force: true });
await timeRuns(page, backtest, {
  devices: (given.get('devices') ?? 'webgpu,wasm').split(','), runs,
  async after() {
    await page.getByRole('button', { name: /^Device:/ }).click();
    console.log('device:', await page.getByRole('group', { name: 'Device', exact: true }).textContent());
    await page.keyboard.press('Escape');
  },
});
await server.close();
process.exit(0);
