/** What goes wrong outside a file's content: other kinds of files, cut ones, sources that fail or hang, a person who cancels. */
import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { blobSource, bytesSource, urlSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, choppedSource, failingSource, fixture, npyBytes, open, refusal, stuckSource } from './support.ts';

describe('files that are no traces', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82);
  test.each([
    ['picture.png', png, 'picture.png is a PNG picture, which cannot be read as a trace'],
    ['counts.csv', png, 'counts.csv is a PNG picture, which cannot be read as a trace'],
    ['x.bin', Uint8Array.of(1, 2, 0, 4), 'x.bin is in no known format'],
  ])('%s is refused as what it is', async (name, bytes, message) => {
    const error = await refusal(bytes, name);
    expect(error).toMatchObject({ code: 'unknown-format', message });
    expect(error.remedy).toContain('.npy');
    expect(error.remedy).toContain('CSV');
  });

  test('an empty file is said to be empty', async () => {
    expect((await refusal(new Uint8Array(0), 'counts.csv')).message).toBe('counts.csv: it is empty');
  });

  test('a zip archive without arrays is refused', async () => {
    const empty = new Uint8Array(22);
    empty.set([0x50, 0x4b, 5, 6]);
    expect((await refusal(empty, 'x.npz')).message).toBe('x.npz: it is a zip archive without .npy arrays');
  });
});

describe('files that are cut off', () => {
  test.each([
    ['counts_i32.npy', 6], ['counts_i32.npy', 90], ['counts_i32.npy', 5000], ['counts_i32.npy', 28_927],
    ['counts_loss.npz', 100], ['counts_loss.npz', 9000], ['counts_loss.npz', 16_690],
    ['array.json', 20_000],
  ])('%s after %i bytes', async (name, length) => {
    const error = await refusal(fixture(name).slice(0, length), name);
    expect(error.message).toContain(name);
    expect(['bad-input', 'unknown-format']).toContain(error.code);
    expect(error.remedy).toBeTruthy();
  });

  test('a cut array says where and how long it should be', async () => {
    const error = await refusal(fixture('counts_i32.npy').slice(0, 5000), 'counts_i32.npy');
    expect(error.message).toBe('counts_i32.npy: it ends after 5000 of 28928 bytes; shape (300, 3, 8)');
    expect(error.where).toBe('counts_i32.npy, byte 5000');
  });

  test('a shape larger than the file takes no memory', async () => {
    const error = await refusal(npyBytes('<i4', [1_000_000, 1000, 1000], new Uint8Array(100)), 'bomb.npy');
    expect(error.message).toContain('bomb.npy: it ends after');
  });

  test.each([
    ['an empty shape', npyBytes('<i4', [0, 3, 4], new Uint8Array(0)), 'its shape (0, 3, 4) is empty'],
    ['one axis', npyBytes('<i4', [4], new Uint8Array(16)), 'its shape (4) has no axis for the experts'],
    ['five axes', npyBytes('<i4', [2, 2, 2, 2, 2], new Uint8Array(128)), 'its shape (2, 2, 2, 2, 2) has too many axes'],
    ['not a number', npyBytes('<f4', [2, 1, 2], new Uint8Array(Float32Array.of(1, NaN, 1, 1).buffer)), 'NaN is not a count'],
    ['beyond 32-bit floats', npyBytes('<f8', [2, 1, 2], new Uint8Array(Float64Array.of(1, 1e39, 1, 1).buffer)), '1e+39 is not a count'],
  ])('%s', async (_, bytes, message) => {
    expect((await refusal(bytes, 'x.npy', { axes: 'steps,layers,experts' })).message).toContain(message);
  });
});

describe('sources that fail', () => {
  test.each(['counts_i32.npy', 'long.csv', 'steps.jsonl'])('%s that fails in the middle is named, with the byte', async (name) => {
    const error = await refusal(failingSource(fixture(name), name, 9000), name);
    expect(error).toMatchObject({ code: 'bad-input', where: `${name}, byte 9000` });
    expect(error.message).toContain(`${name} could not be read past byte 9000: The requested file could not be read`);
  });

  test.each(['long_snappy.parquet', 'long_lz4.arrow'])('%s whose middle cannot be read is named', async (name) => {
    const error = await refusal(failingSource(fixture(name), name, 5000), name);
    expect(error.code).toBe('bad-input');
    expect(error.message).toMatch(new RegExp(`^${name} could not be read past byte [0-9]+: The requested file could not be read`));
  });

  test('an archive whose middle cannot be read is named', async () => {
    const error = await refusal(failingSource(fixture('counts_loss.npz'), 'counts_loss.npz', 5000), 'counts_loss.npz');
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain('The requested file could not be read');
  });
});

describe('cancel', () => {
  test.each(['counts_i32.npy', 'long.csv', 'wide.csv', 'steps.jsonl'])('ends the reading of %s at once, also when its source hangs', async (name) => {
    const controller = new AbortController();
    const reading = openTrace(stuckSource(fixture(name), name, 4000), { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('before the start reads nothing', async () => {
    const signal = AbortSignal.abort();
    await expect(openTrace(bytesSource(fixture('long.csv'), 'long.csv'), { signal })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(openTrace(bytesSource(fixture('counts_loss.npz'), 'x.npz'), { signal })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(openTrace(bytesSource(fixture('long_snappy.parquet'), 'x.parquet'), { signal })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(openTrace(bytesSource(fixture('long_lz4.arrow'), 'x.arrow'), { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('is heard in the middle of a large file that is there at once', async () => {
    const rows = bytesOf(`step,expert_0,expert_1\n${Array.from({ length: 400_000 }, (_, step) => `${step},100,200`).join('\n')}\n`);
    const controller = new AbortController();
    let reports = 0;
    const reading = openTrace(bytesSource(rows, 'large.csv'), {
      signal: controller.signal,
      onProgress() {
        // A message that arrives while the reader works, as from the page.
        if (++reports === 1) setImmediate(() => controller.abort());
      },
    });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(reports).toBeLessThan(rows.length / (1 << 20));
  });
});

describe('progress', () => {
  test.each(['counts_i32.npy', 'long.csv', 'steps.jsonl', 'counts_loss.npz', 'long_snappy.parquet', 'long_lz4.arrow'])('of %s rises to its end, in bytes', async (name) => {
    const done: number[] = [];
    let total: number | undefined = 0;
    const bytes = fixture(name);
    await openTrace(choppedSource(bytes, name, 5000), {
      onProgress(progress) {
        expect(progress).toMatchObject({ unit: 'bytes', label: `reading ${name}` });
        done.push(progress.done);
        total = progress.total;
      },
    });
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(total);
  });
});

describe('sources', () => {
  test('a blob, bytes and pieces give the same trace', async () => {
    const bytes = fixture('wide.csv');
    const blob = await openTrace(blobSource(new Blob([new Uint8Array(bytes)]), 'wide.csv'));
    expect(blob.trace.fingerprint).toBe((await open(bytes, 'wide.csv')).trace.fingerprint);
  });

  test('an address that cannot be fetched is an error that names the file', async () => {
    const error = await refusal(urlSource('data:nothing', 'sample'), 'sample');
    expect(error).toMatchObject({ code: 'bad-input', where: 'sample' });
    expect(error.message).toContain('sample could not be fetched');
  });

  test('a file behind an address reads like the file', async () => {
    const bytes = fixture('counts_loss.npz');
    const url = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
    const { trace } = await openTrace(urlSource(url, 'sample'));
    expect(trace.fingerprint).toBe((await open(bytes, 'x.npz')).trace.fingerprint);
    const csv = `data:text/csv;base64,${Buffer.from(fixture('long.csv')).toString('base64')}`;
    expect((await openTrace(urlSource(csv, 'sample'))).trace.fingerprint).toBe(trace.fingerprint);
  });
});

test('a pickle is refused with what to save instead', async () => {
  const error = await refusal(Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0), 'df.pkl');
  expect(error.message).toBe('df.pkl is a Python pickle, which cannot be read as a trace');
  expect(error.remedy).toContain('df.to_parquet');
});
