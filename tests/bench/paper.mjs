/**
 * Runs the notebook "The paper on your trace" in the built app on each recorded trace, and prints its claims and errors.
 * Build first; needs playwright-core and a Chromium. A minute on two cores.
 *
 *   GPU_FLAGS= node tests/bench/paper.mjs
 */
import { resolve } from 'node:path';
import { serveFolder } from '../../scripts/static-server.mjs';
import { openOnGpu } from './gpu-browser.mjs';

const server = await serveFolder({ root: resolve(import.meta.dirname, '../../dist'), port: 0, base: '/' });
const page = await openOnGpu(server.url);
await page.setViewportSize({ width: 1280, height: 1000 });
const trace = page.getByRole('region', { name: 'Trace', exact: true });
await trace.locator('.cell-finding').waitFor();
await page.getByRole('button', { name: 'The paper on your trace' }).click();
const paper = page.getByRole('region', { name: 'Paper', exact: true });
for (const id of ['gpt-moe-125m-16e', 'gpt-moe-small-8e-top1', 'gpt-moe-small-64e-top6-lossfree']) {
  await trace.getByLabel('Trace', { exact: true }).selectOption(id);
  await trace.locator('.cell-finding', { hasText: id }).waitFor();
  await paper.locator('.cell-finding').waitFor();
  await page.waitForTimeout(2000);
  await paper.locator('.run-run').click();
  await page.waitForFunction(() => document.querySelector('section.cell[data-state="running"]'));
  await page.waitForFunction(() => !document.querySelector('section.cell[data-state="running"]'), null, { timeout: 600_000 });
  await page.waitForTimeout(2000);
  console.log(`\n${id}: ${await paper.locator('.cell-finding').textContent()} ${await paper.locator('.cell-status').textContent()}`);
  for (const row of await paper.locator('.paper-claims tbody tr').all()) console.log((await row.locator('th, td').allInnerTexts()).join(' | '));
  for (const row of await paper.getByRole('table').nth(1).locator('tbody tr').all()) console.log((await row.locator('th, td').allInnerTexts()).join(' | '));
}
await server.close();
process.exit(0);
