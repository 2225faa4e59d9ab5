import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright';
import { startApp, type App } from './harness.ts';
import { cell, filled, finding } from './pages.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const sweep = (page: Page): Locator => cell(page, 'Sweep');

async function set(page: Page, label: string, value: string, role: 'spinbutton' | 'textbox' = 'spinbutton'): Promise<void> {
  const field = sweep(page).getByRole(role, { name: label, exact: true });
  await field.fill(value);
  await field.press('Enter');
}

/** A Sweep cell under the opening notebook, with tiny networks. */
async function withSweep(iterations: number): Promise<{ readonly page: Page; readonly close: () => Promise<void> }> {
  const { page, close } = await app.open();
  await filled(page);
  await page.getByRole('button', { name: 'Add a cell', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Sweep/ }).click();
  await sweep(page).waitFor();
  await sweep(page).getByText(/^LSTM, varied/).click();
  await set(page, 'Layers', '0', 'textbox');
  await set(page, 'Trials', '4');
  await set(page, 'Grace', '30');
  await set(page, 'Reduction', '2');
  await set(page, 'Iterations', String(iterations));
  await set(page, 'Step of hidden units', '1');
  await set(page, 'Least hidden units', '4');
  await set(page, 'Most hidden units', '6');
  return { page, close };
}

const run = (page: Page): Promise<void> => sweep(page).locator('.run-run').click();
async function ended(page: Page): Promise<void> {
  await expect.poll(() => sweep(page).getAttribute('data-state'), { timeout: 90_000 }).not.toBe('running');
}

describe('the Sweep cell', () => {
  test('trains trials in rungs, tests the best on later steps, outlives a reload, and gives its settings to the Forecast cell', async () => {
    const { page, close } = await withSweep(60);
    await run(page);
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 90_000 }).toMatch(/^Trial \d is best where the search looked: LSTM with window [\d,]+, hidden units \d and learning rate [\d.]+ errs by \d+\.\d\d %.*On later steps, which the search did not see, it errs by/);
    await ended(page);
    const status = await sweep(page).locator('.cell-status').textContent();
    expect(status).toMatch(/4 trials: 2 finished, 2 ended early/);
    const said = await finding(page, 'Sweep').textContent();
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 30_000 }).toBe(said);
    const best = sweep(page).getByRole('table', { name: 'Trials, the best first' }).getByRole('row').nth(1);
    const windowSteps = (await best.getByRole('cell').nth(4).textContent())?.replace(',', '');
    await sweep(page).getByRole('button', { name: 'Use these settings' }).click();
    await expect.poll(() => cell(page, 'Forecast').getByRole('spinbutton', { name: 'Window', exact: true }).inputValue()).toBe(windowSteps);
    await close();
  }, 180_000);

  test('tests the best trial on another trace as well, without a new search', async () => {
    const { page, close } = await withSweep(60);
    await run(page);
    await ended(page);
    const before = await finding(page, 'Sweep').textContent();
    await sweep(page).getByRole('combobox', { name: 'Also test on' }).selectOption('gpt-moe-small-8e-top1');
    expect(await sweep(page).locator('.stale-cover').textContent()).toContain('trace to test on changed from none to gpt-moe-small-8e-top1');
    await run(page);
    await ended(page);
    const said = await finding(page, 'Sweep').textContent();
    expect(said?.startsWith(before!)).toBe(true);
    expect(said).toMatch(/On gpt-moe-small-8e-top1, another trace, the sliding average errs by \d+\.\d\d %; its settings trained there err by \d+\.\d\d %, .*; as trained here it errs by \d+\.\d\d %, .*\.$/);
    const table = sweep(page).getByRole('table', { name: /^Test of trial/ });
    expect(await table.getByRole('rowheader').allTextContents()).toEqual(['This trace, later steps', 'gpt-moe-small-8e-top1, trained there', 'gpt-moe-small-8e-top1, as trained here']);
    expect(await table.getByRole('row').nth(2).getByRole('cell').last().textContent()).toMatch(/^6,000: \d+\.\d\d, 7,000: \d+\.\d\d$/);
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 30_000 }).toBe(said);
    await close();
  }, 240_000);

  test('pauses, and after a reload goes on to the very end that it would have had', async () => {
    const { page, close } = await withSweep(800);
    await set(page, 'Patience', '1000');
    await run(page);
    await ended(page);
    const whole = await finding(page, 'Sweep').textContent();
    await run(page);
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 90_000 }).toMatch(/^So far trial/);
    await sweep(page).getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => sweep(page).locator('.cell-status').textContent()).toMatch(/^Paused after/);
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await sweep(page).getByRole('button', { name: 'Go on' }).click({ timeout: 60_000 });
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 90_000 }).toBe(whole);
    await close();
  }, 240_000);

  test('stopped early tests what it has found; cancelled it keeps it', async () => {
    const { page, close } = await withSweep(2000);
    await set(page, 'Patience', '1000');
    await run(page);
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 90_000 }).toMatch(/^So far trial/);
    await sweep(page).getByRole('button', { name: 'Stop and test the best' }).click();
    await ended(page);
    expect(await sweep(page).locator('.cell-status').textContent()).toMatch(/^Stopped: searched/);
    expect(await finding(page, 'Sweep').textContent()).toMatch(/which the search did not see, it errs by/);
    await run(page);
    await expect.poll(() => finding(page, 'Sweep').textContent(), { timeout: 90_000 }).toMatch(/^So far trial/);
    await sweep(page).locator('.run-cancel').click();
    await ended(page);
    expect(await sweep(page).locator('.cell-status').textContent()).toMatch(/^Cancelled: searched/);
    await close();
  }, 240_000);

  test('a trial is picked in the table, named, noted and pinned; a reload keeps that, undo takes it back', async () => {
    const { page, close } = await withSweep(40);
    await run(page);
    await ended(page);
    const table = sweep(page).getByRole('table', { name: /^Trials, / });
    const chosen = sweep(page).getByRole('region', { name: 'Chosen trial' });
    const last = table.getByRole('button', { name: /^Trial \d/ }).nth(3);
    const trial = (await last.textContent()) ?? '';
    await last.focus();
    await page.keyboard.press('Enter');
    expect(await last.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => chosen.getByRole('paragraph').first().textContent()).toMatch(new RegExp(`^Trial ${trial}: LSTM with`));
    await chosen.getByRole('textbox', { name: 'Name' }).fill('the slow one');
    await page.keyboard.press('Tab');
    await chosen.getByRole('textbox', { name: 'Note' }).fill('Look at it again');
    await page.keyboard.press('Tab');
    await chosen.getByRole('button', { name: 'Pin' }).click();
    const top = table.getByRole('row').nth(1);
    await expect.poll(() => top.textContent()).toMatch(new RegExp(`^${trial}the slow onepinned`));
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => top.textContent(), { timeout: 30_000 }).toMatch(new RegExp(`^${trial}the slow onepinned`));
    await top.getByRole('cell').first().click();
    expect(await chosen.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('Look at it again');
    expect(await sweep(page).getAttribute('data-state')).toBe('fresh');
    await chosen.getByRole('button', { name: 'Unpin' }).click();
    await expect.poll(() => top.textContent()).not.toMatch(/pinned/);
    await page.keyboard.press('Control+z');
    await expect.poll(() => top.textContent()).toMatch(/pinned/);
    await expect.poll(() => sweep(page).getByText('Pin two trials or more to see them side by side.').count()).toBe(1);
    await table.getByRole('button', { name: /^Trial \d/ }).nth(1).click();
    await chosen.getByRole('button', { name: 'Pin' }).click();
    const compared = sweep(page).getByRole('table', { name: 'Pinned trials side by side' });
    await expect.poll(() => compared.getByRole('columnheader').allTextContents()).toContain(`Trial ${trial} “the slow one”`);
    await expect.poll(() => compared.getByRole('row', { name: /^Learning rate differs/ }).count()).toBe(1);
    await chosen.getByRole('button', { name: 'Replay' }).click();
    await expect.poll(() => chosen.getByRole('status').textContent(), { timeout: 60_000 }).toMatch(/^Trained again: error [\d.]+ % instead of [\d.]+ %, the same to the last digit\.$/);
    await chosen.getByText('How it was made').click();
    await expect.poll(() => chosen.locator('.provenance').textContent()).toMatch(/Made onthe CPU \(SIMD WebAssembly engine\)Kernels(relaxed|plain) SIMDGatecast/);
    await close();
  }, 180_000);
});
