import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type App } from './harness.ts';
import { cell, filled, finding } from './pages.ts';

const axe = readFileSync(resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe('the first visit', () => {
  test('shows, without a click, a recorded trace in four filled cells', async () => {
    const visit = await app.open();
    const { page } = visit;
    await filled(page);
    expect(await finding(page, 'Trace').textContent()).toBe('gpt-moe-125m-16e: 8,000 steps, 12 layers of 16 experts, 16,384 tokens routed per step and layer.');
    expect(await finding(page, 'States').textContent()).toMatch(/layers are stable after step/);
    expect(await finding(page, 'Forecast').textContent()).toMatch(/Over the next 1,000 steps, the sliding average/);
    await page.getByRole('group', { name: 'Load share of every layer' }).scrollIntoViewIfNeeded();
    await expect.poll(() => cell(page, 'Load').locator('canvas').count()).toBeGreaterThan(12);
    await expect.poll(() => cell(page, 'Forecast').locator('svg path').count()).toBeGreaterThan(3);
    await visit.screenshot('first-light');
    await visit.close();
  });

  test('asks for nothing but its own files, breaks no rule of its policy, and leaves TensorFlow.js alone', async () => {
    const visit = await app.open();
    await filled(visit.page);
    await visit.page.waitForLoadState('networkidle');
    expect(visit.consoleErrors).toEqual([]);
    expect(visit.policyViolations).toEqual([]);
    expect(visit.foreignRequests()).toEqual([]);
    expect(visit.requests.filter((address) => /gpu\.worker|tfjs/.test(address))).toEqual([]);
    await visit.close();
  });

  test('works at the width of a phone, without sideways scrolling', async () => {
    const { page, screenshot, close } = await app.open({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', reducedMotion: 'reduce' });
    await filled(page);
    await screenshot('first-light-phone-dark');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.getByRole('button', { name: /^Device:/ }).click();
    const panel = await page.getByRole('group', { name: 'Device', exact: true }).boundingBox();
    expect(panel?.x).toBeGreaterThanOrEqual(0);
    expect((panel?.x ?? 0) + (panel?.width ?? Infinity)).toBeLessThanOrEqual(360);
    await close();
  });

  test.each(['light', 'dark'] as const)('has nothing that axe finds fault with, in %s', async (colorScheme) => {
    const { page, close } = await app.open({ colorScheme, bypassCSP: true });
    await filled(page);
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    });
    expect(violations).toEqual([]);
    await close();
  });
});
