/**
 * A trace of gigabytes in the built app: 60 layers × 256 experts × 20,000 steps from a generated NPY file, opened, drawn, kept,
 * opened again after a reload, its sliders moved, a layer forecast; with the memory that the tab takes meanwhile (resident set
 * of its process: Linux alone). Build first; needs playwright-core.
 *
 *   CHROME_PATH=... node tests/bench/large-trace.mjs [layers=60] [experts=256] [steps=20000] [moves=20] [pause=0] [file=large.npy]
 *
 * `pause`: milliseconds between two moves of a slider.
 */
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';
import { openWatchedBrowser } from './watched-browser.mjs';

const given = new Map(process.argv.slice(2).map((word) => /** @type {[string, string]} */ (word.split('='))));
const number = (/** @type {string} */ name, /** @type {number} */ usual) => Number(given.get(name) ?? usual);
const [layers, experts, steps, moves, pauseMs] = [number('layers', 60), number('experts', 256), number('steps', 20_000), number('moves', 20), number('pause', 0)];

const folder = mkdtempSync(join(tmpdir(), 'large-trace-'));
const file = given.get('file') ?? join(folder, 'large.npy');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
if (!existsSync(file)) await generate(file);

/** Loads as a router in training gives them: shares drift and settle, counts scatter. @param {string} path */
async function generate(path) {
  const out = createWriteStream(path);
  const text = `{'descr': '<u2', 'fortran_order': False, 'shape': (${steps}, ${layers}, ${experts}), }`;
  const header = Buffer.alloc(Math.ceil((11 + text.length) / 64) * 64, 0x20);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (header.length - 10) & 0xff, (header.length - 10) >> 8]);
  header.write(text, 10);
  header[header.length - 1] = 0x0a;
  out.write(header);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const phases = Float64Array.from({ length: layers * experts }, random);
  for (let step = 0; step < steps; step++) {
    const row = new Uint16Array(layers * experts);
    const swing = Math.exp(-step / 2000);
    for (let i = 0; i < row.length; i++) row[i] = 200 + 150 * swing * Math.sin(6.28 * (phases[i] + step / 900)) + 80 * phases[i] + 30 * random();
    if (!out.write(Buffer.from(row.buffer))) await new Promise((done) => { out.once('drain', () => done(null)); });
  }
  await new Promise((done) => { out.end(() => done(null)); });
}

const server = await serveFolder({ root: resolve(import.meta.dirname, '../../dist'), port: 0, base: '/' });
const watched = await openWatchedBrowser();
const { browser, tabMegabytes } = watched;
const page = await browser.newPage();
page.on('pageerror', (error) => console.log('page error:', error.message));
await page.addInitScript(() => {
  const tasks = /** @type {number[]} */ ([]);
  Object.assign(window, { longTasks: tasks });
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) tasks.push(Math.round(duration)); }).observe({ type: 'longtask' });
});

let peak = 0;
const watch = setInterval(() => { peak = Math.max(peak, tabMegabytes()); }, 200);
let began = performance.now();
/** @param {string} what */
async function report(what) {
  const tasks = /** @type {number[]} */ (await page.evaluate('window.longTasks.splice(0)'));
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(2)} s; tab ${Math.round(tabMegabytes())} MB now, ${Math.round(peak)} MB at most; tasks over 50 ms on the page: ${tasks.join(' ') || 'none'}`);
}
const start = () => { began = performance.now(); peak = 0; };

await page.goto(server.url);
await page.getByRole('region', { name: 'Forecast', exact: true }).locator('.cell-finding').waitFor();
await page.waitForTimeout(2000);
await report('the app with its sample');
start();
await page.locator('input[type=file]').first().setInputFiles(file);
const trace = page.getByRole('region', { name: 'Trace', exact: true });
await trace.locator('.cell-finding', { hasText: `${steps.toLocaleString('en')} steps` }).waitFor({ timeout: 600_000 });
await report(`opened ${(statSync(file).size / 1e6).toFixed(0)} MB`);
await settled();
await report('all pictures');
await trace.getByText('Kept in this browser: it will be here').waitFor({ timeout: 600_000 });
await report('kept');
await page.waitForTimeout(3000);
start();
await report('at rest');

const forecast = page.getByRole('region', { name: 'Forecast', exact: true });
await forecast.scrollIntoViewIfNeeded();
for (const name of ['Window', 'Horizon', 'Origin']) {
  const slider = forecast.getByRole('slider', { name: new RegExp(`^${name}`) }).first();
  await slider.focus();
  start();
  /** @type {number[]} */
  const times = [];
  for (let move = 0; move < moves; move++) {
    times.push(await moved(move % 2 ? 'ArrowLeft' : 'ArrowRight'));
    await page.waitForTimeout(pauseMs);
  }
  times.sort((a, b) => a - b);
  await report(`${name} moved ${moves} times: median ${times[moves >> 1].toFixed(0)} ms, slowest ${times[moves - 1].toFixed(0)} ms from key to picture`);
}

/** Milliseconds from a key to the frame that shows another picture. @param {string} key @returns {Promise<number>} */
function moved(key) {
  return page.evaluate((pressed) => new Promise((done) => {
    const slider = /** @type {HTMLInputElement} */ (document.activeElement);
    const cell = /** @type {Element} */ (slider.closest('section'));
    const from = performance.now();
    const seen = new MutationObserver((changes) => {
      // Handles follow the key at once; the lines are drawn anew when the worker has answered.
      if (!changes.some(({ target }) => /** @type {Element} */ (target).closest?.('.gc-plot') ?? /** @type {Element} */ (target).querySelector?.(':scope > .gc-plot'))) return;
      seen.disconnect();
      requestAnimationFrame(() => done(performance.now() - from));
    });
    seen.observe(cell, { subtree: true, childList: true });
    setTimeout(() => done(Infinity), 5000);
    slider.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true }));
  }), key);
}

/** All cells have answered. */
async function settled() {
  await page.waitForTimeout(300);
  await page.waitForFunction(() => !document.querySelector('section.cell[data-state="running"], [aria-busy="true"]'), null, { timeout: 600_000 });
}

start();
await page.reload();
await trace.locator('.cell-finding', { hasText: `${steps.toLocaleString('en')} steps` }).waitFor({ timeout: 600_000 });
await report('opened again after a reload');
await settled();
await report('all pictures again');

clearInterval(watch);
await watched.close();
await server.close();
console.log(`largest file read: ${file}; ${readFileSync('/proc/cpuinfo', 'utf8').match(/model name\s*: (.*)/)?.[1]}`);
