/** Text of two bytes a letter, as Excel's "Unicode text" and PowerShell's `>` write it. */
import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { choppedSource, fixture, open, refusal } from './support.ts';

/** A byte-order mark, then two bytes a letter. */
function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2));
  view.setUint16(0, 0xfeff, littleEndian);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i + 2, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

const text = (name: string): string => new TextDecoder().decode(fixture(name));
const files = [
  ['long.csv', text('long.csv')], ['long.txt', text('long.csv').replaceAll(',', '\t').replaceAll('\n', '\r\n')], ['wide.csv', text('wide.csv')],
  ['steps.jsonl', text('steps.jsonl')], ['array.json', text('array.json')],
] as const;
const fingerprint = 'cd495c972501263ca5cf1015c82f2364';

describe.each(files)('%s', (name, content) => {
  test.each([[true, 'little'], [false, 'big']])('low byte first: %s, in pieces of any size', async (littleEndian) => {
    const bytes = utf16(content, littleEndian);
    for (const size of [7, 4093, 1 << 20]) {
      const { trace } = await openTrace(choppedSource(bytes, name, size));
      expect(trace.fingerprint).toBe(fingerprint);
      expect(trace.name).toBe(name);
    }
  });
});

test('letters beyond the first 65,536 keep their halves together', async () => {
  const { notes } = await openTrace(choppedSource(utf16('step,expert_0,expert_1,𝛴é\n0,1,2,x\n1,3,4,x\n', true), 'x.csv', 1));
  expect(notes).toContain('1 other column left out: 𝛴é');
});

test('in gzip, too', async () => {
  expect((await open(gzipSync(utf16(text('long.csv'), true)), 'long.csv.gz')).trace.fingerprint).toBe(fingerprint);
});

test('progress counts the bytes of the file up to its end', async () => {
  const bytes = utf16(text('long.csv'), true);
  const done: number[] = [];
  await openTrace(choppedSource(bytes, 'long.csv', 5000), { onProgress: (progress) => done.push(progress.done) });
  expect(done.at(-1)).toBe(bytes.length);
});

test('an error names the line', async () => {
  expect((await refusal(utf16('step,expert_0,expert_1\r\n0,1,2\r\n1,x,4\r\n', true), 'x.csv')).message).toBe('x.csv line 3: "x" is not a count (column expert_0)');
});

test('a file that is cut off in the middle of a letter', async () => {
  const bytes = utf16('step,expert_0,expert_1\r\n0,1,2\r\n1,3,45', true);
  expect((await refusal(bytes.slice(0, -1), 'x.csv')).message).toContain('x.csv line 3:');
});

test('other files that begin with the same bytes are in no known format', async () => {
  const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i === 0 ? 0xff : i === 1 ? 0xfe : (i * 7919) & 255));
  expect((await refusal(noise, 'x.bin')).code).toBe('unknown-format');
});
