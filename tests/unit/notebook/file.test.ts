import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { isNotebookName, notebookFileName, parseNotebook, readNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import { checkJson } from '../../../src/notebook/json-check.ts';
import { printJson } from '../../../src/notebook/json-print.ts';
import { saveNotebook } from '../../../src/notebook/save-file.ts';
import { setSettings } from '../../../src/notebook/edits.ts';
import { notebook } from './arbitraries.ts';
import { outcome, refusal } from './errors.ts';

describe('a notebook file', () => {
  test('reads back as the document that was written', async () => {
    await fc.assert(fc.asyncProperty(notebook, async (document) => {
      expect(await readNotebook(new Blob([serializeNotebook(document)]))).toEqual(document);
    }));
  });

  test('is the same text after reading and writing again', () => {
    fc.assert(fc.property(notebook, (document) => {
      const text = serializeNotebook(parseNotebook(serializeNotebook(document)));
      expect(serializeNotebook(parseNotebook(text))).toBe(text);
    }));
  });

  test('has its keys in the same order, whatever the order they were read in', () => {
    const backwards = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, backwards(member)]))
        : Array.isArray(value) ? value.map(backwards) : value;
    const text = serializeNotebook(defaultDocument());
    expect(serializeNotebook(parseNotebook(JSON.stringify(backwards(JSON.parse(text)))))).toBe(text);
  });

  test('leaves results out where that is wanted', () => {
    fc.assert(fc.property(notebook, (document) => {
      const read = parseNotebook(serializeNotebook(document, { results: false }));
      expect(read.cells.every((cell) => cell.result === undefined)).toBe(true);
      expect(read.cells.map(({ settings }) => settings)).toEqual(document.cells.map(({ settings }) => settings));
    }));
  });

  test('differs in one line when one setting was changed', () => {
    const before = serializeNotebook(defaultDocument()).split('\n');
    const after = serializeNotebook(setSettings<'forecast'>(defaultDocument(), 'forecast', { windowSteps: 600 })).split('\n');
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [[before[i], line]]));
    expect(after).toHaveLength(before.length);
    expect(changed).toEqual([['        "windowSteps": 1000,', '        "windowSteps": 600,']]);
  });

  test('may begin with a byte order mark', async () => {
    const text = serializeNotebook(defaultDocument());
    expect(parseNotebook(`\uFEFF${text}`)).toEqual(defaultDocument());
    expect(await readNotebook(new Blob([new Uint8Array([0xef, 0xbb, 0xbf]), text]))).toEqual(defaultDocument());
  });

  test('has a name made from its title', () => {
    expect(notebookFileName('Expert load, run 3')).toBe('Expert-load-run-3.gatecast.json');
    expect(notebookFileName('../../etc')).toBe('etc.gatecast.json');
    expect(notebookFileName('負荷')).toBe('負荷.gatecast.json');
    expect(notebookFileName('…')).toBe('notebook.gatecast.json');
    expect(isNotebookName('Run.GATECAST.json')).toBe(true);
    expect(isNotebookName('counts.json')).toBe(false);
  });
});

describe('broken JSON', () => {
  test.each([
    ['{\n  "format": "gatecast",\n  "version" 1\n}', 'line 3, column 13', '":"'],
    ['{\n  "a": 1,\n}', 'line 3, column 1', 'a name in quotation marks'],
    ['[1, 2', 'line 1, column 6', '"," or "]"'],
    ['{"a": tru}', 'line 1, column 7', 'a value'],
    ['{"a": "x\ny"}', 'line 1, column 9', 'a closing quotation mark'],
    ['{"a": "\\x"}', 'line 1, column 9', 'an escape'],
    ['{} {}', 'line 1, column 4', 'the end of the file'],
    ['', 'line 1, column 1', 'a value'],
    ['{"a": 01}', 'line 1, column 8', '"," or "}"'],
    ['[1.]', 'line 1, column 4', 'a digit'],
  ])('%j is refused at %s', (text, where, expected) => {
    const error = refusal(() => parseNotebook(text));
    expect(error.where).toBe(where);
    expect(error.message).toContain(`expected ${expected}`);
  });

  test('is told from good JSON exactly as JSON.parse tells them', () => {
    const mutated = fc.tuple(fc.json({ maxDepth: 4 }), fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...'{}[]",:0-+.eE\\u1 \ntruefalsn\t\u0001x')), { maxLength: 3 }))
      .map(([text, edits]) => edits.reduce((now, [at, length, character]) => {
        const place = at % (now.length + 1);
        return now.slice(0, place) + character + now.slice(place + length);
      }, text));
    fc.assert(fc.property(mutated, (text) => {
      let good = true;
      try {
        JSON.parse(text);
      } catch {
        good = false;
      }
      expect(!(outcome(() => checkJson(text)) instanceof GatecastError)).toBe(good);
    }), { numRuns: 3000 });
  });
});

test('printed JSON means what was printed, whatever it is', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(JSON.parse(printJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
  }));
});

describe('saving', () => {
  test('without a picker the file is downloaded', async () => {
    const downloads: [string, string][] = [];
    const done = await saveNotebook(defaultDocument(), { picker: null, download: (name, text) => downloads.push([name, text]) });
    expect(done).toEqual({ how: 'downloaded', name: 'Expert-load-of-a-125M-GPT-with-16-experts.gatecast.json' });
    expect(parseNotebook(downloads[0][1])).toEqual(defaultDocument());
  });

  const picker = (write: (data: string) => Promise<void>) => async () => ({
    name: 'mine.gatecast.json',
    createWritable: async () => ({ write, close: async () => {} }),
  });

  test('with a picker it is written where the person said', async () => {
    let written = '';
    const done = await saveNotebook(defaultDocument(), { picker: picker(async (data) => { written = data; }) });
    expect(done).toEqual({ how: 'saved', name: 'mine.gatecast.json' });
    expect(parseNotebook(written)).toEqual(defaultDocument());
  });

  test('closing the picker is no error', async () => {
    const closed = async (): Promise<never> => { throw new DOMException('closed', 'AbortError'); };
    expect(await saveNotebook(defaultDocument(), { picker: closed })).toEqual({ how: 'cancelled' });
  });

  test('a full disk is told as such', async () => {
    const full = picker(async () => { throw new DOMException('no room', 'QuotaExceededError'); });
    await expect(saveNotebook(defaultDocument(), { picker: full })).rejects.toMatchObject({ code: 'storage-full' });
  });
});
