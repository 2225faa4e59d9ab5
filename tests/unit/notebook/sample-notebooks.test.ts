import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseNotebook } from '../../../src/notebook/file.ts';

const samples = resolve(import.meta.dirname, '../../../samples');

test('the sample notebook about the paper opens, and has a cell for every figure', () => {
  const document = parseNotebook(readFileSync(resolve(samples, 'the-paper-on-your-trace.gatecast.json'), 'utf8'));
  expect(document.title).toBe('The paper on your trace');
  expect(document.cells.map(({ kind }) => kind)).toEqual(['note', 'trace', 'note', 'load', 'note', 'states', 'note', 'paper', 'note']);
});
