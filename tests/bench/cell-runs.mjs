/** @typedef {import('playwright-core').Page} Page @typedef {import('playwright-core').Locator} Locator */

const deviceNames = { webgpu: 'WebGPU', wasm: 'WebAssembly' };

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * @param {Page} page
 * @param {string} device webgpu or wasm
 */
export async function preferDevice(page, device) {
  await page.getByRole('button', { name: /^Device:/ }).click();
  await page.getByRole('radio', { name: deviceNames[/** @type {'webgpu' | 'wasm'} */ (device)], exact: true }).check({ force: true });
  await page.keyboard.press('Escape');
}

/**
 * Runs a cell of the open page a few times on each device, and prints how long each run took from Run to its end, the tasks
 * that blocked the page meanwhile, the medians and what the cell found.
 * @param {Page} page
 * @param {Locator} cell
 * @param {{ devices: readonly string[], runs: number, told?: string, after?: () => Promise<void> }} options `told`: selector of a part of the cell that is printed after each run; `after`: called after the runs on a device
 */
export async function timeRuns(page, cell, { devices, runs, told, after }) {
  await page.evaluate(() => {
    const tasks = /** @type {number[]} */ ([]);
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) tasks.push(Math.round(duration)); }).observe({ type: 'longtask' });
  });
  for (const device of devices) {
    await preferDevice(page, device);
    const seconds = [];
    for (let run = 0; run < runs; run++) {
      await page.evaluate('window.longTasks.length = 0');
      const began = performance.now();
      await cell.locator('.run-run').click();
      await page.waitForFunction(() => document.querySelector('section.cell[data-state="running"]'));
      await page.waitForFunction(() => !document.querySelector('section.cell[data-state="running"]'), null, { timeout: 600_000 });
      seconds.push((performance.now() - began) / 1000);
      console.log(device, run, `${seconds[run].toFixed(2)} s; tasks over 50 ms on the page:`, await page.evaluate('window.longTasks.join(" ")') || 'none', ...(told ? ['|', await cell.locator(told).textContent()] : []));
    }
    console.log(`${device}: median ${median(seconds).toFixed(2)} s of ${runs}`);
    console.log(await cell.locator('.cell-finding').textContent());
    await after?.();
  }
}
