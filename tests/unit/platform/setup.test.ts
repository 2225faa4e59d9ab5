import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBrowser } from '../../../scripts/browser.mjs';
import { missingPackages } from '../../../scripts/install.mjs';
import { runSteps } from '../../../scripts/steps.mjs';
import { folderOf } from './temporary.ts';

function program(path: string): string {
  const folder = folderOf({ [path]: '#!/bin/sh\n' });
  chmodSync(join(folder, path), 0o755);
  return folder;
}

describe('the browser', () => {
  test('is the one of CHROME_PATH before any other', () => {
    const folder = program('my-chrome');
    expect(findBrowser({ CHROME_PATH: join(folder, 'my-chrome'), PATH: program('chromium') })).toBe(join(folder, 'my-chrome'));
  });

  test('is never another one when CHROME_PATH leads nowhere', () => {
    expect(() => findBrowser({ CHROME_PATH: '/no/such/chrome', PATH: program('chromium') })).toThrow('CHROME_PATH is /no/such/chrome');
  });

  test.each(['chromium', 'chromium-browser', 'google-chrome'])('is found on the PATH as %s', (name) => {
    const folder = program(name);
    expect(findBrowser({ PATH: `/no/such/folder:${folder}` })).toBe(join(folder, name));
  });
});

describe('packages', () => {
  const lock = JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/other-platform': { version: '1.0.0', optional: true } } });

  test('of the locked versions need no installing', () => {
    expect(missingPackages(folderOf({ 'package-lock.json': lock, 'node_modules/a/package.json': '{"version":"1.0.0"}' }))).toEqual([]);
  });

  test('that are not there, or in another version, do', () => {
    expect(missingPackages(folderOf({ 'package-lock.json': lock }))).toEqual(['node_modules/a']);
    expect(missingPackages(folderOf({ 'package-lock.json': lock, 'node_modules/a/package.json': '{"version":"0.9.0"}' }))).toEqual(['node_modules/a']);
  });
});

describe('the steps of a test run', () => {
  test('are summed up in the last line', () => {
    const { passed, lines } = run([{ name: 'one', run: () => ({ passed: 7, failed: 0 }) }, { name: 'two', run: () => {} }]);
    expect(passed).toBe(true);
    expect(lines.at(-1)).toBe('8 passed, 0 failed');
  });

  test('end at the first that fails, and say what was not run', () => {
    const ran: string[] = [];
    const { passed, lines } = run([
      { name: 'one', run: () => ({ passed: 2, failed: 1 }) },
      { name: 'two', run: () => void ran.push('two') },
    ]);
    expect(passed).toBe(false);
    expect(ran).toEqual([]);
    expect(lines.at(-1)).toBe('2 passed, 1 failed');
    expect(lines).toContain('not run  two');
  });

  test('fail by throwing', () => {
    const { passed, lines } = run([{ name: 'one', run: () => { throw new Error('reason'); } }]);
    expect(passed).toBe(false);
    expect(lines).toContain('reason');
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  });
});

/** Runs steps and gives the lines that they print. */
function run(steps: Parameters<typeof runSteps>[0]): { passed: boolean; lines: string[] } {
  const lines: string[] = [];
  const passed = runSteps(steps, (line) => lines.push(...line.split('\n')));
  return { passed, lines };
}
