import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startApp, type App, type Visit } from './harness.ts';
import { cell, filled, finding, fixture, traceFile } from './pages.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

async function start(): Promise<Visit> {
  const visit = await app.open();
  await filled(visit.page);
  return visit;
}

describe('a trace of one’s own', () => {
  test.each(['long.csv', 'wide.csv', 'counts_i32.npy', 'counts_loss.npz', 'steps.jsonl'])('%s opens through the file input and fills every cell', async (name) => {
    const { page, close, consoleErrors } = await start();
    await traceFile(page).setInputFiles(fixture(name));
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/300 steps, 3 layers of 8 experts/);
    await expect.poll(() => finding(page, 'Load').textContent()).toMatch(/expert \d is the busiest/);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toMatch(/misses the mean load of layer 0/);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('opens in every format, through the picker and by a drop', async () => {
    const { page, drop, close, consoleErrors } = await start();
    const trace = cell(page, 'Trace');
    const files = [
      ['array.json', 'JSON'], ['counts.h5', 'HDF5'], ['counts.safetensors', 'safetensors'], ['dict.pt', 'PyTorch'], ['wide_snappy.parquet', 'Parquet, wide'],
      ['long_zstd.parquet', 'Parquet, long'], ['long_lz4.arrow', 'Arrow, long'], ['long.csv.gz', 'CSV, long'],
      ['frames/codec_brotli.parquet', 'Parquet, long'], ['long.csv.zst', 'CSV, long'], ['hdf5/latest_growing_long.h5', 'HDF5'],
    ] as const;
    for (const [index, [file, format]] of files.entries()) {
      const name = file.replace(/^.*\/|\.(gz|zst)$/g, '');
      if (index % 2 === 0) await traceFile(page).setInputFiles(fixture(file));
      else await drop(page.locator('body'), [fixture(file)]);
      await expect.poll(() => finding(page, 'Trace').textContent(), { message: file }).toMatch(new RegExp(`^${name}: `));
      expect(await trace.locator('.facts').textContent()).toContain(`Format${format}`);
    }
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('of 600 layers is drawn where it is looked at, and said whole', async () => {
    const { page, close, consoleErrors } = await start();
    const line = (step: number): string => JSON.stringify({ step, layers: Object.fromEntries(Array.from({ length: 600 }, (_, layer) => [layer, [layer + step, 300, 400]])) });
    await traceFile(page).setInputFiles({ name: 'deep.jsonl', mimeType: '', buffer: Buffer.from(Array.from({ length: 40 }, (_, step) => line(step)).join('\n')) });
    await expect.poll(() => finding(page, 'Trace').textContent(), { timeout: 30_000 }).toMatch(/40 steps, 600 layers of 3 experts/);
    await expect.poll(() => finding(page, 'States').textContent(), { timeout: 30_000 }).toMatch(/too short to tell/);
    const load = cell(page, 'Load');
    const last = load.getByRole('button', { name: /^599, largest share/ });
    await last.scrollIntoViewIfNeeded({ timeout: 30_000 });
    await expect.poll(() => last.locator('canvas').count()).toBe(1);
    // Twice a screen of small pictures, and the large one.
    expect(await load.locator('canvas').count()).toBeLessThan(150);
    await expect.poll(() => page.locator('*').count()).toBeLessThan(6000);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('in several files opens as one, from a drop and from the file input, and takes another answer', async () => {
    const { page, drop, close, consoleErrors } = await start();
    const rank = (first: number): string => Array.from({ length: 60 }, (_, step) =>
      JSON.stringify({ iter: step, block: 'decoder', layer: 0, tpe: [[first + step, 2 * first + 3], [1, 2]] })).join('\n');
    await drop(page.locator('body'), [{ name: 'rank0.jsonl', content: rank(10) }, { name: 'rank1.jsonl', content: rank(200) }]);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^rank: 60 steps, 1 layer of 4 experts/);
    await page.getByRole('button', { name: 'Undo: Open rank' }).click();
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-125m-16e/);
    await traceFile(page).setInputFiles([{ name: 'rank0.jsonl', mimeType: '', buffer: Buffer.from(rank(10)) }, { name: 'rank1.jsonl', mimeType: '', buffer: Buffer.from(rank(200)) }]);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^rank: 60 steps/);
    await cell(page, 'Trace').getByRole('combobox', { name: 'How do ranks hold experts?' }).selectOption('1');
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/60 steps, 1 layer of 2 experts/);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('of several blocks of a model says so and leaves one out when asked', async () => {
    const { page, drop, close, consoleErrors } = await start();
    const lines = Array.from({ length: 60 }, (_, step) => [['mtp', 0], ['decoder', 0], ['decoder', 1]].map(([block, layer]) => JSON.stringify({ iter: step, block, layer, tpe: [[step, 3, 4]] })).join('\n'));
    await drop(page.locator('body'), [{ name: 'rank0.jsonl', content: lines.join('\n') }]);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/60 steps, 3 layers of 3 experts/);
    await expect.poll(() => cell(page, 'Trace').textContent()).toContain('Its layers are of 2 blocks: decoder (2 layers), mtp (1 layer)');
    await cell(page, 'Trace').getByRole('combobox', { name: 'Which blocks?' }).selectOption('only decoder');
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/60 steps, 2 layers of 3 experts/);
    await expect.poll(() => cell(page, 'Trace').textContent()).toContain('mtp is left out');
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('in a folder opens under the folder’s name', async () => {
    const { page, close } = await start();
    await page.getByLabel('Trace folder').setInputFiles(fixture('tb'));
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/300 steps, 3 layers of 8 experts/);
    await close();
  });

  test('in a dropped folder opens: 130 files two folders down', async () => {
    const { page, dropPaths, close, consoleErrors } = await start();
    // The browser gives the files of a folder a hundred at a time.
    const folder = mkdtempSync(join(tmpdir(), 'gatecast-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const tables = join(folder, 'my-run', 'logs', 'experts');
    mkdirSync(tables, { recursive: true });
    writeFileSync(join(folder, 'my-run', 'readme.md'), 'about this run');
    for (let step = 0; step < 65; step++) {
      for (const rank of [0, 1]) writeFileSync(join(tables, `table_iter${10 * step}_rank${rank}.log`), `0:[[${step + 1}.0, 2.0, 3.0]]\n1:[[4.0, 5.0, ${step + 6}.0]]\n`);
    }
    await dropPaths([join(folder, 'my-run')]);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^my-run: 65 recorded steps, every 10th, 2 layers of 3 experts/);
    await expect.poll(() => cell(page, 'Trace').textContent()).toContain('The loads of 2 ranks and of the micro-batches are summed');
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('dropped anywhere on the page opens too, and undo brings the sample back', async () => {
    const { page, drop, close } = await start();
    await drop(page.locator('body'), [fixture('long.csv')]);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^long\.csv: 300 steps/);
    await page.getByRole('button', { name: 'Undo: Open long.csv' }).click();
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-125m-16e/);
    await close();
  });

  test('is listed afterwards, opens again without its file, and can be removed', async () => {
    const { page, close, consoleErrors } = await start();
    const trace = cell(page, 'Trace');
    for (const name of ['long.csv', 'proportion_f16.npy']) {
      await traceFile(page).setInputFiles(fixture(name));
      await expect.poll(() => finding(page, 'Trace').textContent()).toContain(`${name}: 300 steps`);
      await expect.poll(() => trace.textContent()).toContain('Kept in this browser: it will be here after a reload');
    }
    await trace.locator('summary', { hasText: 'Opened before' }).click();
    const list = trace.getByRole('list', { name: 'Traces opened before' });
    await expect.poll(() => list.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^proportion_f16\.npy\d+\.\d kB, opened .*Open now$/), expect.stringMatching(/^long\.csv/),
    ]);
    await list.getByRole('button', { name: 'Open long.csv' }).click();
    await expect.poll(() => finding(page, 'Trace').textContent()).toContain('long.csv: 300 steps');
    await expect.poll(() => list.getByRole('listitem').first().textContent()).toMatch(/^long\.csv.*Open now$/);
    const remove = list.getByRole('button', { name: 'Remove proportion_f16.npy' });
    await remove.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Leave it');
    await page.keyboard.press('Enter');
    await expect.poll(() => remove.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await list.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Trace').textContent()).toContain('long.csv: 300 steps');
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('whose axes could be read in two ways says its guess and takes another', async () => {
    const { page, close } = await start();
    await traceFile(page).setInputFiles(fixture('counts_i64_2d.npy'));
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/300 steps, 1 layer of 24 experts/);
    const layers = cell(page, 'Trace').getByRole('combobox', { name: /layers/i });
    const three = await layers.locator('option').filter({ hasText: /^3\b/ }).first().getAttribute('value');
    await layers.selectOption(three);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/300 steps, 3 layers of 8 experts/);
    await close();
  });

  test('whose columns have names that say nothing asks what they are', async () => {
    const { page, close, consoleErrors } = await start();
    const text = ['t,unit,block,value', ...Array.from({ length: 40 }, (_, i) => `${i >> 2},${i & 1},${(i >> 1) & 1},${100 + i}`)].join('\n');
    await traceFile(page).setInputFiles({ name: 'odd.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    const trace = cell(page, 'Trace');
    await expect.poll(() => trace.getByRole('alert').textContent()).toContain('no column for the training step');
    await trace.getByRole('combobox', { name: 'Which column is the expert?' }).selectOption('unit');
    await trace.getByRole('combobox', { name: 'Which column is the training step?' }).selectOption('t');
    await trace.getByRole('button', { name: 'Open with these answers' }).click();
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^odd\.csv: 10 steps, 2 layers of 2 experts/);
    expect(await trace.getByRole('alert').count()).toBe(0);
    expect(await page.getByText('odd.csv was not opened').count()).toBe(0);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('is still there after a reload', async () => {
    const { page, close } = await start();
    await traceFile(page).setInputFiles(fixture('long.csv'));
    await expect.poll(() => cell(page, 'Trace').textContent()).toContain('Kept in this browser: it will be here after a reload');
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^long\.csv: 300 steps/);
    await close();
  });
});

describe('what cannot be read', () => {
  const long = readFileSync(fixture('long.csv'), 'utf8').split('\n');
  const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['picture.png', Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]), /picture\.png/],
    ['empty.csv', '', /empty/i],
    ['word.csv', [...long.slice(0, 47), '1,2,0,abc', ...long.slice(48)].join('\n'), /line 48.*"abc"/],
    ['negative.csv', [...long.slice(0, 9), '0,1,0,-5', ...long.slice(10)].join('\n'), /-5/],
    ['column.csv', long.map((line) => line.split(',').slice(0, 2).join(',')).join('\n'), /column/i],
    ['cut.npz', readFileSync(fixture('counts_loss.npz')).subarray(0, 9000), /cut\.npz/],
  ];

  test.each(broken)('%s is refused in words, and what was open stays', async (name, content, words) => {
    const { page, drop, close, consoleErrors } = await start();
    await drop(page.locator('body'), [{ name, content }]);
    const alert = cell(page, 'Trace').getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(words);
    expect(await finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-125m-16e/);
    expect(await finding(page, 'Forecast').textContent()).toMatch(/Over the next/);
    expect(consoleErrors).toEqual([]);
    await expect.poll(() => page.getByText(`${name} was not opened`).count()).toBe(2);
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await alert.waitFor({ state: 'detached' });
    await close();
  });

  test('a reading cancelled in the middle leaves what was open', async () => {
    const { page, close } = await start();
    // A long file, made in the page: 600 MB of CSV, without holding them.
    await page.evaluate(() => {
      const lines: string[] = [];
      for (let i = 0; i < 1_000_000; i++) lines.push(`${i >> 3},0,${i & 7},${(i * 7919) % 1000}`);
      const part = new Blob([lines.join('\n'), '\n']);
      const file = new File(['step,layer,expert,tokens\n', ...Array.from({ length: 40 }, () => part)], 'large.csv');
      const transfer = new DataTransfer();
      transfer.items.add(file);
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await cell(page, 'Trace').getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => cell(page, 'Trace').getByRole('button', { name: 'Cancel' }).count()).toBe(0);
    expect(await finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-125m-16e/);
    await close();
  });

  test('a trace that does not fit the browser’s storage works, and the cell says that it will not be kept', async () => {
    const { page, close } = await start();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1000 });
    await traceFile(page).setInputFiles(fixture('long.csv'));
    await expect.poll(() => cell(page, 'Trace').textContent()).toContain('This trace is not kept in the browser');
    expect(await finding(page, 'Forecast').textContent()).toMatch(/misses the mean load/);
    await close();
  });

  test('a forecast worker that dies is replaced and gets its layer again', async () => {
    const { page, close } = await start();
    const worker = page.workers().find((one) => one.url().includes('forecast.worker'));
    await worker?.evaluate(() => self.close());
    const origin = cell(page, 'Forecast').getByRole('spinbutton', { name: 'Origin', exact: true });
    await origin.fill('7000');
    await origin.press('Enter');
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 15_000 }).toMatch(/Over the next 1,000 steps/);
    await expect.poll(() => cell(page, 'Forecast').locator('.gc-title').first().textContent(), { timeout: 15_000 }).toContain('step 7,000');
    expect(await cell(page, 'Forecast').getByRole('alert').count()).toBe(0);
    await close();
  });

  test('a trace worker that dies is replaced and reads the trace again', async () => {
    const { page, close } = await start();
    const worker = page.workers().find((one) => one.url().includes('trace.worker'));
    await worker?.evaluate(() => self.close());
    await cell(page, 'Load').getByLabel('Layer', { exact: true }).selectOption('5');
    await expect.poll(() => finding(page, 'Load').textContent(), { timeout: 15_000 }).toMatch(/In layer 5/);
    await close();
  });
});

describe('the recorded samples', () => {
  test.each([['gpt-moe-small-8e-top1', /8,000 steps, 8 layers of 8 experts, 8,192 tokens/], ['gpt-moe-small-64e-top6-lossfree', /8,000 steps, 8 layers of 64 experts, 49,152 tokens/]] as const)('%s fills every cell', async (id, words) => {
    const { page, close, consoleErrors, screenshot } = await start();
    await cell(page, 'Trace').getByLabel('Trace', { exact: true }).selectOption(id);
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(words);
    await expect.poll(() => finding(page, 'States').textContent()).toMatch(/layers (is|are) stable/);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toMatch(/misses the mean load of layer 0/);
    await screenshot(id);
    expect(consoleErrors).toEqual([]);
    await close();
  });
});
