import { readFileSync } from 'node:fs';
import { deflateSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type App, type Visit } from './harness.ts';
import { cell, filled, finding, fixture, traceFile } from './pages.ts';

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

const titles = (visit: Visit): Promise<string[]> => visit.page.locator('section.cell h2').allTextContents();
const toHash = (document: unknown): string => `#n=${Buffer.from(deflateSync(new TextEncoder().encode(JSON.stringify(document)))).toString('base64url')}`;

describe('the notebook', () => {
  test('adds, moves, duplicates and removes cells, and undoes each', async () => {
    const visit = await start();
    const { page } = visit;
    const before = await titles(visit);
    expect(before).toEqual(['Note', 'Trace', 'Load', 'States', 'Forecast']);
    await cell(page, 'States').getByRole('button', { name: 'Move up (States)' }).click();
    await expect.poll(() => titles(visit)).toEqual(['Note', 'Trace', 'States', 'Load', 'Forecast']);
    await cell(page, 'Forecast').getByRole('button', { name: 'Duplicate (Forecast)' }).click();
    await expect.poll(() => titles(visit)).toHaveLength(6);
    await expect.poll(() => page.evaluate(() => document.activeElement?.querySelector('h2')?.textContent)).toBe('Forecast');
    await cell(page, 'Load').getByRole('button', { name: 'Remove (Load)' }).click();
    await expect.poll(() => titles(visit)).toEqual(['Note', 'Trace', 'States', 'Forecast', 'Forecast']);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
    await expect.poll(() => titles(visit)).toEqual(before);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => titles(visit)).toEqual(['Note', 'Trace', 'States', 'Load', 'Forecast']);
    await visit.close();
  });

  test('offers to undo a removal only while that is what an undo would undo', async () => {
    const visit = await start();
    const { page } = visit;
    const toast = page.getByText('Removed Load');
    await cell(page, 'Load').getByRole('button', { name: 'Remove (Load)' }).click();
    await toast.waitFor();
    await page.keyboard.press('Control+z');
    await toast.waitFor({ state: 'detached' });
    await cell(page, 'Load').getByRole('button', { name: 'Remove (Load)' }).click();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => titles(visit)).toEqual(['Note', 'Trace', 'Load', 'States', 'Forecast']);
    await visit.close();
  });

  test('works by keyboard alone: J and K move, Enter edits, D duplicates, ? shows the map', async () => {
    const visit = await start();
    const { page } = visit;
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await page.evaluate(() => document.activeElement?.querySelector('h2')?.textContent)).toBe('Trace');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog', { name: 'Keyboard' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Keyboard map' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog', { name: 'Keyboard' }).count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('add note');
    await page.keyboard.press('Enter');
    await expect.poll(() => titles(visit)).toHaveLength(6);
    await visit.close();
  });

  test('survives a reload with its settings', async () => {
    const { page, close } = await start();
    const window = cell(page, 'Forecast').getByLabel('Window', { exact: true }).last();
    await window.fill('777');
    await window.press('Enter');
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('over 777 steps');
    await expect.poll(() => page.locator('.bar-saved').textContent()).toBe('Saved in this browser');
    await page.reload();
    await expect.poll(() => finding(page, 'Forecast').textContent()).toContain('over 777 steps');
    await close();
  });

  test('saves a readable file that opens again', async () => {
    const { page, close } = await start();
    await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
    await cell(page, 'Load').getByLabel('Layer', { exact: true }).selectOption('7');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
    expect(download.suggestedFilename()).toMatch(/\.gatecast\.json$/);
    const text = readFileSync(await download.path(), 'utf8');
    expect((JSON.parse(text) as { format: string }).format).toBe('gatecast');
    const other = await start();
    await other.drop(other.page.locator('body'), [{ name: 'mine.gatecast.json', content: text }]);
    await expect.poll(() => finding(other.page, 'Load').textContent()).toContain('In layer 7');
    await other.close();
    await close();
  });

  test('shares its settings as a link, and a link never overwrites the notebook saved here', async () => {
    const { page, close } = await start({ permissions: ['clipboard-read', 'clipboard-write'] });
    await cell(page, 'Load').getByLabel('Layer', { exact: true }).selectOption('9');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const visit = await start({ suffix: new URL(link).hash });
    await expect.poll(() => finding(visit.page, 'Load').textContent()).toContain('In layer 9');
    expect(new URL(visit.page.url()).hash).toBe('');
    await visit.page.getByRole('button', { name: 'Back to mine' }).click();
    await expect.poll(() => finding(visit.page, 'Load').textContent()).toContain('In layer 0');
    await visit.close();
    await close();
  });

  test('a link about somebody’s own trace asks for the file by name and fingerprint', async () => {
    const owner = await start({ permissions: ['clipboard-read', 'clipboard-write'] });
    await traceFile(owner.page).setInputFiles(fixture('long.csv'));
    await expect.poll(() => finding(owner.page, 'Trace').textContent()).toContain('long.csv');
    await owner.page.getByRole('button', { name: 'Share', exact: true }).click();
    await owner.page.getByText('Link copied').waitFor();
    const link = await owner.page.evaluate(() => navigator.clipboard.readText());
    await owner.close();
    const reader = await app.open({ suffix: new URL(link).hash });
    await reader.page.getByText('This notebook is about long.csv').waitFor();
    await reader.page.getByLabel('Open long.csv').setInputFiles(fixture('long.csv'));
    await expect.poll(() => finding(reader.page, 'Trace').textContent()).toContain('long.csv: 300 steps');
    await reader.close();
  });
});

describe('a hostile notebook', () => {
  const base = { format: 'gatecast', version: 1, title: 'x', trace: { kind: 'sample', id: 'gpt-moe-small-8e-top1' } };
  const attack = '<script>window.hit = 1</script><img src=x onerror="window.hit = 1"><a href="javascript:window.hit=1">click</a> [b](javascript:window.hit=1) <svg onload="window.hit=1">';

  test('runs nothing that stands in its Markdown', async () => {
    const visit = await app.open({ suffix: toHash({ ...base, cells: [{ id: 'a', kind: 'note', settings: { text: attack } }, { id: 't', kind: 'trace', settings: {} }] }) });
    await cell(visit.page, 'Note').locator('.note-text').waitFor();
    await finding(visit.page, 'Trace').waitFor();
    for (const link of await cell(visit.page, 'Note').locator('.note-text a').all()) await link.click({ timeout: 1000 }).catch(() => undefined);
    expect(await visit.page.evaluate(() => (globalThis as { hit?: number }).hit)).toBeUndefined();
    expect(await cell(visit.page, 'Note').locator('script, img, svg:not(.icon)').count()).toBe(0);
    expect(visit.policyViolations).toEqual([]);
    await visit.close();
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ['of an unknown version', { ...base, version: 99, cells: [] }],
    ['with a huge number', { ...base, cells: [{ id: 'f', kind: 'forecast', settings: { horizonSteps: 1e300 } }] }],
    ['with a kind that does not exist', { ...base, cells: [{ id: 'f', kind: 'shell', settings: {} }] }],
  ];
  test.each(refused)('%s is refused in words, and the page opens all the same', async (_, document) => {
    const visit = await app.open({ suffix: toHash(document) });
    await visit.page.getByText(/The link could not be opened/).waitFor();
    await filled(visit.page);
    expect(visit.consoleErrors).toEqual([]);
    await visit.close();
  });

  test('as a file is refused with the place of the fault, and what was open stays', async () => {
    const { page, drop, close } = await start();
    await drop(page.locator('body'), [{ name: 'bad.gatecast.json', content: '{"format": "gatecast", "version": 1,\n "cells": [ }' }]);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/bad\.gatecast\.json was not opened.*line 2/s);
    expect(await finding(page, 'Trace').textContent()).toMatch(/^gpt-moe-125m-16e/);
    await close();
  });
});
