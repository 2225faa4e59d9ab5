import { expect, test } from 'vitest';
import { licenceNotices, productionPaths } from '../../../scripts/licenses.mjs';
import { folderOf } from './temporary.ts';

/** A project that depends on one package. */
function project(manifest: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>> = { LICENSE: 'Permission is granted' }): string {
  return folderOf({
    LICENSE: 'our own words',
    'package.json': '{"name":"app"}',
    'package-lock.json': JSON.stringify({ packages: { '': { dependencies: { dep: '1' } }, 'node_modules/dep': {} } }),
    'node_modules/dep/package.json': JSON.stringify({ name: 'dep', version: '1.2.3', ...manifest }),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`node_modules/dep/${name}`, text])),
  });
}

test('the app\'s packages are named with version, licence and text', () => {
  const text = licenceNotices(project({ license: 'MIT' }, { 'LICENSE.md': 'Permission is granted', 'NOTICE.txt': 'and thanks', 'index.js': '1' }));
  expect(text).toContain('our own words');
  expect(text).toContain('dep 1.2.3\nLicence: MIT\n\nPermission is granted\n\nand thanks\n');
});

test.each([
  [{ license: 'GPL-3.0-only' }, 'dep 1.2.3 is under GPL-3.0-only'],
  [{ license: 'MIT AND AGPL-3.0' }, 'dep 1.2.3 is under AGPL-3.0'],
  [{ license: '(MIT OR GPL-3.0)' }, 'dep 1.2.3 is under MIT OR GPL-3.0'],
  [{}, 'dep 1.2.3 names no licence'],
  [{ license: '' }, 'dep 1.2.3 names no licence'],
])('a package with %j cannot be shipped', (manifest, message) => {
  expect(() => licenceNotices(project(manifest))).toThrow(message);
});

test('a package that carries no licence text cannot be shipped', () => {
  expect(() => licenceNotices(project({ license: 'MIT' }, { 'README.md': 'hello' }))).toThrow('dep 1.2.3 carries no licence text');
});

test('packages are found as Node.js finds them: the nearest first, development ones not at all', () => {
  const packages = {
    '': { dependencies: { a: '1', '@s/b': '1' }, devDependencies: { tool: '1' } },
    'node_modules/a': { dependencies: { c: '2' } },
    'node_modules/a/node_modules/c': { dependencies: { d: '1' } },
    'node_modules/@s/b': { dependencies: { c: '1' } },
    'node_modules/c': {},
    'node_modules/d': {},
    'node_modules/tool': {},
  };
  expect(productionPaths(packages)).toEqual([
    'node_modules/@s/b', 'node_modules/a', 'node_modules/a/node_modules/c', 'node_modules/c', 'node_modules/d',
  ]);
});

test('a lock file that lacks a package is refused', () => {
  expect(() => productionPaths({ '': { dependencies: { gone: '1' } } })).toThrow('does not hold gone, which the app needs');
});
