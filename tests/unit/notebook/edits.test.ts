import { describe, expect, test } from 'vitest';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell, cellOfKind, duplicateCell, moveCell, removeCell, setSettings, setTitle, setTrace } from '../../../src/notebook/edits.ts';
import { parseNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import type { NotebookDocument } from '../../../src/notebook/document.ts';
import { refusal } from './errors.ts';
import { resultOf } from './results.ts';

const ids = (document: NotebookDocument): string[] => document.cells.map(({ id }) => id);
const start = defaultDocument();

test('the opening notebook tells what it is, then shows trace, load, states and forecast', () => {
  expect(start.cells.map(({ kind }) => kind)).toEqual(['note', 'trace', 'load', 'states', 'forecast']);
  expect(start.trace).toEqual({ kind: 'sample', id: 'gpt-moe-125m-16e' });
  expect(parseNotebook(serializeNotebook(start))).toEqual(start);
});

describe('adding a cell', () => {
  test('puts it after the cell named, at the start for null, else at the end', () => {
    expect(ids(addCell(start, 'note', 'trace', 'new'))).toEqual(['intro', 'trace', 'new', 'load', 'states', 'forecast']);
    expect(ids(addCell(start, 'note', null, 'new'))[0]).toBe('new');
    expect(ids(addCell(start, 'note', undefined, 'new')).at(-1)).toBe('new');
    expect(ids(addCell(start, 'note', 'gone', 'new')).at(-1)).toBe('new');
  });

  test('gives it an id of its own and default settings', () => {
    const once = addCell(start, 'forecast');
    const twice = addCell(once, 'forecast');
    expect(new Set(ids(twice)).size).toBe(7);
    expect(twice.cells.at(-1)?.settings).toEqual(start.cells.at(-1)?.settings);
  });

  test('is refused when the notebook is full', () => {
    let full = start;
    while (full.cells.length < 200) full = addCell(full, 'note');
    expect(refusal(() => addCell(full, 'note')).code).toBe('bad-setting');
  });
});

test('moving goes as far as there is place, and not at all when there is none', () => {
  expect(ids(moveCell(start, 'load', -1))).toEqual(['intro', 'load', 'trace', 'states', 'forecast']);
  expect(ids(moveCell(start, 'load', 100)).at(-1)).toBe('load');
  expect(moveCell(start, 'intro', -1)).toBe(start);
  expect(moveCell(start, 'gone', 1)).toBe(start);
});

test('duplicating copies settings and result, right below', () => {
  const result = resultOf();
  const withResult = { ...start, cells: start.cells.map((cell) => (cell.kind === 'forecast' ? { ...cell, result } : cell)) };
  const twice = duplicateCell(withResult, 'forecast', 'copy');
  expect(ids(twice).slice(-2)).toEqual(['forecast', 'copy']);
  expect(cellOfKind(twice, 'copy', 'forecast')?.result).toEqual(result);
});

test('removing a cell leaves the others as they are', () => {
  const less = removeCell(start, 'load');
  expect(ids(less)).toEqual(['intro', 'trace', 'states', 'forecast']);
  expect(less.cells[0]).toBe(start.cells[0]);
  expect(removeCell(start, 'gone')).toBe(start);
});

describe('changing settings', () => {
  test('keeps the other settings and the other cells', () => {
    const changed = setSettings<'forecast'>(start, 'forecast', { windowSteps: 600 });
    expect(cellOfKind(changed, 'forecast', 'forecast')?.settings).toEqual({ ...start.cells[4].settings, windowSteps: 600 });
    expect(changed.cells[0]).toBe(start.cells[0]);
  });

  test('to what they are already is no edit', () => {
    expect(setSettings<'forecast'>(start, 'forecast', { windowSteps: 1000 })).toBe(start);
    expect(setSettings<'forecast'>(start, 'gone', { windowSteps: 600 })).toBe(start);
  });

  test.each([0, -5, 1.5, NaN, Infinity])('to a window of %d is refused, naming the setting', (windowSteps) => {
    const error = refusal(() => setSettings<'forecast'>(start, 'forecast', { windowSteps }));
    expect(error).toMatchObject({ code: 'bad-setting', where: 'windowSteps' });
  });
});

test('a title is trimmed and cut; an empty one becomes Untitled', () => {
  expect(setTitle(start, '  Run 7 ').title).toBe('Run 7');
  expect(setTitle(start, ' ').title).toBe('Untitled');
  expect(setTitle(start, 'x'.repeat(500)).title).toHaveLength(200);
  expect(setTitle(start, start.title)).toBe(start);
});

test('a trace that is the same already is no edit; a sample that could leave its folder is refused', () => {
  expect(setTrace(start, { kind: 'sample', id: 'gpt-moe-125m-16e' })).toBe(start);
  expect(refusal(() => setTrace(start, { kind: 'sample', id: '../x' })).where).toBe('trace.id');
});
