import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { withoutResults } from '../../../src/notebook/document.ts';
import { addCell, setSettings } from '../../../src/notebook/edits.ts';
import { fromHash, maximumHashLength, toHash } from '../../../src/notebook/link.ts';
import { notebook } from './arbitraries.ts';
import { refusal } from './errors.ts';

/** A link's hash made without our code. */
const packed = (text: string | Buffer): string => `#n=${deflateRawSync(text).toString('base64url')}`;

describe('a share link', () => {
  test('carries every setting and no result', () => {
    fc.assert(fc.property(notebook, (document) => {
      expect(fromHash(toHash(document))).toEqual(withoutResults(document));
    }));
  });

  test('names a file trace, so that the recipient can be asked for it', () => {
    const trace = { kind: 'file', name: 'run7.npz', fingerprint: '0123456789abcdef'.repeat(2), mapping: { axes: 'steps,layers,experts' } } as const;
    expect(fromHash(toHash({ ...defaultDocument(), trace }))?.trace).toEqual(trace);
  });

  test('of the opening notebook is short enough for a chat message', () => {
    expect(toHash(defaultDocument()).length).toBeLessThan(1200);
  });

  test('has only characters that addresses take unescaped', () => {
    fc.assert(fc.property(notebook, (document) => {
      expect(toHash(document)).toMatch(/^#n=[A-Za-z0-9_-]+$/);
    }));
  });

  test('made elsewhere from plain JSON is read', () => {
    expect(fromHash(packed(JSON.stringify(defaultDocument())))).toEqual(defaultDocument());
  });

  test.each(['', '#', '#cell=load', '#N=abc', 'n=abc'])('%j carries no notebook', (hash) => {
    expect(fromHash(hash)).toBeNull();
  });
});

describe('a link that is refused', () => {
  test('a notebook whose notes are too long is not made into one', () => {
    // A note that does not compress: characters of a fixed pseudo-random sequence.
    let state = 1;
    const text = Array.from({ length: 100_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return String.fromCodePoint(33 + (state >>> 24) % 90);
    }).join('');
    const long = setSettings<'note'>(addCell(defaultDocument(), 'note', null, 'n'), 'n', { text });
    const error = refusal(() => toHash(long));
    expect(error.code).toBe('bad-setting');
    expect(error.message).toContain(maximumHashLength.toLocaleString('en-US'));
    expect(error.remedy).toContain('send the file');
  });

  test('a notebook that compresses well but unpacks beyond the limit is not made into one either', () => {
    let long = defaultDocument();
    for (let i = 0; i < 12; i++) long = setSettings<'note'>(addCell(long, 'note', null, `n${i}`), `n${i}`, { text: 'x'.repeat(100_000) });
    expect(refusal(() => toHash(long)).code).toBe('bad-setting');
  });

  test('one that would inflate to 100 MB stops at 1 MB', () => {
    const bomb = packed(Buffer.alloc(100_000_000, 32));
    expect(bomb.length).toBeLessThan(200_000);
    const from = performance.now();
    expect(refusal(() => fromHash(bomb)).message).toContain('unpacks to more than');
    expect(performance.now() - from).toBeLessThan(500);
  });

  test('one of a million characters is not even unpacked', () => {
    expect(refusal(() => fromHash(`#n=${'A'.repeat(1_000_000)}`)).message).toContain('1,000,003 characters');
  });

  test('one that was cut off at any place', () => {
    const hash = toHash(defaultDocument());
    for (let length = 4; length < hash.length - 1; length += 7) expect(refusal(() => fromHash(hash.slice(0, length))).code).toBe('bad-input');
  });

  test('one from a newer Gatecast, with what to do', () => {
    const error = refusal(() => fromHash(packed(JSON.stringify({ ...defaultDocument(), version: 9 }))));
    expect(error.message).toContain('version 9');
    expect(error.remedy).toContain('export it there as version 1');
  });

  test('one that is not text', () => {
    expect(refusal(() => fromHash(packed(Buffer.from([0xff, 0xfe, 0x00])))).code).toBe('bad-input');
  });
});
