import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type App } from './harness.ts';
import { cell, filled, finding, fixture, traceFile } from './pages.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe('the open trace', () => {
  test.each(['NPZ', 'CSV'])('is written as %s, and that file opens as the same trace', async (format) => {
    const { page, close, consoleErrors, policyViolations } = await app.open();
    await filled(page);
    await traceFile(page).setInputFiles(fixture('long.csv'));
    await expect.poll(() => finding(page, 'Trace').textContent()).toContain('long.csv: 300 steps, 3 layers of 8 experts');
    const fingerprint = (): Promise<string | null> => cell(page, 'Trace').locator('.facts code').textContent();
    const before = await fingerprint();
    await cell(page, 'Trace').getByText('Export', { exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), cell(page, 'Trace').getByRole('button', { name: `Trace as ${format}` }).click()]);
    const name = `long.${format.toLowerCase()}`;
    expect(download.suggestedFilename()).toBe(name);
    await traceFile(page).setInputFiles({ name: `again-${name}`, mimeType: 'application/octet-stream', buffer: readFileSync(await download.path()) });
    await expect.poll(() => finding(page, 'Trace').textContent()).toContain(`again-${name}: 300 steps, 3 layers of 8 experts`);
    expect(await fingerprint()).toBe(before);
    expect(consoleErrors).toEqual([]);
    expect(policyViolations).toEqual([]);
    await close();
  });
});
