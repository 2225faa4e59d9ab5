import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright';
import { startApp, type App, type Visit } from './harness.ts';
import { cell, filled, finding, traceFile } from './pages.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

async function start(options: Parameters<App['open']>[0] = {}): Promise<Visit> {
  const visit = await app.open(options);
  await filled(visit.page);
  return visit;
}

const forecast = (page: Page): Locator => cell(page, 'Forecast');
const number = (page: Page, label: string): Locator => forecast(page).getByRole('spinbutton', { name: label, exact: true });
const state = (page: Page): Promise<string | null> => forecast(page).getAttribute('data-state');
const band = (page: Page): Locator => forecast(page).locator('.band-foot');
const runButton = (page: Page): Locator => forecast(page).locator('.run-run');

async function set(page: Page, label: string, value: number): Promise<void> {
  await number(page, label).fill(String(value));
  await number(page, label).press('Enter');
}

/** A small LSTM: trained in a second or two on two cores. */
async function smallLstm(page: Page, iterations: number): Promise<void> {
  await forecast(page).getByLabel('Forecaster', { exact: true }).selectOption('lstm');
  await forecast(page).getByText('Training settings').click();
  for (const [label, value] of [['Hidden units', 4], ['Iterations', iterations], ['Batch', 32]] as const) await set(page, label, value);
  await set(page, 'Window', 200);
  await set(page, 'Horizon', 400);
  await set(page, 'Origin', 3000);
}

/** One that trains for longer than anyone waits. */
async function longLstm(page: Page): Promise<void> {
  await smallLstm(page, 5000);
  for (const [label, value] of [['Patience', 1000], ['Hidden units', 64], ['Batch', 512]] as const) await set(page, label, value);
}

/** The smallest of the recorded traces. */
async function openSmall(): Promise<Visit> {
  const visit = await start();
  await cell(visit.page, 'Trace').getByLabel('Trace', { exact: true }).selectOption('gpt-moe-small-8e-top1');
  await expect.poll(() => finding(visit.page, 'Trace').textContent()).toMatch(/^gpt-moe-small-8e-top1/);
  return visit;
}

describe('cheap forecasters', () => {
  test('follow the window, the horizon and the origin', async () => {
    const { page, close } = await start();
    await set(page, 'Window', 1000);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('the sliding average over 1,000 steps');
    await set(page, 'Horizon', 2000);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('Over the next 2,000 steps');
    await set(page, 'Origin', 7000);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('Over the 1,000 steps that the trace has after step 7,000');
    await set(page, 'Origin', 8000);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('what nobody has seen yet');
    await close();
  });

  test('the origin moves by keyboard on the picture itself, and one undo takes the whole gesture back', async () => {
    const { page, close } = await start();
    const origin = forecast(page).getByRole('slider', { name: 'origin', exact: true });
    await origin.focus();
    for (let i = 0; i < 5; i++) await origin.press('Shift+ArrowLeft');
    await expect.poll(() => number(page, 'Origin').inputValue()).toBe('5950');
    await page.keyboard.press('Control+z');
    await expect.poll(() => number(page, 'Origin').inputValue()).toBe('6000');
    await close();
  });

  test('export every number with its settings, as JSON and CSV', async () => {
    const { page, close } = await start();
    await forecast(page).getByText('Export', { exact: true }).click();
    const [json] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: 'Forecast as JSON' }).click()]);
    const exported = JSON.parse(readFileSync(await json.path(), 'utf8')) as { originStep: number; settings: { windowSteps: number }; forecast: { shares: number[] }[]; trace: { fingerprint: string } };
    expect(exported).toMatchObject({ originStep: 6000, settings: { windowSteps: 1000 } });
    expect(exported.forecast[0].shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(exported.trace.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    const [csv] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: 'Forecast as CSV' }).click()]);
    expect(readFileSync(await csv.path(), 'utf8').trim().split('\r\n')).toHaveLength(17);
    await close();
  });
});

describe('the LSTM', () => {
  test('trains on the person’s machine, is judged beside the average, and outlives a reload', async () => {
    const { page, close, consoleErrors, foreignRequests, policyViolations } = await openSmall();
    await smallLstm(page, 40);
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('fresh');
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 10_000 }).toMatch(/^The LSTM is better than the sliding average on (\d|none) of 8 layers, .*\(load error [\d.]+ % against [\d.]+ %\)/);
    const said = await finding(page, 'Forecast').textContent();
    expect(said).toMatch(/the LSTM misses the mean load of layer 0 by/);
    await expect.poll(() => page.locator('.device-button').textContent()).toMatch(/WebAssembly/);
    await expect.poll(() => band(page).textContent(), { timeout: 60_000 }).toMatch(/^The 90 % band holds the mean share that came of \d+ of 8 experts\./);
    const held = await band(page).textContent();
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 10_000 }).toBe(said);
    await expect.poll(() => band(page).textContent()).toBe(held);
    expect(consoleErrors).toEqual([]);
    expect(policyViolations).toEqual([]);
    expect(foreignRequests()).toEqual([]);
    await close();
  });

  test('shows all layers while it learns, and keeps their pictures', async () => {
    const { page, close, consoleErrors } = await openSmall();
    await longLstm(page);
    await runButton(page).click();
    const skill = forecast(page).getByRole('group', { name: 'Skill of the LSTM by layer', exact: true });
    const curves = forecast(page).getByRole('img', { name: 'Validation loss of all layers by iteration', exact: true });
    const described = async (): Promise<string | null> => page.locator(`[id="${await curves.getAttribute('aria-describedby')}"]`).textContent();
    await expect.poll(() => forecast(page).locator('.cell-status').textContent(), { timeout: 60_000 }).toMatch(/Training, one model for 8 layers.* of 5,\d+ iterations · [\d,.]+ iterations\/s · .* left/);
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 60_000 }).toMatch(/^So far the LSTM is better than the sliding average on (\d|none) of 8 layers/);
    expect(await skill.getByRole('button').count()).toBe(8);
    // The picture follows the sentence within half a second.
    await expect.poll(described).toMatch(/mean of 8 layers: from 1 to/);
    const first = await described();
    await expect.poll(described, { timeout: 30_000 }).not.toBe(first);

    // Another layer of the same training, chosen in its picture while it runs.
    await skill.getByRole('button', { name: /^layer 5,/ }).click();
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('the LSTM, still training, misses the mean load of layer 5');
    await forecast(page).getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => state(page), { timeout: 5000 }).toBe('fresh');
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 10_000 }).toMatch(/^The LSTM is better than the sliding average on/);
    const last = await described();
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 10_000 }).toMatch(/^The LSTM is better than the sliding average on/);
    expect(await described()).toBe(last);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('trains a model for each layer where the form is joint', async () => {
    const { page, close } = await openSmall();
    await smallLstm(page, 20);
    await forecast(page).getByLabel('Form', { exact: true }).selectOption('joint');
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('fresh');
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 10_000 }).toMatch(/of 8 layers/);
    await forecast(page).getByLabel('Layer', { exact: true }).selectOption('6');
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('the LSTM misses the mean load of layer 6');
    expect(await state(page)).toBe('fresh');
    await close();
  });

  test('gives the same numbers twice', async () => {
    const { page, close } = await openSmall();
    await smallLstm(page, 30);
    interface Exported { readonly forecast: readonly { readonly shares: readonly number[] }[]; readonly provenance: { readonly time: string } | null }
    const exported = async (): Promise<Exported> => {
      const [json] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: 'Forecast as JSON' }).click()]);
      return JSON.parse(readFileSync(await json.path(), 'utf8')) as Exported;
    };
    // A run may be too short to be seen running: its result has a time of its own.
    const trained = async (before: string | undefined): Promise<Exported> => {
      await runButton(page).click();
      let last = await exported();
      await expect.poll(async () => {
        last = await exported();
        return last.provenance?.time ?? before;
      }, { timeout: 60_000, interval: 500 }).not.toBe(before);
      return last;
    };
    await forecast(page).getByText('Export', { exact: true }).click();
    const first = await trained(undefined);
    expect((await trained(first.provenance?.time)).forecast).toEqual(first.forecast);
    await close();
  });

  test('goes stale when a setting changes, and says which', async () => {
    const { page, close } = await openSmall();
    await smallLstm(page, 20);
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('fresh');
    await set(page, 'Horizon', 500);
    await expect.poll(() => state(page)).toBe('stale');
    await forecast(page).getByText('horizon changed from 400 to 500 steps').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Undo: Change horizon/ }).click();
    await expect.poll(() => state(page)).toBe('fresh');
    await close();
  });

  test('stops at once when cancelled and keeps what it had', async () => {
    const { page, close } = await openSmall();
    await longLstm(page);
    await runButton(page).click();
    await expect.poll(() => forecast(page).locator('.cell-status').textContent(), { timeout: 60_000 }).toMatch(/of 5,\d+ iterations/);
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 30_000 }).toContain('still training');
    await forecast(page).getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => state(page), { timeout: 2000 }).toBe('fresh');
    expect(await forecast(page).locator('.cell-status').textContent()).toMatch(/Cancelled after [\d,]+ iterations/);
    expect(await finding(page, 'Forecast').textContent()).toContain('the LSTM misses');
    await close();
  });

  test('whose worker dies goes on by itself', async () => {
    const { page, close } = await openSmall();
    await longLstm(page);
    await runButton(page).click();
    await expect.poll(() => finding(page, 'Forecast').textContent(), { timeout: 60_000 }).toContain('still training');
    await page.workers().find((worker) => worker.url().includes('gpu.worker'))?.evaluate(() => self.close());
    await expect.poll(() => forecast(page).locator('.cell-status').textContent(), { timeout: 60_000 }).toMatch(/going on from the last checkpoint[1-9]\d* of 5,\d+ iterations/);
    await forecast(page).getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => state(page), { timeout: 5000 }).toBe('fresh');
    expect(await finding(page, 'Forecast').textContent()).toContain('the LSTM misses');
    await close();
  });

  test('that needs more history says how much, in its own cell', async () => {
    const { page, close } = await openSmall();
    await smallLstm(page, 20);
    await set(page, 'Origin', 300);
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('failed');
    expect(await forecast(page).getByRole('alert').textContent()).toMatch(/step/);
    await set(page, 'Origin', 4000);
    await expect.poll(() => forecast(page).getByRole('alert').count()).toBe(0);
    expect(await finding(page, 'Load').textContent()).toMatch(/busiest/);
    await close();
  });

  test('exports as a TensorFlow.js model', async () => {
    const { page, close } = await openSmall();
    await smallLstm(page, 20);
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('fresh');
    await forecast(page).getByText('Export', { exact: true }).click();
    const [zip] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: 'Model for TensorFlow.js' }).click()]);
    const bytes = readFileSync(await zip.path());
    for (const name of ['model.json', 'weights.bin', 'gatecast.json']) expect(bytes.includes(name)).toBe(true);
    await close();
  });
});

describe('a trained model', () => {
  interface Exported {
    readonly forecast: readonly { readonly shares: readonly number[] }[];
    readonly provenance: { readonly weights?: { readonly file: string } } | null;
  }
  const forecastJson = async (page: Page): Promise<Exported> => {
    const [json] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: 'Forecast as JSON' }).click()]);
    return JSON.parse(readFileSync(await json.path(), 'utf8')) as Exported;
  };
  const status = (page: Page): Promise<string | null> => forecast(page).locator('.cell-status').textContent();
  const modelFile = (page: Page): Locator => forecast(page).getByLabel('Load a trained model');

  /** Trains a small one and exports it. */
  async function exportSmall(page: Page, form: 'pooled' | 'joint'): Promise<{ readonly zip: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }; readonly json: Exported }> {
    await smallLstm(page, 20);
    await forecast(page).getByLabel('Form', { exact: true }).selectOption(form);
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('fresh');
    await forecast(page).getByText('Export', { exact: true }).click();
    const [zip] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: /^Model for TensorFlow.js/ }).click()]);
    return { zip: { name: zip.suggestedFilename(), mimeType: 'application/zip', buffer: readFileSync(await zip.path()) }, json: await forecastJson(page) };
  }

  test('that was exported forecasts the same when it is loaded, without training, and undo brings back what was there', async () => {
    const { page, close, consoleErrors, policyViolations } = await openSmall();
    const { zip, json } = await exportSmall(page, 'pooled');
    for (const [label, value] of [['Hidden units', 5], ['Horizon', 300], ['Window', 300]] as const) await set(page, label, value);
    await runButton(page).click();
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('fresh');
    // The band comes after the forecast.
    await expect.poll(() => band(page).textContent(), { timeout: 60_000 }).toMatch(/^The 90 % band (?:holds|is \d)/);
    const before = { json: await forecastJson(page), status: await status(page) };
    expect(before.json.forecast).not.toEqual(json.forecast);

    await modelFile(page).setInputFiles(zip);
    await expect.poll(() => status(page), { timeout: 30_000 }).toMatch(new RegExp(`^Weights loaded from ${zip.name}; nothing was trained here. They forecast all 8 layers in`));
    expect(await state(page)).toBe('fresh');
    expect(await Promise.all(['Hidden units', 'Horizon', 'Window', 'Origin'].map((label) => number(page, label).inputValue()))).toEqual(['4', '400', '200', '3000']);
    await expect.poll(() => finding(page, 'Forecast').textContent()).toMatch(/^The LSTM is better than .* of 8 layers.* the LSTM misses the mean load of layer 0/);
    expect(await forecastJson(page)).toMatchObject({ forecast: json.forecast, provenance: { weights: { file: zip.name } } });
    expect(await forecast(page).getByText('Nothing was trained here: the weights were loaded').count()).toBeGreaterThan(0);

    await page.getByRole('button', { name: `Undo: Load ${zip.name}` }).click();
    await expect.poll(() => number(page, 'Hidden units').inputValue()).toBe('5');
    expect([await state(page), await status(page)]).toEqual(['fresh', before.status]);
    expect(await forecastJson(page)).toEqual(before.json);
    expect(consoleErrors).toEqual([]);
    expect(policyViolations).toEqual([]);
    await close();
  });

  test('outlives a reload, exports again, and trains anew when it is run', async () => {
    const { page, close } = await openSmall();
    const { zip, json } = await exportSmall(page, 'joint');
    await modelFile(page).setInputFiles(zip);
    await expect.poll(() => status(page), { timeout: 30_000 }).toMatch(/^Weights loaded from/);
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await filled(page);
    await expect.poll(() => status(page)).toMatch(/^Weights loaded from/);
    await forecast(page).getByText('Export', { exact: true }).click();
    expect((await forecastJson(page)).forecast).toEqual(json.forecast);
    const [again] = await Promise.all([page.waitForEvent('download'), forecast(page).getByRole('button', { name: /^Model for TensorFlow.js/ }).click()]);
    expect(again.suggestedFilename()).toBe(zip.name);
    await runButton(page).click();
    await expect.poll(() => status(page), { timeout: 60_000 }).toMatch(/^Trained after/);
    await close();
  });

  test('on another trace says why it fits no layer, and what it forecast before stays told', async () => {
    const { page, close, consoleErrors } = await openSmall();
    const { zip } = await exportSmall(page, 'joint');
    // The layer that is shown is forecast first, and the trace that comes does not have it.
    await forecast(page).getByLabel('Layer', { exact: true }).selectOption('5');
    await modelFile(page).setInputFiles(zip);
    await expect.poll(() => status(page), { timeout: 30_000 }).toMatch(/They forecast all 8 layers in/);
    const rows = Array.from({ length: 4000 }, (_, step) => `${step},5,5,4,6`);
    const csv = ['step,layer0_expert0,layer0_expert1,layer1_expert0,layer1_expert1', ...rows].join('\n');
    await traceFile(page).setInputFiles({ name: 'two-layers.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^two-layers/);
    await expect.poll(() => status(page)).toMatch(/^Weights loaded from .* They forecast another trace in/);
    await modelFile(page).setInputFiles(zip);
    await expect.poll(() => forecast(page).getByRole('alert').textContent()).toMatch(/joint model of 8 experts, and the layers of .* have 2/);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  test('that is none is refused with what to choose instead, and nothing changes', async () => {
    const { page, close } = await openSmall();
    await smallLstm(page, 20);
    const before = await finding(page, 'Forecast').textContent();
    await modelFile(page).setInputFiles({ name: 'trace.csv', mimeType: 'text/csv', buffer: Buffer.from('step,layer\n') });
    await expect.poll(() => forecast(page).getByRole('alert').textContent()).toMatch(/could not be loaded.*trace.csv: no model.json was found.*Choose the .zip that Gatecast exported/);
    expect(await finding(page, 'Forecast').textContent()).toBe(before);
    expect(await page.getByRole('button', { name: /^Undo: Load/ }).count()).toBe(0);
    await set(page, 'Horizon', 300);
    await expect.poll(() => forecast(page).getByRole('alert').count()).toBe(0);
    await close();
  });
});

describe('without a GPU', () => {
  test('the badge says so, with a way out', async () => {
    const { page, close } = await app.open();
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });
    });
    await page.reload();
    await filled(page);
    const badge = page.getByRole('button', { name: /^Device:/ });
    await expect.poll(() => badge.textContent()).toContain('No WebGPU');
    await badge.click();
    expect(await page.getByRole('group', { name: 'Device', exact: true }).textContent()).toMatch(/trains on the CPU/);
    await close();
  });
});
