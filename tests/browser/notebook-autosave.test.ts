import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAutosave } from '../../src/notebook/autosave.ts';
import { indexedDbBackend } from '../../src/notebook/autosave-idb.ts';
import { defaultDocument } from '../../src/notebook/default-document.ts';
import { setTitle } from '../../src/notebook/edits.ts';
import { createNotebook } from '../../src/notebook/store.ts';

const name = 'notebook-autosave-test';
beforeEach(() => deleteDB(name));
afterEach(() => deleteDB(name));

describe('the notebook in IndexedDB', () => {
  test('is there after a reload', async () => {
    const autosave = createAutosave({ backend: indexedDbBackend('main', name) });
    expect(await autosave.load()).toBeNull();
    const store = createNotebook(defaultDocument());
    const stop = autosave.watch(store.document);
    store.edit('Rename', (document) => setTitle(document, 'Kept'));
    await autosave.flush();
    expect(autosave.state.value).toBe('saved');
    stop();
    const after = createAutosave({ backend: indexedDbBackend('main', name) });
    expect(await after.load()).toEqual(store.document.value);
  });

  test('is apart from the one of another slot', async () => {
    await indexedDbBackend('main', name).write('a', 0);
    expect(await indexedDbBackend('link', name).read()).toBeUndefined();
  });

  test('takes a write only on top of the revision that the tab knows', async () => {
    const [first, second] = [indexedDbBackend('main', name), indexedDbBackend('main', name)];
    expect(await first.write('a', 0)).toBe(1);
    expect(await second.write('b', 0)).toBeNull();
    expect(await second.write('b', 1)).toBe(2);
    expect(await first.write('c', null)).toBe(3);
    expect(await second.read()).toEqual({ revision: 3, text: 'c' });
  });

  test('lets exactly one of two writes at the same moment through', async () => {
    const tabs = [indexedDbBackend('main', name), indexedDbBackend('main', name)];
    const written = await Promise.all(tabs.map((tab, i) => tab.write(String(i), 0)));
    expect(written.filter((revision) => revision === 1)).toHaveLength(1);
    expect(written.filter((revision) => revision === null)).toHaveLength(1);
  });

  test('is written again after the browser closed the database', async () => {
    const backend = indexedDbBackend('main', name);
    await backend.write('a', 0);
    await deleteDB(name);
    expect(await backend.write('b', null)).toBe(1);
  });

  test('tells the other tab through a BroadcastChannel', async () => {
    const topic = 'notebook-autosave-test';
    const channels = [new BroadcastChannel(topic), new BroadcastChannel(topic)];
    const [first, second] = channels.map((channel) => createAutosave({ backend: indexedDbBackend('main', name), channel }));
    const stores = [createNotebook(defaultDocument()), createNotebook(defaultDocument())];
    const stops = [first.watch(stores[0].document), second.watch(stores[1].document)];
    stores[1].edit('Rename', (document) => setTitle(document, 'Second'));
    await second.flush();
    await expect.poll(() => first.state.value).toBe('changed-elsewhere');
    for (const stop of stops) stop();
    for (const channel of channels) channel.close();
  });
});
