/**
 * Broken files end in a sound trace or in a clear error, in bounded time and memory. 200 mutations a file here;
 * `FUZZ=10000 npx vitest run --project node tests/unit/trace/fuzz.test.ts` by hand.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { hash } from '../../../src/random.ts';
import type { ReadResult } from '../../../src/trace/read/reader.ts';
import { mutated } from './mutate.ts';
import { fixture, open } from './support.ts';

const rounds = Number(process.env['FUZZ'] ?? 200);
/** A file of a few kilobytes that takes longer than this hangs, for a person. */
const longestMs = 10_000;
/** Numbers that a trace may hold for each byte of its file, beside some that are free: unwritten parts of HDF5 datasets take no bytes (up to 64 MB of them). */
const numbersAByte = 64;
const freeNumbers = 17_000_000;

const notTraces = /\.(md|py|json)$/;
const folders = ['.', 'numpy', 'torch', 'hdf5', 'frames'];
const files = folders.flatMap(filesIn).filter((name) => !notTraces.test(name) || name === 'array.json');

function filesIn(folder: string): readonly string[] {
  return readdirSync(new URL(`../../fixtures/${folder}`, import.meta.url), { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => (folder === '.' ? name : `${folder}/${name}`));
}

/** What is wrong with a trace that was read; null when it is sound. */
function unsound({ trace: { steps, layers, fingerprint, kind } }: ReadResult, bytes: number): string | null {
  if (steps.length === 0 || layers.length === 0) return 'nothing in it';
  for (let row = 0; row < steps.length; row++) if (!Number.isSafeInteger(steps[row]) || steps[row] < 0 || (row > 0 && steps[row] <= steps[row - 1])) return `step ${steps[row]} in row ${row}`;
  for (const { experts, values } of layers) {
    if (!Number.isInteger(experts) || experts < 1 || values.length !== steps.length * experts) return `${values.length} loads of ${experts} experts in ${steps.length} rows`;
    if (kind === 'counts' && !(values instanceof Uint32Array)) return 'counts that are no whole numbers';
    const wrong = values.findIndex((value) => !(Number.isFinite(value) && value >= 0));
    if (wrong >= 0) return `a load of ${values[wrong]}`;
  }
  if (!/^[0-9a-f]{32}$/.test(fingerprint)) return `fingerprint ${fingerprint}`;
  const numbers = layers.reduce((sum, { values }) => sum + values.length, 0);
  return numbers > freeNumbers + numbersAByte * bytes ? `${numbers} numbers from ${bytes} bytes` : null;
}

/** What is wrong with an error that a person would read; null when it is clear. */
function unclear(error: unknown): string | null {
  if (!(error instanceof GatecastError)) return String(error instanceof Error ? error.stack : error);
  if (error.code === 'internal') return `internal: ${error.message}`;
  if (!error.message.includes('file') || !error.remedy) return `says neither which file nor what to do: ${error.message} (${error.remedy})`;
  return error.message.length > 6000 ? `${error.message.length} letters` : null;
}

describe.each(files)('%s, broken', (name) => {
  test('is read soundly or refused clearly', async () => {
    const whole = fixture(name);
    const extension = name.slice(name.lastIndexOf('.'));
    for (let round = 0; round < rounds; round++) {
      const seed = hash(round, ...new TextEncoder().encode(name));
      const bytes = mutated(whole, seed);
      const started = performance.now();
      const problem = await open(bytes, `file${extension}`).then((result) => unsound(result, bytes.length), unclear);
      const elapsedMs = performance.now() - started;
      expect(problem, `${name}, seed ${seed}`).toBeNull();
      expect(elapsedMs, `${name}, seed ${seed}, ms`).toBeLessThan(longestMs);
    }
  }, 60_000 + 60 * rounds);
});
