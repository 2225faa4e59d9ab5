import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright';
import { startApp, type App } from './harness.ts';
import { cell, filled, finding } from './pages.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const backtest = (page: Page): Locator => cell(page, 'Backtest');

async function set(page: Page, label: string, value: string, role: 'spinbutton' | 'textbox' = 'spinbutton'): Promise<void> {
  const field = backtest(page).getByRole(role, { name: label, exact: true });
  await field.fill(value);
  await field.press('Enter');
}

/** A Backtest cell under the opening notebook. */
async function withBacktest(): Promise<{ readonly page: Page; readonly close: () => Promise<void> }> {
  const { page, close } = await app.open();
  await filled(page);
  await page.getByRole('button', { name: 'Add a cell', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Backtest/ }).click();
  await backtest(page).waitFor();
  await set(page, 'Layers', '0-1', 'textbox');
  return { page, close };
}

describe('the Backtest cell', () => {
  test('compares all forecasters on the same origins of a recorded trace, says who wins, and outlives a reload', async () => {
    const { page, close } = await withBacktest();
    await set(page, 'Every', '2500');
    await backtest(page).locator('.run-run').click();
    await expect.poll(() => finding(page, 'Backtest').textContent(), { timeout: 60_000 }).toMatch(/^Over 1,000 steps .* load error of \d+\.\d\d %/);
    const table = backtest(page).getByRole('table').first();
    const combination = table.getByRole('row', { name: /^Combination/ });
    const lastValue = table.getByRole('row', { name: /^Last value/ });
    const error = async (row: Locator): Promise<number> => parseFloat(await row.getByRole('cell').first().textContent() ?? '');
    expect(await error(combination)).toBeGreaterThan(0);
    expect(await error(combination)).toBeLessThan(await error(lastValue));
    await expect.poll(() => backtest(page).getAttribute('data-state')).toBe('fresh');
    const said = await finding(page, 'Backtest').textContent();
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Backtest').textContent(), { timeout: 30_000 }).toBe(said);
    expect(await backtest(page).getAttribute('data-state')).toBe('fresh');
    await close();
  }, 120_000);

  test('says so where its part of the page cannot be loaded, and is there after a reload', async () => {
    const { page, close } = await app.open();
    const part = /backtest-cell-.*\.js/;
    await page.route(part, (route) => route.abort());
    await page.reload();
    await filled(page);
    await page.getByRole('button', { name: 'Add a cell', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Backtest/ }).click();
    await expect.poll(() => backtest(page).getByRole('alert').textContent()).toMatch(/^This cell could not be loaded.*reload the page/);
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.unroute(part);
    await page.reload();
    await expect.poll(() => backtest(page).getByRole('textbox', { name: 'Layers', exact: true }).count()).toBe(1);
    await close();
  });

  test('keeps what has come when it is cancelled', async () => {
    const { page, close } = await withBacktest();
    await set(page, 'Every', '25');
    await backtest(page).locator('.run-run').click();
    await expect.poll(() => finding(page, 'Backtest').textContent({ timeout: 60_000 }), { timeout: 60_000 }).toMatch(/^So far/);
    await backtest(page).getByRole('button', { name: /^Cancel/ }).click();
    await expect.poll(() => backtest(page).getAttribute('data-state')).not.toBe('running');
    expect(await finding(page, 'Backtest').textContent()).toMatch(/^So far, over 1,000 steps/);
    await close();
  }, 120_000);
});
