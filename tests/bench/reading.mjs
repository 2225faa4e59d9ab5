/**
 * How fast traces are read, in a worker of a headless Chromium: CSV long and wide beside papaparse on the same files, NPY beside
 * nothing but its bytes; the same loads in all of them, medians of alternating runs, and the memory that the tab takes at most
 * (resident set: Linux alone). `size=1000` makes CSV of 1 GB;
 * `alone=1` leaves papaparse out.
 *
 *   CHROME_PATH=... node tests/bench/reading.mjs [size=200] [runs=5] [files=long,wide,npy]
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { kernels } from '../../scripts/kernels.mjs';
import { serveFolder } from '../../scripts/static-server.mjs';
import { openWatchedBrowser } from './watched-browser.mjs';

const given = new Map(process.argv.slice(2).map((word) => /** @type {[string, string]} */ (word.split('='))));
const megabytes = Number(given.get('size') ?? 200);
const runs = Number(given.get('runs') ?? 5);
const wanted = (given.get('files') ?? 'long,wide,npy').split(',');
const [layers, experts] = [12, 16];

const folder = mkdtempSync(join(tmpdir(), 'reading-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

let state = 1;
/** Loads about 1,000 of 16,384 assignments to 16 experts, as in the default sample. */
function load() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return 800 + (state >>> 24) + ((state >>> 20) & 255);
}

/** @param {string} name @param {(write: (piece: string | Buffer) => Promise<void>) => Promise<void>} fill */
async function made(name, fill) {
  const out = createWriteStream(join(folder, name));
  await fill(async (piece) => {
    if (!out.write(piece)) await new Promise((done) => { out.once('drain', () => done(null)); });
  });
  await new Promise((done) => { out.end(() => done(null)); });
  return join(folder, name);
}

const makers = {
  long: () => made('long.csv', async (write) => {
    await write('step,layer,expert,tokens\n');
    for (let step = 0, bytes = 0; bytes < megabytes * 1e6; step++) {
      let text = '';
      for (let layer = 0; layer < layers; layer++) for (let expert = 0; expert < experts; expert++) text += `${step},${layer},${expert},${load()}\n`;
      bytes += text.length;
      await write(text);
    }
  }),
  wide: () => made('wide.csv', async (write) => {
    const names = Array.from({ length: layers * experts }, (_, i) => `layer${Math.floor(i / experts)}_expert${i % experts}`);
    await write(`step,${names.join()}\n`);
    for (let step = 0, bytes = 0; bytes < megabytes * 1e6; step++) {
      const text = `${step},${names.map(load).join()}\n`;
      bytes += text.length;
      await write(text);
    }
  }),
  npy: () => made('counts.npy', async (write) => {
    const steps = Math.round((megabytes * 1e6) / (4 * layers * experts));
    const text = `{'descr': '<i4', 'fortran_order': False, 'shape': (${steps}, ${layers}, ${experts}), }`;
    await write(Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(`${text.padEnd(117)}\n`)]));
    for (let step = 0; step < steps; step += 100) {
      const rows = Math.min(100, steps - step);
      await write(Buffer.from(Int32Array.from({ length: rows * layers * experts }, load).buffer));
    }
  }),
};

const built = join(folder, 'built');
await build({ root: resolve(import.meta.dirname, 'reading'), base: './', configFile: false, worker: { format: 'es', plugins: () => [kernels()] }, logLevel: 'warn', build: { outDir: built, emptyOutDir: true, target: 'es2022' } });
const server = await serveFolder({ root: built, port: 0, base: '/' });
const watched = await openWatchedBrowser();
const { browser, tabMegabytes } = watched;

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

for (const name of wanted) {
  const path = await makers[/** @type {keyof typeof makers} */ (name)]();
  const size = statSync(path).size / 1e6;
  const ways = given.has("alone") ? ["gatecast"] : ['gatecast', name === 'npy' ? 'bytes' : 'papaparse'];
  /** @type {Map<string, number[]>} */
  const seconds = new Map(ways.map((way) => [way, []]));
  // A page of its own, so that what others left in memory does not count.
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.locator('input').setInputFiles(path);
  const before = tabMegabytes();
  let peak = 0;
  let read = 0;
  for (let run = 0; run < runs; run++) {
    for (const way of ways) {
      const watch = setInterval(() => { if (way === 'gatecast' && run === 0) peak = Math.max(peak, tabMegabytes()); }, 50);
      const measured = /** @type {{ seconds: number, read: number }} */ (await page.evaluate(`measure(0, '${way}')`));
      clearInterval(watch);
      seconds.get(way)?.push(measured.seconds);
      if (way === 'gatecast') read = measured.read;
    }
  }
  await page.close();
  const medians = ways.map((way) => median(seconds.get(way) ?? []));
  console.log(`${name}, ${size.toFixed(0)} MB, ${read.toLocaleString('en')} loads: ${ways.map((way, i) => `${way} ${(size / medians[i]).toFixed(0)} MB/s`).join(', ')}, ${medians.length > 1 ? `ratio ${(medians[1] / medians[0]).toFixed(2)};` : ''} the tab took ${Math.round(peak - before)} MB more at most, of which the result is ${Math.round((read * 4) / 1e6)} MB`);
}
await watched.close();
await server.close();
process.exit(0);
