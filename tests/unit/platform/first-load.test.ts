import { randomFillSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checkFirstLoad, firstLoad } from '../../../scripts/first-load.mjs';
import { folderOf } from './temporary.ts';

const PAGE = '<html><head><link rel="stylesheet" href="./assets/x.css"><link rel="modulepreload" crossorigin href="./assets/pre.js">'
  + '<script type="module" crossorigin src="./assets/main.js"></script></head></html>';

test('the first load is the page\'s scripts and what they import statically, each once', () => {
  const main = 'import{a as b,c}from"./dep.js";import"./side.js";import d from"./dep.js";b(c,d);const later=()=>import("./later.js");'
    + 'new Worker(new URL("./w.js",import.meta.url))';
  const dist = folderOf({
    'index.html': PAGE,
    'assets/pre.js': 'export {}',
    'assets/main.js': main,
    'assets/dep.js': 'export*from"./deep.js"\nexport{x}from "./more.js";',
    'assets/deep.js': '1',
    'assets/more.js': '2',
    'assets/side.js': '3',
    'assets/later.js': '4',
    'assets/w.js': '5',
  });
  const found = firstLoad(dist);
  expect(found.map(({ path }) => path).sort()).toEqual(['deep', 'dep', 'main', 'more', 'pre', 'side'].map((name) => `assets/${name}.js`));
  expect(found.find(({ path }) => path === 'assets/main.js')?.gzipBytes).toBe(gzipSync(main).length);
});

test('more than 250 kB compressed is refused with the list of what it is made of', () => {
  const noise = randomFillSync(Buffer.alloc(200_000)).toString('base64');
  const dist = folderOf({ 'index.html': PAGE, 'assets/pre.js': `"${noise}"`, 'assets/main.js': `"${noise.slice(5)}"` });
  expect(() => checkFirstLoad(dist)).toThrow(/of 250\.0 kB \(assets\/pre\.js .*assets\/main\.js/);
});

test('a page without scripts, or with a script that is not there, is no page', () => {
  expect(() => checkFirstLoad(folderOf({ 'index.html': '<p>empty</p>' }))).toThrow('no script');
  expect(() => checkFirstLoad(folderOf({ 'index.html': PAGE }))).toThrow('assets/pre.js, which does not exist');
});
