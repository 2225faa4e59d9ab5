/** Files around files: gzip, zstd and zip, one in another, damaged, cut off, and made to fill the machine. */
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { bytesOf, choppedSource, expectedCounts, fixture, flat, open, refusal, stuckSource } from './support.ts';

const names = ['long.csv', 'wide.csv', 'steps.jsonl', 'counts_i32.npy', 'counts_loss.npz', 'array.json'] as const;
const expected = Array.from(expectedCounts());
const small = 'step,expert_0,expert_1\n0,1,2\n1,3,4\n';

describe('a packed trace reads like the trace', () => {
  test.each(['long.csv.gz', 'long.csv.zst'])('%s as gzip and zstd write it, in pieces of any size', async (name) => {
    const plain = await open(fixture('long.csv'), 'long.csv');
    for (const size of [1, 1000, 1 << 20]) {
      const { trace } = await openTrace(choppedSource(fixture(name), name, size));
      expect(flat(trace)).toEqual(expected);
      expect(trace.fingerprint).toBe(plain.trace.fingerprint);
      expect(trace.name).toBe('long.csv');
    }
  });

  const gzipped = (name: string): Uint8Array => gzipSync(fixture(name));
  const zipped = (name: string): Uint8Array => zipSync({ 'run/': new Uint8Array(0), [`run/${name}`]: fixture(name), '__MACOSX/._x': bytesOf('x'), 'run/.DS_Store': bytesOf('x') });
  const inBoth = (name: string): Uint8Array => zipSync({ [`${name}.gz`]: gzipped(name) });
  test.each(names)('%s in gzip, in zip, and in gzip in zip', async (name) => {
    const mapping = { axes: 'steps,layers,experts' };
    for (const [bytes, packedName] of [[gzipped(name), `${name}.gz`], [zipped(name), 'run.zip'], [inBoth(name), 'x.zip']] as const) {
      expect(flat((await open(bytes, packedName, mapping)).trace)).toEqual(expected);
    }
  });

  test('what it is shows in the content, not in the name', async () => {
    expect(flat((await open(fixture('long.csv.gz'), 'trace.dat')).trace)).toEqual(expected);
  });

  test('gzip of several members, as a log that was appended to', async () => {
    const whole = new Uint8Array([...gzipSync(bytesOf(small)), ...gzipSync(bytesOf('2,5,6\n')), ...gzipSync(bytesOf('3,7,8\n'))]);
    for (const size of [1, 7, 1000]) {
      const { trace } = await openTrace(choppedSource(whole, 'x.csv.gz', size));
      expect(flat(trace)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  test('progress counts packed bytes up to the end', async () => {
    for (const name of ['long.csv.gz', 'long.csv.zst']) {
      const done: number[] = [];
      const bytes = fixture(name);
      await openTrace(choppedSource(bytes, name, 1000), { onProgress: (progress) => {
        expect(progress).toMatchObject({ total: bytes.length, unit: 'bytes', label: `reading ${name}` });
        done.push(progress.done);
      } });
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done.at(-1)).toBe(bytes.length);
    }
  });
});

describe('damage is an error that names the file', () => {
  test.each(['long.csv.gz', 'long.csv.zst'])('%s cut off anywhere', async (name) => {
    const bytes = fixture(name);
    for (const length of [30, 5000, bytes.length - 9, bytes.length - 4, bytes.length - 1]) {
      const error = await refusal(bytes.slice(0, length), name);
      expect(error.code).toBe('bad-input');
      expect(error.message).toContain('long.csv');
      expect(error.remedy).toBeTruthy();
    }
  });

  test('a gzip checksum that does not fit, of the last member and of one before', async () => {
    const one = gzipSync(bytesOf(small));
    const bad = one.slice();
    bad[bad.length - 6] ^= 1;
    for (const bytes of [bad, new Uint8Array([...bad, ...gzipSync(bytesOf('2,5,6\n'))])]) {
      expect((await refusal(bytes, 'x.csv.gz')).message).toContain('x.csv.gz: it is damaged or cut off and cannot be unpacked (gzip: length or checksum does not fit)');
    }
  });

  test('an error inside names the file inside, with its line', async () => {
    const error = await refusal(zipSync({ 'run/log.csv': bytesOf(small.replace('3,4', 'x,4')) }), 'run.zip');
    expect(error.message).toContain('run/log.csv line 3: "x" is not a count');
  });

  test('an archive without a file, and one whose file is no trace', async () => {
    expect((await refusal(zipSync({ 'a/': new Uint8Array(0) }), 'x.zip')).message).toBe('x.zip: there is no file in it');
    expect((await refusal(gzipSync(Uint8Array.of(1, 2, 0, 4)), 'x.bin.gz')).message).toBe('x.bin is in no known format');
    expect((await refusal(gzipSync(new Uint8Array(0)), 'x.csv.gz')).message).toBe('x.csv: it is empty');
  });
});

describe('what would fill the machine', () => {
  test('more than three layers of packing', async () => {
    const layers = (count: number): Uint8Array => Array.from({ length: count }).reduce<Uint8Array>((bytes) => gzipSync(bytes), bytesOf(small));
    expect(flat((await open(layers(3), 'x.csv.gz.gz.gz')).trace)).toEqual([1, 2, 3, 4]);
    expect((await refusal(layers(4), 'x.csv.gz.gz.gz.gz')).message).toContain('packed more than 3 times over');
  });

  test('a small file that unpacks to far more than such files hold', async () => {
    const header = gzipSync(bytesOf('step,expert_0,expert_1\n'));
    const row = gzipSync(bytesOf('0,1,2\n'.repeat(10_000_000)), { level: 9 });
    const bomb = new Uint8Array(header.length + row.length * 6);
    bomb.set(header);
    for (let i = 0; i < 6; i++) bomb.set(row, header.length + i * row.length);
    const error = await refusal(bomb, 'bomb.csv.gz');
    expect(error.message).toMatch(/^bomb\.csv\.gz: it unpacks to more than 256 MB/);
  }, 60_000);

  test('a zip member that claims more than it may is not unpacked', async () => {
    const bytes = zipSync({ 'x.csv': bytesOf(small) });
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 24, 4_000_000_000, true);
    expect((await refusal(bytes, 'x.zip')).message).toMatch(/^x\.zip: member x\.csv claims 4000000000 bytes out of \d+ packed ones/);
  });

  test('zstd frames behind each other, some without data, read as one file, and a checksum that does not fit is an error', async () => {
    const bytes = fixture('frames.csv.zst');
    expect((await open(bytes, 'frames.csv.zst')).trace.fingerprint).toBe('cd495c972501263ca5cf1015c82f2364');
    // The checksum of the first frame stands before the frame that is skipped.
    const skippable = bytes.findIndex((_, at) => bytes[at] === 0x53 && bytes[at + 1] === 0x2a && bytes[at + 2] === 0x4d && bytes[at + 3] === 0x18);
    bytes[skippable - 1] ^= 1;
    expect((await refusal(bytes, 'frames.csv.zst')).message).toContain('its checksum does not fit');
  });

  test('a cancel is heard while a packed file hangs', async () => {
    const controller = new AbortController();
    const reading = openTrace(stuckSource(fixture('long.csv.gz'), 'long.csv.gz', 4000), { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });
});
