import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { startApp, type App } from './harness.ts';
import { cell, filled, finding, fixture, traceFile } from './pages.ts';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

async function openPaper(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'The paper on your trace' }).click();
  await expect.poll(() => finding(page, 'Paper').textContent(), { timeout: 20_000 }).toMatch(/^Of 10 claims of the paper/);
}

test('the notebook about the paper says whether the open trace agrees, before and after a run', async () => {
  const { page, close, consoleErrors, policyViolations } = await app.open();
  await filled(page);
  await cell(page, 'Trace').getByLabel('Trace', { exact: true }).selectOption('gpt-moe-small-8e-top1');
  await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-small-8e-top1/);
  await openPaper(page);
  // It is about the trace that was open, not about the sample that its file names.
  expect(await finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-small-8e-top1/);
  const order = cell(page, 'Paper').getByRole('row').filter({ hasText: 'Figure 9 and prose' });
  expect(await order.textContent()).toContain('Run makes the forecasts that tell');
  await cell(page, 'Paper').getByRole('spinbutton', { name: 'Every' }).fill('3000');
  await cell(page, 'Paper').getByRole('spinbutton', { name: 'Every' }).press('Enter');
  await cell(page, 'Paper').locator('.run-run').click();
  await expect.poll(() => cell(page, 'Paper').getAttribute('data-state'), { timeout: 90_000 }).toBe('fresh');
  expect(await cell(page, 'Paper').getByRole('row', { name: /^ARIMA/ }).first().textContent()).toMatch(/\d\.\d\d/);
  expect(await cell(page, 'Paper').getByRole('row').filter({ hasText: 'whatever the forecaster' }).textContent()).toMatch(/times that of the last third/);
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe: checker } = window as unknown as { readonly axe: { run(): Promise<{ readonly violations: readonly { readonly id: string }[] }> } };
    return (await checker.run()).violations.map(({ id }) => id);
  });
  expect(violations).toEqual([]);
  expect([...consoleErrors, ...policyViolations]).toEqual([]);
  await close();
}, 180_000);

test('it opens on a file of one’s own, and undo brings the notebook back', async () => {
  const { page, close } = await app.open();
  await filled(page);
  await traceFile(page).setInputFiles(fixture('wide.csv'));
  await expect.poll(() => finding(page, 'Trace').textContent()).toMatch(/^wide/);
  await openPaper(page);
  expect(await finding(page, 'Trace').textContent()).toMatch(/^wide/);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).or(page.getByRole('button', { name: 'Undo', exact: true })).first().click();
  await expect.poll(() => cell(page, 'Forecast').count()).toBe(1);
  await close();
}, 60_000);
