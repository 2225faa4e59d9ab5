import { gzipSync, zipSync, strToU8 } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../../src/progress.ts';
import { openTrace } from '../../../src/trace/open.ts';
import { choppedSource, fixture, open, refusal } from './support.ts';

const fingerprint = 'cd495c972501263ca5cf1015c82f2364';

describe.each(['long.csv.gz', 'long.csv.zst'])('%s', (name) => {
  test('reads as what is in it, and is called by that', async () => {
    const { trace } = await open(fixture(name), name);
    expect(trace.fingerprint).toBe(fingerprint);
    expect(trace.name).toBe('long.csv');
  });

  test.each([1, 61, 4093])('reads the same in pieces of %i bytes', async (size) => {
    expect((await openTrace(choppedSource(fixture(name), name, size))).trace.fingerprint).toBe(fingerprint);
  });

  test('is known by its content alone', async () => {
    expect((await open(fixture(name), 'trace')).trace.fingerprint).toBe(fingerprint);
  });

  test('tells how much of the packed file is read', async () => {
    const told: Progress[] = [];
    const bytes = fixture(name);
    await openTrace(choppedSource(bytes, name, 1000), { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toMatchObject({ done: bytes.length, total: bytes.length, unit: 'bytes' });
    expect(told.every(({ done }, i) => i === 0 || done >= told[i - 1].done)).toBe(true);
  });

  test('that is cut off or damaged is refused, with its own name', async () => {
    const bytes = fixture(name);
    for (const cut of [30, 5000, bytes.length - 9, bytes.length - 1]) {
      const error = await refusal(bytes.subarray(0, cut), name);
      expect(error.code).toBe('bad-input');
      expect(`${error.message} ${error.where}`, `cut at ${cut}`).toContain('long.csv');
    }
    const flipped = bytes.slice();
    flipped[9000] ^= 0x10;
    expect((await refusal(flipped, name)).code).toBe('bad-input');
  });
});

test('a checksum that does not fit is an error', async () => {
  const bytes = fixture('long.csv.gz');
  bytes[bytes.length - 8] ^= 1;
  expect(await refusal(bytes, 'long.csv.gz')).toMatchObject({ code: 'bad-input', message: 'long.csv.gz: its gzip data is damaged, cut off, or followed by something else' });
});

test.each(['counts_i32.npy', 'counts_loss.npz', 'steps.jsonl', 'wide.csv', 'array.json'])('%s reads gzipped, and in an archive', async (name) => {
  expect((await open(gzipSync(fixture(name)), `${name}.gz`)).trace.fingerprint).toBe(fingerprint);
  const { trace, questions } = await open(zipSync({ [`run/${name}`]: fixture(name) }), 'run.zip');
  expect(trace.fingerprint).toBe(fingerprint);
  // An archive of .npy files is one of NumPy's, whatever it is called.
  expect(trace.name).toBe(name.endsWith('.npy') ? 'run.zip' : name);
  expect(questions.map(({ id }) => id)).not.toContain('member');
});

describe('an archive', () => {
  const files = { 'run/README.md': strToU8('# What it is'), 'run/wide.csv': fixture('wide.csv'), '__MACOSX/run/._wide.csv': strToU8('x'), 'run/.DS_Store': strToU8('x') };

  test('of one trace and what lies beside it opens the trace', async () => {
    const { trace, questions } = await open(zipSync(files), 'run.zip');
    expect(trace.fingerprint).toBe(fingerprint);
    expect(questions[0]).toMatchObject({ id: 'member', value: 'run/wide.csv', ambiguous: false, options: [{ value: 'run/README.md' }, { value: 'run/wide.csv' }] });
  });

  test('of several traces opens the largest, says that it is a guess, and takes another', async () => {
    const several = zipSync({ 'a.csv': fixture('long.csv'), 'b.npy': fixture('counts_i64_2d.npy'), 'c.jsonl.gz': gzipSync(fixture('steps.jsonl')) });
    // An archive that begins with an .npy file is one of NumPy's; this one begins with a table.
    const guess = await open(several, 'runs.zip');
    expect(guess.questions[0]).toMatchObject({ id: 'member', value: 'a.csv', ambiguous: true });
    const other = await open(several, 'runs.zip', { member: 'c.jsonl.gz' });
    expect(other.trace).toMatchObject({ fingerprint, name: 'c.jsonl' });
    expect(other.questions[0]).toMatchObject({ value: 'c.jsonl.gz', ambiguous: false });
  });

  test('without a file says so', async () => {
    expect((await refusal(zipSync({ 'empty/': new Uint8Array(), '.hidden': strToU8('x') }), 'run.zip')).message).toBe('run.zip: there is no file in it');
  });

  test('whose file is damaged names both', async () => {
    const bytes = zipSync(files, { level: 0 });
    const at = new TextDecoder('latin1').decode(bytes).indexOf('step,');
    bytes[at + 40] ^= 1;
    expect((await refusal(bytes, 'run.zip')).message).toContain('run.zip, run/wide.csv: its packed bytes are damaged');
  });
});

test('zstd frames behind each other, and frames without data, read as one file', async () => {
  const bytes = fixture('frames.csv.zst');
  expect((await open(bytes, 'frames.csv.zst')).trace.fingerprint).toBe(fingerprint);
  // The first frame has a checksum: one of its bits is not that of the file.
  const end = bytes.findIndex((_, at) => bytes[at] === 0x53 && bytes[at + 1] === 0x2a && bytes[at + 2] === 0x4d && bytes[at + 3] === 0x18);
  bytes[end - 1] ^= 1;
  expect((await refusal(bytes, 'frames.csv.zst')).message).toContain('its zstd data is damaged');
});

test('what is packed again and again is refused', async () => {
  let bytes = fixture('wide.csv');
  for (let i = 0; i < 3; i++) bytes = gzipSync(bytes);
  expect((await open(bytes, 'wide.csv.gz.gz.gz')).trace.fingerprint).toBe(fingerprint);
  expect((await refusal(gzipSync(bytes), 'wide.csv.gz')).message).toMatch(/packed more than 3 times/);
});

test('a bomb ends in an error soon', async () => {
  const started = performance.now();
  const bomb = gzipSync(new Uint8Array(200_000_000), { level: 9 });
  const packedMs = performance.now() - started;
  const opened = performance.now();
  expect((await refusal(bomb, 'bomb.csv.gz')).code).toMatch(/bad-input|unknown-format/);
  expect((await refusal(zipSync({ 'a.npz': gzipSync(bomb) }), 'bomb.zip')).code).toMatch(/bad-input|unknown-format/);
  expect(performance.now() - opened).toBeLessThan(10_000 + packedMs);
}, 60_000);
