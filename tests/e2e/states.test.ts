import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type App } from './harness.ts';
import { cell, filled } from './pages.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

test('the States cell says from when on forecasts can be trusted, and compares shallow layers with deep ones', async () => {
  const { page, close, consoleErrors } = await app.open();
  await filled(page);
  const states = cell(page, 'States');
  const advice = states.locator('.states-advice');
  await expect.poll(() => advice.textContent(), { timeout: 20_000 }).toMatch(/^Forecasts of the next 1,000 steps can be trusted from step 2,204 on for all layers/);
  expect(await advice.textContent()).toMatch(/The error curve and the drift put the boundary \d+ steps apart in the median/);
  await expect.poll(() => states.getByText(/^Deep layers fluctuate more than shallow ones, other than in the paper \(ρ = 0\.92/).count()).toBe(1);
  expect(await states.getByText('When layers settle, by depth', { exact: true }).count()).toBeGreaterThan(0);
  // A threshold that nothing meets: the advice follows without asking the worker again.
  await states.getByRole('spinbutton', { name: 'Threshold' }).fill('0.5');
  await states.getByRole('spinbutton', { name: 'Threshold' }).press('Enter');
  await expect.poll(() => advice.textContent()).toMatch(/keep moving: reserve capacity for them instead/);
  expect(consoleErrors).toEqual([]);
  await close();
}, 60_000);
