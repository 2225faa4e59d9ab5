/** Packed blocks, whole and broken. What each codec packs is in the Parquet and Arrow fixtures. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unpackBlock, type BlockCodec } from '../../../src/trace/packed/block-codecs.ts';
import { joinedBytes } from '../../../src/trace/read/chunks.ts';
import { unpackLz4Block, unpackLz4Frame, unpackLz4Hadoop } from '../../../src/trace/packed/lz4.ts';
import { unpackSnappy } from '../../../src/trace/packed/snappy.ts';
import { unpackZstd, unzstd } from '../../../src/trace/packed/unzstd.ts';
import { mutated } from './mutate.ts';
import { bytesOf, fixture } from './support.ts';

/** "abcabcabc…", 60 letters, by hand: three new bytes, then a copy of 57 from 3 before. */
const letters = bytesOf('abc'.repeat(20));
const snappy = Uint8Array.of(60, 2 << 2, 97, 98, 99, (56 << 2) | 2, 3, 0);
/** A block of LZ4 ends in new bytes: a copy of 52, then five. */
const lz4 = Uint8Array.of(0x3f, 97, 98, 99, 3, 0, 52 - 19, 0x50, 98, 99, 97, 98, 99);
const framed = (...block: number[]): Uint8Array => Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, ...block, 0, 0, 0, 0);

describe('by hand', () => {
  test('Snappy', () => {
    expect(unpackSnappy(snappy, 60)).toEqual(letters);
    // 100 new bytes, whose length takes a byte of its own.
    expect(unpackSnappy(Uint8Array.of(100, 60 << 2, 99, ...Array<number>(100).fill(7)), 100)).toEqual(new Uint8Array(100).fill(7));
  });

  test('LZ4: a block, blocks with Hadoop’s lengths, a frame', () => {
    // 3 + 52 + 5 = 60
    expect(unpackLz4Block(lz4, 60).subarray(0, 55)).toEqual(letters.subarray(0, 55));
    expect(unpackLz4Hadoop(Uint8Array.of(0, 0, 0, 60, 0, 0, 0, lz4.length, ...lz4), 60)).toEqual(unpackLz4Block(lz4, 60));
    expect(unpackLz4Hadoop(lz4, 60)).toEqual(unpackLz4Block(lz4, 60));
    expect(unpackLz4Frame(framed(lz4.length, 0, 0, 0, ...lz4), 60)).toEqual(unpackLz4Block(lz4, 60));
    expect(unpackLz4Frame(framed(3, 0, 0, 0x80, 1, 2, 3), 3)).toEqual(Uint8Array.of(1, 2, 3));
  });
});

const numbers = new Uint8Array(Int32Array.from({ length: 5000 }, (_, i) => (i * 7919) % 1000).buffer);
const longCsv = fixture('long.csv');

async function* asyncOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  yield* pieces;
}

describe('Zstandard', () => {
  test('unpacks what the zstd tool packed', () => {
    expect(unpackZstd(fixture('long.csv.zst'), longCsv.length)).toEqual(longCsv);
    expect(() => unpackZstd(fixture('long.csv.zst'), longCsv.length - 1)).toThrow(/it \w+/);
    expect(() => unpackZstd(fixture('long.csv.zst').slice(0, -40), longCsv.length)).toThrow(/the end is missing/);
  });

  test.each(['small_window', 'ultra', 'threads'])('goes through %s, whose blocks look back over more than is held at once', async (name) => {
    const text = Array.from({ length: 400_000 }, (_, i) => `${i % 5000},${((i % 5000) * 7919) % 1000}\n`).join('');
    const packed = fixture(`zstd/${name}.zst`);
    for (const size of [1000, 1 << 20]) {
      const pieces: Uint8Array[] = [];
      const cut = Array.from({ length: Math.ceil(packed.length / size) }, (_, i) => packed.subarray(i * size, (i + 1) * size));
      for await (const piece of unzstd(asyncOf(cut))) pieces.push(piece);
      expect(Buffer.concat(pieces).toString() === text).toBe(true);
    }
  });

  test('a length that its head does not say is an error', () => {
    const packed = fixture('zstd/threads.zst').slice();
    const view = new DataView(packed.buffer, packed.byteOffset);
    // Behind magic, descriptor and window: four bytes of length.
    expect(view.getUint32(6, true)).toBe(3_467_200);
    for (const [length, message] of [[3_467_199, /holds (more|3467200) bytes, where its head says 3467199/], [3_467_201, /holds 3467200 bytes, where its head says 3467201/]] as const) {
      view.setUint32(6, length, true);
      expect(() => unpackZstd(packed, 3_467_200)).toThrow(message);
    }
  });

  test('a hundred thousand frames without content are quick', () => {
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0);
    const many = new Uint8Array(frame.length * 100_000);
    for (let i = 0; i < 100_000; i++) many.set(frame, i * frame.length);
    const started = performance.now();
    expect(unpackZstd(many, 0)).toHaveLength(0);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a window of gigabytes is refused', () => {
    expect(() => unpackZstd(fixture('zstd/window_2gb.zst'), 3_467_200)).toThrow('its window is over 128 MB');
  });

  test('goes through several frames', () => {
    const once = fixture('long.csv.zst');
    expect(unpackZstd(joinedBytes([once, once]), longCsv.length * 2)).toEqual(joinedBytes([longCsv, longCsv]));
  });

  test('damage ends in a content of that length or an error, at once', () => {
    const bytes = fixture('long.csv.zst');
    for (let seed = 0; seed < 300; seed++) {
      const started = performance.now();
      try {
        expect(unpackZstd(mutated(bytes, seed), longCsv.length)).toHaveLength(longCsv.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});

const packed: readonly (readonly [BlockCodec, Uint8Array, Uint8Array])[] = [
  ['gzip', gzipSync(numbers), numbers], ['brotli', brotliCompressSync(numbers), numbers], ['snappy', snappy, letters], ['LZ4 block', lz4, unpackLz4Block(lz4, 60)],
  ['LZ4 frame', framed(lz4.length, 0, 0, 0, ...lz4), unpackLz4Block(lz4, 60)],
];

describe.each(packed)('%s', (codec, bytes, content) => {
  test('unpacks to the declared length, and to no other', async () => {
    expect(await unpackBlock(codec, bytes, content.length, 'x')).toEqual(content);
    for (const length of [0, content.length - 1, content.length + 1, content.length * 2]) await expect(unpackBlock(codec, bytes, length, 'x')).rejects.toMatchObject({ code: 'bad-input' });
  });

  // Zeros past the end mean something to Brotli: it may come out at the right length.
  test.skipIf(codec === 'brotli')('is refused when it is cut off anywhere', async () => {
    for (let end = 0; end < bytes.length - 1; end += Math.max(1, Math.floor(bytes.length / 200))) await expect(unpackBlock(codec, bytes.slice(0, end), content.length, 'x')).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('cut off, it ends in a content of that length or an error', async () => {
    for (let end = 0; end < bytes.length; end += 1 + Math.floor(bytes.length / 200)) {
      const result = await unpackBlock(codec, bytes.slice(0, end), content.length, 'x').catch((error: unknown) => error);
      if (result instanceof Uint8Array) expect(result.length).toBe(content.length);
      else expect(result).toMatchObject({ code: 'bad-input' });
    }
  });

  test('any flipped bit ends in a content of that length or an error', async () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1 + Math.floor(bytes.length / 100)) {
      const broken = bytes.slice();
      broken[bit >> 3] ^= 1 << (bit & 7);
      const result = await unpackBlock(codec, broken, content.length, 'x').catch((error: unknown) => error);
      if (result instanceof Uint8Array) expect(result.length).toBe(content.length);
      else expect(result).toMatchObject({ code: 'bad-input' });
    }
  });
});

describe('what would fill the machine', () => {
  test('more than 256 MB in a page', async () => {
    await expect(unpackBlock('snappy', snappy, 300 << 20, 'x')).rejects.toThrow('x: it claims 314572800 bytes, more than 256 MB');
  });

  const bomb = new Uint8Array(64 << 20);
  test.each([['gzip', gzipSync(bomb)], ['brotli', brotliCompressSync(bomb)]] as const)('%s that goes on past its length', async (codec, bytes) => {
    await expect(unpackBlock(codec, bytes, 1000, 'x')).rejects.toThrow('it holds more than 1000 bytes');
  });
});
