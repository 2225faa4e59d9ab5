import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { fromHash } from '../../../src/notebook/link.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { parseNotebook, readNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import { parseDocument } from '../../../src/notebook/schema.ts';
import { notebook } from './arbitraries.ts';
import { outcome, refusal } from './errors.ts';

/** Far above what any of these takes (under 0.5 s), far below a hang. */
const boundMs = 5000;

function timed<Value>(act: () => Value): Value {
  const from = performance.now();
  const value = act();
  expect(performance.now() - from).toBeLessThan(boundMs);
  return value;
}

const key = fc.oneof(
  fc.constantFrom('format', 'version', 'title', 'trace', 'cells', 'id', 'kind', 'settings', 'result', 'values', 'lstm', 'mapping', 'experts', '__proto__', 'constructor', 'prototype'),
  fc.string({ maxLength: 8 }),
);
const leaf = fc.oneof(
  fc.constantFrom('gatecast', 1, 'note', 'forecast', 'load', 'sample', 'file', 'lstm', null, -0, 1e308),
  fc.jsonValue({ maxDepth: 1 }), fc.double(), fc.string(),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('value'), { maxLength: 5 }), fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map(entriesToJson)),
})).value;

/** As JSON.parse makes objects: `__proto__` is an own key like any other. */
function entriesToJson(entries: readonly (readonly [string, unknown])[]): unknown {
  const made = {};
  for (const [name, value] of entries) Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

describe('hostile input is refused with a GatecastError and in bounded time', () => {
  test('any JSON text', () => {
    fc.assert(fc.property(anything, (value) => {
      const text = JSON.stringify(value);
      outcome(() => parseNotebook(text));
    }), { numRuns: 500 });
  });

  test('any value in any place of a real notebook: refused, or read to a document that reads back the same', () => {
    fc.assert(fc.property(notebook, fc.array(fc.nat(7), { minLength: 1, maxLength: 6 }), anything, (document, path, value) => {
      const broken: unknown = JSON.parse(JSON.stringify(document));
      let at = broken;
      for (const [depth, index] of path.entries()) {
        if (typeof at !== 'object' || at === null) break;
        const keys = Object.keys(at);
        if (keys.length === 0) break;
        const name = keys[index % keys.length];
        if (depth === path.length - 1) (at as Record<string, unknown>)[name] = value;
        else at = (at as Record<string, unknown>)[name];
      }
      const read = outcome(() => parseDocument(broken));
      if (!(read instanceof GatecastError)) expect(parseNotebook(serializeNotebook(read))).toEqual(JSON.parse(JSON.stringify(read)));
    }), { numRuns: 500 });
  });

  test('any text after #n=', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 200 })), (text) => {
      const read = outcome(() => fromHash(`#n=${text}`));
      expect(read).toBeInstanceOf(GatecastError);
    }), { numRuns: 500 });
  });

  test.each(['__proto__', 'constructor', 'prototype'])('a key named %s, wherever it stands', (name) => {
    const text = serializeNotebook(defaultDocument()).replace('"layer": 0', `"layer": 0, "values": { "${name}": { "polluted": 1 } }`);
    const error = refusal(() => parseNotebook(text));
    expect(error.message).toContain(name);
    expect(error.where).toContain(name);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('a million open brackets', () => {
    const error = timed(() => refusal(() => parseNotebook('['.repeat(1_000_000))));
    expect(error.where).toBe('line 1, column 33');
  });

  test('a value nested a million deep that did not come from JSON', () => {
    let deep: unknown = 0;
    for (let i = 0; i < 1_000_000; i++) deep = [deep];
    expect(timed(() => refusal(() => parseDocument({ ...defaultDocument(), cells: deep }))).message).toContain('nested more than 32 deep');
  });

  test('a value that contains itself', () => {
    const loop: Record<string, unknown> = { ...defaultDocument() };
    loop.cells = [loop];
    expect(timed(() => refusal(() => parseDocument(loop))).message).toContain('nested');
  });

  test('five million cells', () => {
    const cells: unknown[] = Array.from({ length: 5_000_000 }, () => 0);
    expect(timed(() => refusal(() => parseDocument({ ...defaultDocument(), cells }))).where).toContain('cells');
  });

  test('a text of 100 MB, before it is parsed', () => {
    const text = `{"format":"gatecast","title":"${'x'.repeat(100_000_000)}"}`;
    expect(timed(() => refusal(() => parseNotebook(text))).message).toContain('MiB');
  });

  test('a file of 100 MB, before it is read', async () => {
    const file = new Blob([new Uint8Array(100_000_000)]);
    await expect(readNotebook(file)).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('a file that is no text', async () => {
    await expect(readNotebook(new Blob([new Uint8Array([0x93, 0x4e, 0x55, 0x4d])]))).rejects.toMatchObject({ code: 'bad-input', message: 'the notebook is not UTF-8 text' });
  });

  test('31 MB of zeros where cells belong', () => {
    const text = `{"format":"gatecast","version":1,"trace":{"kind":"sample","id":"a"},"cells":[${'0,'.repeat(15_500_000)}0]}`;
    expect(timed(() => refusal(() => parseNotebook(text))).where).toContain('cells');
  });
});
