import { expect, it } from 'vitest';
import { cellName } from '../../../src/notebook/cell-name.ts';
import type { Cell } from '../../../src/notebook/document.ts';

const note = (text: string): Cell => ({ id: 'n', kind: 'note', settings: { text } });

it('calls a note by the heading that it begins with, without its marks', () => {
  expect(cellName(note('## Figure 1: *the* load of [every](https://example.org) `expert`\n\nText'))).toBe('Figure 1: the load of every expert');
  expect(cellName(note(`# ${'long '.repeat(40)}`))).toHaveLength(80);
});

it('calls other notes and cells by their kind', () => {
  expect([note(''), note('Text\n# later'), note('#')].map(cellName)).toEqual(['Note', 'Note', 'Note']);
  expect(cellName({ id: 's', kind: 'states', settings: {} } as unknown as Cell)).toBe('States');
});
