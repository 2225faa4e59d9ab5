import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { createAutosave, type Autosave, type AutosaveBackend, type AutosaveChannel, type SavedNotebook } from '../../../src/notebook/autosave.ts';
import { indexedDbBackend } from '../../../src/notebook/autosave-idb.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { setTitle } from '../../../src/notebook/edits.ts';
import { parseNotebook } from '../../../src/notebook/file.ts';
import { createNotebook, type NotebookStore } from '../../../src/notebook/store.ts';
import { resultOf } from './results.ts';

/** Storage in memory that two tabs can share, with faults to order. */
class MemoryBackend implements AutosaveBackend {
  stored: SavedNotebook | undefined;
  writes = 0;
  fault: ((text: string) => void) | null = null;
  delayMs = 0;

  async read(): Promise<SavedNotebook | undefined> {
    this.fault?.('');
    return this.stored;
  }

  async write(text: string, known: number | null): Promise<number | null> {
    this.writes++;
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    this.fault?.(text);
    const stands = this.stored?.revision ?? 0;
    if (known !== null && known !== stands) return null;
    this.stored = { revision: stands + 1, text };
    return stands + 1;
  }
}

/** What BroadcastChannel does: every channel but the sender's hears a message. */
function channels(): () => AutosaveChannel {
  type Listener = (event: { readonly data: unknown }) => void;
  const all: Set<Listener>[] = [];
  return () => {
    const mine = new Set<Listener>();
    all.push(mine);
    return {
      postMessage: (data) => all.filter((set) => set !== mine).forEach((set) => set.forEach((listener) => listener({ data }))),
      addEventListener: (_, listener) => void mine.add(listener),
      removeEventListener: (_, listener) => void mine.delete(listener),
    };
  };
}

interface Tab {
  readonly store: NotebookStore;
  readonly autosave: Autosave;
  rename(title: string): void;
}

async function openTab(backend: AutosaveBackend, options: { readonly channel?: AutosaveChannel; readonly page?: { document: EventTarget; window: EventTarget } } = {}): Promise<Tab> {
  const autosave = createAutosave({ backend, ...options });
  const store = createNotebook((await autosave.load()) ?? defaultDocument());
  autosave.watch(store.document);
  return { store, autosave, rename: (title) => store.edit('Rename', (document) => setTitle(document, title)) };
}
const titleIn = (backend: MemoryBackend): string | undefined => backend.stored && parseNotebook(backend.stored.text).title;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('saving', () => {
  test('happens half a second after the last edit, once', async () => {
    const backend = new MemoryBackend();
    const { autosave, rename } = await openTab(backend);
    rename('A');
    await vi.advanceTimersByTimeAsync(400);
    rename('B');
    expect(autosave.state.value).toBe('unsaved');
    await vi.advanceTimersByTimeAsync(499);
    expect(backend.writes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([backend.writes, titleIn(backend), autosave.state.value]).toEqual([1, 'B', 'saved']);
  });

  test('happens every five seconds while edits never pause', async () => {
    const backend = new MemoryBackend();
    const { rename } = await openTab(backend);
    for (let i = 0; i < 110; i++) {
      rename(`Title ${i}`);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(backend.writes).toBe(2);
  });

  test('does not happen for a notebook that was only opened, or was edited back to what is saved', async () => {
    const backend = new MemoryBackend();
    const { store, autosave, rename } = await openTab(backend);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(backend.writes).toBe(0);
    rename('A');
    await autosave.flush();
    rename('B');
    store.undo();
    await autosave.flush();
    expect([backend.writes, autosave.state.value]).toEqual([1, 'saved']);
  });

  test('keeps results, and a reload finds the same notebook', async () => {
    const backend = new MemoryBackend();
    const { store, autosave } = await openTab(backend);
    store.setResult('forecast', resultOf());
    await autosave.flush();
    const reloaded = await openTab(backend);
    expect(reloaded.store.document.value).toEqual(store.document.value);
  });

  test('happens at once when the page is hidden or left', async () => {
    const backend = new MemoryBackend();
    const hidden = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    const window = new EventTarget();
    const { rename } = await openTab(backend, { page: { document: hidden, window } });
    rename('A');
    hidden.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(titleIn(backend)).toBe('A');
    rename('B');
    window.dispatchEvent(new Event('pagehide'));
    await vi.advanceTimersByTimeAsync(0);
    expect(titleIn(backend)).toBe('B');
  });

  test('of an edit made while another is being saved follows it', async () => {
    const backend = new MemoryBackend();
    backend.delayMs = 1000;
    const { autosave, rename } = await openTab(backend);
    rename('A');
    await vi.advanceTimersByTimeAsync(600);
    expect(autosave.state.value).toBe('saving');
    rename('B');
    await vi.advanceTimersByTimeAsync(3000);
    expect([titleIn(backend), backend.stored?.revision, autosave.state.value]).toEqual(['B', 2, 'saved']);
  });
});

describe('storage that fails', () => {
  test('a quota that the results exceed: the settings are saved, and the state says what is not', async () => {
    const backend = new MemoryBackend();
    const { store, autosave, rename } = await openTab(backend);
    const settingsAlone = JSON.stringify(store.document.value).length;
    backend.fault = (text) => {
      if (text.length > settingsAlone + 200) throw new DOMException('full', 'QuotaExceededError');
    };
    store.setResult('forecast', resultOf());
    rename('A');
    await autosave.flush();
    expect(autosave.state.value).toMatchObject({ code: 'storage-full', failed: 'The browser has no room for the results; the settings are saved' });
    expect(titleIn(backend)).toBe('A');
  });

  test('a quota that nothing fits: the state says so and what to do; the next edit tries again', async () => {
    const backend = new MemoryBackend();
    const { autosave, rename } = await openTab(backend);
    backend.fault = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    rename('A');
    await autosave.flush();
    expect(autosave.state.value).toMatchObject({ code: 'storage-full' });
    backend.fault = null;
    rename('B');
    await vi.advanceTimersByTimeAsync(500);
    expect([titleIn(backend), autosave.state.value]).toEqual(['B', 'saved']);
  });

  test('no IndexedDB at all: the notebook opens, and the state says that it is not kept', async () => {
    // Node has none.
    const { store, autosave, rename } = await openTab(indexedDbBackend());
    expect(store.document.value).toEqual(defaultDocument());
    expect(autosave.state.value).toMatchObject({ code: 'storage-full', remedy: 'save the notebook as a file before you leave' });
    rename('A');
    await autosave.flush();
    expect(autosave.state.value).toMatchObject({ code: 'storage-full' });
  });

  test('storage that never answers: the notebook opens after five seconds', async () => {
    const never: AutosaveBackend = { read: () => new Promise(() => {}), write: () => new Promise(() => {}) };
    const opening = openTab(never);
    await vi.advanceTimersByTimeAsync(5000);
    const { autosave, rename } = await opening;
    expect(autosave.state.value).toMatchObject({ failed: expect.stringContaining('does not answer') as unknown });
    rename('A');
    await vi.advanceTimersByTimeAsync(6000);
    expect(autosave.state.value).toMatchObject({ failed: expect.stringContaining('could not be saved') as unknown });
  });

  test('a saved notebook that cannot be read is not overwritten until the person says so', async () => {
    const backend = new MemoryBackend();
    const newer = JSON.stringify({ ...defaultDocument(), version: 2 });
    backend.stored = { revision: 7, text: newer };
    const { autosave, rename } = await openTab(backend);
    expect(autosave.state.value).toMatchObject({ failed: expect.stringContaining('made by a newer Gatecast') as unknown });
    rename('A');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(backend.stored.text).toBe(newer);
    await autosave.overwrite();
    expect([titleIn(backend), backend.stored.revision, autosave.state.value]).toEqual(['A', 8, 'saved']);
    rename('B');
    await autosave.flush();
    expect(titleIn(backend)).toBe('B');
  });
});

describe('two tabs', () => {
  test('the one that did not save is told at once and does not overwrite', async () => {
    const backend = new MemoryBackend();
    const channel = channels();
    const first = await openTab(backend, { channel: channel() });
    const second = await openTab(backend, { channel: channel() });
    second.rename('Second');
    await second.autosave.flush();
    expect(first.autosave.state.value).toBe('changed-elsewhere');
    first.rename('First');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([titleIn(backend), first.autosave.state.value, second.autosave.state.value]).toEqual(['Second', 'changed-elsewhere', 'saved']);
  });

  test('without a channel it notices when it would save', async () => {
    const backend = new MemoryBackend();
    const first = await openTab(backend);
    const second = await openTab(backend);
    second.rename('Second');
    await second.autosave.flush();
    first.rename('First');
    await first.autosave.flush();
    expect([titleIn(backend), first.autosave.state.value]).toEqual(['Second', 'changed-elsewhere']);
  });

  test('choosing this tab saves it over the other, which is then told', async () => {
    const backend = new MemoryBackend();
    const channel = channels();
    const first = await openTab(backend, { channel: channel() });
    const second = await openTab(backend, { channel: channel() });
    second.rename('Second');
    await second.autosave.flush();
    first.rename('First');
    await first.autosave.overwrite();
    expect([titleIn(backend), first.autosave.state.value, second.autosave.state.value]).toEqual(['First', 'saved', 'changed-elsewhere']);
  });

  test('choosing the other one opens it here, without telling the other that anything changed', async () => {
    const backend = new MemoryBackend();
    const channel = channels();
    const first = await openTab(backend, { channel: channel() });
    const second = await openTab(backend, { channel: channel() });
    second.rename('Second');
    await second.autosave.flush();
    const theirs = await first.autosave.load();
    if (!theirs) throw new GatecastError({ code: 'internal', message: 'the other tab has saved' });
    first.store.open(theirs);
    await first.autosave.flush();
    expect([first.store.document.value.title, first.autosave.state.value, second.autosave.state.value]).toEqual(['Second', 'saved', 'saved']);
    expect(backend.stored?.revision).toBe(1);
  });
});
