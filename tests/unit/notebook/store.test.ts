import { effect } from '@preact/signals';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { withoutResults } from '../../../src/notebook/document.ts';
import { addCell, cellOfKind, duplicateCell, findCell, moveCell, removeCell, setSettings, setTitle, setTrace } from '../../../src/notebook/edits.ts';
import { createNotebook, type NotebookStore } from '../../../src/notebook/store.ts';
import { kinds, type CellKind } from '../../../src/notebook/kinds/index.ts';
import { notebook } from './arbitraries.ts';
import { refusal } from './errors.ts';
import { fingerprintA, lstmSettings, resultOf } from './results.ts';

/** A notebook whose clock is turned by hand. */
function withClock(limit?: number): { store: NotebookStore; wait(ms: number): void } {
  let nowMs = 0;
  return { store: createNotebook(defaultDocument(), { now: () => nowMs, limit }), wait: (ms) => { nowMs += ms; } };
}
const drag = (store: NotebookStore, windowSteps: number): void =>
  store.edit('Change window', (document) => setSettings<'forecast'>(document, 'forecast', { windowSteps }), { merge: 'forecast.windowSteps' });
const windowOf = (store: NotebookStore): number | undefined => cellOfKind(store.document.value, 'forecast', 'forecast')?.settings.windowSteps;
const resultIn = (store: NotebookStore, id = 'forecast') => findCell(store.document.value, id)?.result;

describe('undo and redo', () => {
  type Action = (store: NotebookStore) => void;
  const pick = (store: NotebookStore, index: number): string => store.document.value.cells[index % Math.max(store.document.value.cells.length, 1)]?.id ?? 'none';
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.tuple(fc.constantFrom(...(Object.keys(kinds) as CellKind[])), fc.nat()).map(([kind, at]): Action => (store) => store.edit('Add', (d) => addCell(d, kind, pick(store, at)))),
    fc.nat().map((at): Action => (store) => store.edit('Remove', (d) => removeCell(d, pick(store, at)))),
    fc.tuple(fc.nat(), fc.integer({ min: -3, max: 3 })).map(([at, delta]): Action => (store) => store.edit('Move', (d) => moveCell(d, pick(store, at), delta))),
    fc.nat().map((at): Action => (store) => store.edit('Duplicate', (d) => duplicateCell(d, pick(store, at)))),
    fc.string({ maxLength: 5 }).map((title): Action => (store) => store.edit('Rename', (d) => setTitle(d, title))),
    fc.integer({ min: 1, max: 9999 }).map((windowSteps): Action => (store) => drag(store, windowSteps)),
    fc.constantFrom('gpt-moe-125m-16e', 'gpt-moe-small-8e-top1').map((id): Action => (store) => store.edit('Open sample', (d) => setTrace(d, { kind: 'sample', id }))),
    notebook.map((document): Action => (store) => store.open(document)),
    fc.integer({ min: 1, max: 9999 }).map((windowSteps): Action => (store) => {
      const cell = store.document.value.cells.find(({ kind }) => kind === 'forecast');
      if (cell) store.edit('Load', (d) => setSettings<'forecast'>(d, cell.id, { windowSteps }), { result: { cellId: cell.id, result: resultOf(lstmSettings({ windowSteps })) } });
    }),
    fc.constant<Action>((store) => store.undo()),
    fc.constant<Action>((store) => store.redo()),
  );

  test('undoing everything gives what was there first, redoing everything what was there last', () => {
    fc.assert(fc.property(notebook, fc.array(action, { maxLength: 25 }), (initial, actions) => {
      const store = createNotebook(initial);
      for (const act of actions) act(store);
      while (store.canRedo.value) store.redo();
      const last = store.document.value;
      while (store.canUndo.value) store.undo();
      expect(store.document.value).toEqual(initial);
      while (store.canRedo.value) store.redo();
      expect(store.document.value).toEqual(last);
    }));
  });

  test('name the step that they would take', () => {
    const { store } = withClock();
    expect([store.undoLabel.value, store.redoLabel.value]).toEqual([null, null]);
    store.edit('Rename', (document) => setTitle(document, 'A'));
    store.edit('Remove cell', (document) => removeCell(document, 'load'));
    expect(store.undoLabel.value).toBe('Remove cell');
    store.undo();
    expect([store.undoLabel.value, store.redoLabel.value]).toEqual(['Rename', 'Remove cell']);
  });

  test('an edit after undo takes the redo away', () => {
    const { store } = withClock();
    store.edit('Rename', (document) => setTitle(document, 'A'));
    store.undo();
    store.edit('Rename', (document) => setTitle(document, 'B'));
    expect(store.canRedo.value).toBe(false);
  });

  test('an edit that changes nothing is no step', () => {
    const { store } = withClock();
    store.edit('Rename', (document) => setTitle(document, document.title));
    expect(store.canUndo.value).toBe(false);
  });

  test('an edit that fails leaves everything as it was', () => {
    const { store } = withClock();
    const before = store.document.value;
    refusal(() => drag(store, -1));
    expect(store.document.value).toBe(before);
    expect(store.canUndo.value).toBe(false);
  });

  test('the last 200 steps are kept', () => {
    const { store } = withClock();
    for (let i = 1; i <= 250; i++) store.edit('Rename', (document) => setTitle(document, `Title ${i}`));
    let steps = 0;
    for (; store.canUndo.value; steps++) store.undo();
    expect(steps).toBe(200);
    expect(store.document.value.title).toBe('Title 50');
  });
});

describe('edits that belong together', () => {
  test('a slider dragged for three seconds is one step', () => {
    const { store, wait } = withClock();
    for (let i = 1; i <= 60; i++) {
      drag(store, 500 + i);
      wait(50);
    }
    expect(windowOf(store)).toBe(560);
    store.undo();
    expect(windowOf(store)).toBe(1000);
    expect(store.canUndo.value).toBe(false);
    store.redo();
    expect(windowOf(store)).toBe(560);
  });

  test('a pause of over a second, another setting or an undo begins a new step', () => {
    const { store, wait } = withClock();
    drag(store, 600);
    wait(1001);
    drag(store, 700);
    store.edit('Rename', (document) => setTitle(document, 'A'), { merge: 'title' });
    drag(store, 800);
    store.undo();
    drag(store, 900);
    const seen: (number | undefined)[] = [windowOf(store)];
    while (store.canUndo.value) {
      store.undo();
      seen.push(windowOf(store));
    }
    expect(seen).toEqual([900, 700, 700, 600, 1000]);
  });
});

describe('results', () => {
  test('are no undo step, and undoing an edit keeps a result that came after it', () => {
    const { store } = withClock();
    drag(store, 600);
    store.setResult('forecast', resultOf());
    store.undo();
    expect(windowOf(store)).toBe(1000);
    expect(resultIn(store)).toEqual(resultOf());
    expect(store.canUndo.value).toBe(false);
  });

  test('come back with their removed cell, also one that arrived after the removal', () => {
    const { store } = withClock();
    store.edit('Remove cell', (document) => removeCell(document, 'forecast'));
    store.setResult('forecast', resultOf());
    expect(findCell(store.document.value, 'forecast')).toBeUndefined();
    store.undo();
    expect(resultIn(store)).toEqual(resultOf());
  });

  test('that come with an edit go with it, and the one before comes back', () => {
    const { store } = withClock();
    const [first, loaded, trained] = [1, 2, 3].map((seed) => resultOf(lstmSettings({ seed })));
    store.setResult('forecast', first);
    store.edit('Load', (document) => setSettings<'forecast'>(document, 'forecast', { seed: 2 }), { result: { cellId: 'forecast', result: loaded } });
    expect(resultIn(store)).toEqual(loaded);
    store.undo();
    expect(resultIn(store)).toEqual(first);
    store.redo();
    expect(resultIn(store)).toEqual(loaded);
    store.setResult('forecast', trained);
    store.undo();
    expect(resultIn(store)).toEqual(first);
    store.redo();
    expect(resultIn(store)).toEqual(trained);
  });

  test('that come with an edit are a step even where no setting changes, and one that no file would take changes nothing', () => {
    const { store } = withClock();
    const before = store.document.value;
    refusal(() => store.edit('Load', (document) => document, { result: { cellId: 'forecast', result: { ...resultOf(), elapsedMs: -1 } } }));
    expect([store.document.value, store.canUndo.value]).toEqual([before, false]);
    store.edit('Load', (document) => document, { result: { cellId: 'forecast', result: resultOf() } });
    expect(store.undoLabel.value).toBe('Load');
    store.undo();
    expect(resultIn(store)).toBeUndefined();
  });

  test('of a cell that nothing can bring back go nowhere', () => {
    const { store } = withClock();
    const before = store.document.value;
    store.setResult('gone', resultOf());
    expect(store.document.value).toBe(before);
  });

  test('can be taken away', () => {
    const { store } = withClock();
    store.setResult('forecast', resultOf());
    store.setResult('forecast', null);
    expect(resultIn(store)).toBeUndefined();
  });

  test('go with a duplicate, which is then independent', () => {
    const { store } = withClock();
    store.setResult('forecast', resultOf());
    store.edit('Duplicate cell', (document) => duplicateCell(document, 'forecast', 'copy'));
    const other = resultOf(lstmSettings({ seed: 2 }));
    store.setResult('copy', other);
    expect(resultIn(store)).toEqual(resultOf());
    expect(resultIn(store, 'copy')).toEqual(other);
  });

  test('stay with their own document when another one with cells of the same ids is opened', () => {
    const { store } = withClock();
    store.setResult('forecast', resultOf());
    store.open({ ...defaultDocument(), title: 'Other' });
    expect(resultIn(store)).toBeUndefined();
    const other = resultOf(lstmSettings({ seed: 2 }));
    store.setResult('forecast', other);
    store.undo();
    expect(resultIn(store)).toEqual(resultOf());
    store.redo();
    expect(resultIn(store)).toEqual(other);
  });

  test('of an opened document and of the first one are there', () => {
    const cells = defaultDocument().cells.map((cell) => (cell.kind === 'forecast' ? { ...cell, result: resultOf() } : cell));
    expect(resultIn(createNotebook({ ...defaultDocument(), cells }))).toEqual(resultOf());
    const { store } = withClock();
    store.open({ ...defaultDocument(), cells });
    expect(resultIn(store)).toEqual(resultOf());
    expect(store.undoLabel.value).toBe('Open notebook');
  });

  test('that no file would take are refused', () => {
    const { store } = withClock();
    const bad = { ...resultOf(), forecasts: [{ layer: 0, blocks: 1, mean: [NaN] }] };
    expect(refusal(() => store.setResult('forecast', bad)).where).toBe('result.forecasts[0].mean');
    expect(refusal(() => store.setResult('intro', resultOf())).message).toContain('keeps no result');
  });

  test('are not lost or changed by an edit that leaves them out', () => {
    const { store } = withClock();
    store.setResult('forecast', resultOf());
    store.edit('Rename', (document) => ({ ...withoutResults(document), title: 'A' }));
    expect(resultIn(store)).toMatchObject({ provenance: { fingerprint: fingerprintA } });
  });
});

test('a cell that an edit leaves alone stays the same object, with and without a result', () => {
  const { store } = withClock();
  store.setResult('forecast', resultOf());
  const before = store.document.value;
  store.edit('Change', (document) => setSettings<'load'>(document, 'load', { layer: 1 }));
  const after = store.document.value;
  expect(after.cells.map((cell, i) => cell === before.cells[i])).toEqual([true, true, false, true, true]);
});

test('whoever watches the document sees one change for each edit', () => {
  const { store } = withClock();
  store.setResult('forecast', resultOf());
  let seen = 0;
  const stop = effect(() => {
    void store.document.value;
    seen++;
  });
  drag(store, 600);
  store.edit('Duplicate cell', (document) => duplicateCell(document, 'forecast'));
  store.undo();
  stop();
  expect(seen).toBe(4);
});
