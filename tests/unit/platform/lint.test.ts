import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** Files that the linter has to refuse: path, code, rule. Each breaks one rule and no other. */
const REFUSED: readonly (readonly [path: string, code: string, rule: string])[] = [
  // Pure code knows neither the page nor the workers.
  ['src/trace/a1.ts', 'import { render } from "preact";\nexport const a = render;', 'boundaries'],
  ['src/states/a2.ts', 'import * as tf from "@tensorflow/tfjs-core";\nexport const a = tf;', 'boundaries'],
  ['src/forecast/a3.ts', 'import { wrap } from "comlink";\nexport const a = wrap;', 'boundaries'],
  ['src/sweep/a4.ts', 'import type { Thing } from "../../workers/contract.ts";\nexport type A = Thing;', 'boundaries'],
  ['src/placement/a5.ts', 'export { cell } from "../cells/cell.tsx";', 'boundaries'],
  ['src/forecast/deep/a6.ts', 'export * from "../../charts/chart.ts";', 'boundaries'],
  ['src/trace/a7.ts', 'export const a = (): Promise<unknown> => import("../app/app.ts");', 'boundaries'],
  ['src/trace/a8.ts', 'import { signal } from "@preact/signals";\nexport const a = signal;', 'boundaries'],
  ['src/states/a9.ts', 'export const a = document.title;', 'no-restricted-globals'],
  ['src/trace/a10.ts', 'export type A = import("../../workers/contract.ts").Thing;', 'boundaries'],
  ['src/errors.ts', 'export * from "./ui/button.ts";', 'boundaries'],
  // The view knows of the workers their types alone.
  ['src/cells/b1.ts', 'import { WorkerClient } from "../../workers/client.ts";\nexport const b = WorkerClient;', 'boundaries'],
  ['src/charts/b2.ts', 'import { thing } from "../../workers/contract.ts";\nexport const b = thing;', 'boundaries'],
  ['src/ui/b3.ts', 'import "@tensorflow/tfjs-core";', 'boundaries'],
  ['src/notebook/b4.ts', 'export const b = new URL("../../workers/x.worker.ts", import.meta.url);', 'boundaries'],
  ['src/shell/b5.ts', 'export const b = (url: string): Worker => new Worker(url);', 'no-restricted-globals'],
  ['src/cells/b6.ts', 'import type { Client } from "../../workers/client.ts";\nexport type B = Client;', 'boundaries'],
  ['src/ui/b7.ts', 'import { wrap } from "comlink";\nexport const b = wrap;', 'boundaries'],
  // The app knows the call layer, and TensorFlow.js not at all.
  ['src/app/c1.ts', 'import * as tf from "@tensorflow/tfjs-layers";\nexport const c = tf;', 'boundaries'],
  ['src/app/c2.ts', 'import { serve } from "../../workers/serve.ts";\nexport const c = serve;', 'boundaries'],
  ['src/app/c3.ts', 'export { folderOf } from "../../tests/help.ts";', 'boundaries'],
  // Workers know nothing of the page.
  ['workers/d1.ts', 'export { cell } from "../src/cells/cell.tsx";', 'boundaries'],
  ['workers/d2.ts', 'export { clients } from "../src/app/app.ts";', 'boundaries'],
  ['workers/lstm/d3.ts', 'import { h } from "preact";\nexport const d = h;', 'boundaries'],
  ['workers/d4.ts', 'import { readFileSync } from "node:fs";\nexport const d = readFileSync;', 'boundaries'],
  ['workers/lstm/d5.ts', 'export const d = (url: string): Worker => new Worker(url);', 'no-restricted-globals'],
  // The same numbers every time.
  ['src/forecast/e1.ts', 'export const e = Math.random();', 'no-restricted-properties'],
  ['workers/e2.ts', 'export const e = Math.random();', 'no-restricted-properties'],
  ['src/forecast/e3.ts', 'export const e = Date.now();', 'clock'],
  ['src/notebook/e4.ts', 'export const e = new Date().toISOString();', 'clock'],
  ['src/app/e5.ts', 'export const e = Date["now"]();', 'clock'],
  ['tests/e6.ts', 'export const e = Math.random();', 'no-restricted-properties'],
  // No markup from text.
  ['src/ui/f1.ts', 'export const f = (at: HTMLElement): void => { at.innerHTML = "<b>"; };', 'no-restricted-properties'],
  ['src/charts/f2.ts', 'export const f = (at: HTMLElement): void => { at.insertAdjacentHTML("beforeend", "<b>"); };', 'no-restricted-properties'],
  ['src/cells/f3.tsx', 'export const f = (): object => <p dangerouslySetInnerHTML={{ __html: "<b>" }} />;', 'no-danger'],
  ['src/cells/notes/f4.ts', 'export const f = (at: HTMLElement): void => { at.outerHTML = "<b>"; };', 'no-restricted-properties'],
  ['src/ui/f5.ts', 'export const f = new Function("return 1");', 'no-implied-eval'],
  // Types that hold, names that are used, promises that are awaited.
  ['src/trace/g1.ts', 'export const g = (a: any): unknown => a;', 'no-explicit-any'],
  ['src/trace/g2.ts', 'export function g(text: string): number {\n  return JSON.parse(text);\n}', 'no-unsafe-return'],
  ['src/trace/g3.ts', 'const g = 1;\nexport const used = 2;', 'no-unused-vars'],
  ['src/trace/g4.ts', 'export default function g(): number {\n  return 1;\n}', 'no-default-export'],
  ['src/trace/g5.ts', 'const later = async (): Promise<void> => {};\nexport function g(): void {\n  later();\n}', 'no-floating-promises'],
  ['src/trace/g6.ts', '// @ts-ignore\nexport const g: number = 1;', 'ban-ts-comment'],
  ['src/trace/g7.ts', 'export const g = 1; // TODO: more', 'no-warning-comments'],
  ['src/trace/g8.ts', 'export const g = (a: number, b: unknown): boolean => a == b;', 'eqeqeq'],
  ['src/trace/g9.ts', 'export function g(): void {\n  console.log(1);\n}', 'no-console'],
  ['src/trace/g10.ts', 'import { g } from "./g11.ts";\nexport const f = (): number => g();', 'no-cycle'],
  ['src/trace/g11.ts', 'import { f } from "./g10.ts";\nexport const g = (): number => f();', 'no-cycle'],
  ['tests/h1.test.ts', 'import { expect, test } from "vitest";\ntest.skip("is skipped", () => {\n  expect(1).toBe(1);\n});', 'no-disabled-tests'],
  ['tests/h2.test.ts', 'import { expect, test } from "vitest";\ntest.only("is alone", () => {\n  expect(1).toBe(1);\n});', 'no-focused-tests'],
];

/** Files that are as they should be. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'src/progress.ts': 'export const whole = 1;',
  'src/trace/ok.ts': 'import { whole } from "../progress.ts";\nimport { unzipSync } from "fflate";\nexport const ok = { whole, unzipSync };',
  'src/forecast/ok.ts': 'export { ok } from "../trace/ok.ts";\nexport const elapsed = (): number => performance.now();',
  'src/cells/ok.ts': 'import type { Thing } from "../../workers/contract.ts";\nimport { clients } from "../app/app.ts";\nexport const b = (thing: Thing): unknown => [thing, clients];',
  'src/cells/note/ok.ts': 'export const show = (at: HTMLElement, clean: string): void => { at.innerHTML = clean; };',
  'src/app/app.ts': 'import { WorkerClient } from "../../workers/client.ts";\nexport const clients = [WorkerClient];\n'
    + 'export const start = (): Worker => new Worker(new URL("../../workers/x.worker.ts", import.meta.url), { type: "module" });',
  'src/app/clock.ts': 'export const now = (): number => Date.now();',
  'src/notebook/ok.ts': 'export const parsed = (text: string): Date => new Date(text);',
  'src/main.tsx': 'import { clients } from "./app/app.ts";\nexport const main = clients;',
  'workers/contract.ts': 'export interface Thing {\n  readonly name: string;\n}\nexport const thing = 1;',
  'workers/client.ts': 'import { wrap } from "comlink";\nexport const WorkerClient = wrap;\nexport type Client = typeof wrap;',
  'workers/serve.ts': 'import { expose } from "comlink";\nexport const serve = expose;',
  'workers/lstm/wasm/pool.ts': 'export const start = (): Worker => new Worker(new URL("./lane.worker.ts", import.meta.url), { type: "module" });',
  'workers/x.worker.ts': 'import * as tf from "@tensorflow/tfjs-core";\nimport { ok } from "../src/trace/ok.ts";\nexport const x = [tf, ok];',
};

let folder = '';
/** Rules that each file broke, by path. */
let broken: Record<string, string[]> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatecast-lint-'));
  for (const path of ['.oxlintrc.json', 'tsconfig.json', 'scripts/lint']) cpSync(join(root, path), join(folder, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  for (const [path, code] of [...REFUSED, ...Object.entries(ACCEPTED)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${code}\n`);
  }
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json', 'src', 'workers', 'tests'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  expect(status).toBe(1);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  broken = {};
  for (const { code, filename } of diagnostics) (broken[filename] ??= []).push(/\(([\w-]+)\)/.exec(code)?.[1] ?? code);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(REFUSED.map(([path, , rule]) => [path, rule]))('the linter refuses %s: %s', (path, rule) => {
  expect(broken[path]).toEqual([rule]);
});

test.each(Object.keys(ACCEPTED))('the linter accepts %s', (path) => {
  expect(broken[path]).toBeUndefined();
});

describe('the project', () => {
  const files = ['src', 'workers', 'tests', 'scripts'].flatMap((area) => readdirSync(join(root, area), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && path !== 'unit/platform/lint.test.ts')
    .map((path) => join(area, path)));

  test('silences neither the linter nor the type checker anywhere', () => {
    const silencers = /(?:ox|es)lint-disable|@ts-(?:ignore|nocheck|expect-error)/;
    expect(files.filter((path) => silencers.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
    expect(files.length).toBeGreaterThan(20);
  });
});
