/**
 * Keeps the notebook in the browser's storage, so that it survives a reload.
 *
 * Each save carries a revision. A tab saves only on top of the revision that it knows; when another tab has saved
 * since, this one stops and says so instead of overwriting, until the person chooses (`overwrite` or `load`).
 * The same holds when what is stored cannot be read: it may be a newer Gatecast's.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { GatecastError, toErrorParts, type ErrorCode, type ErrorParts } from '../errors.ts';
import { withoutResults, type NotebookDocument } from './document.ts';
import { parseInParts } from './file.ts';

export type SaveState =
  | 'saved'
  | 'saving'
  /** There are edits that are not saved yet. */
  | 'unsaved'
  /** Another tab has saved since; this tab does not overwrite it on its own. */
  | 'changed-elsewhere'
  | { readonly failed: string; readonly code: ErrorCode; readonly remedy?: string };

/** One stored notebook. */
export interface SavedNotebook {
  /** Counts the saves, from 1. */
  readonly revision: number;
  /** The notebook as in a file, though on one line: nobody reads it, and long results are written down at every edit. */
  readonly text: string;
}

/** Where notebooks are kept; IndexedDB in `autosave-idb.ts`. */
export interface AutosaveBackend {
  read(): Promise<SavedNotebook | undefined>;
  /**
   * Writes the next revision, in one step with the check that nobody wrote since.
   * @param known the revision that this tab knows; null: write in any case
   * @returns the revision written, or null when the stored one is not `known` and nothing was written
   */
  write(text: string, known: number | null): Promise<number | null>;
}

/** The part of BroadcastChannel that is used. */
export interface AutosaveChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export interface AutosaveOptions {
  readonly backend: AutosaveBackend;
  /** Tells other tabs of a save. Without one, they find out when they save themselves. */
  readonly channel?: AutosaveChannel;
  /** The page's document and window: hiding or leaving the page saves at once. */
  readonly page?: { readonly document: EventTarget & { readonly visibilityState?: string }; readonly window: EventTarget };
  /** From the last edit to the save. */
  readonly delayMs?: number;
  /** Longest that edits without a pause go unsaved. */
  readonly longestDelayMs?: number;
  /** How long storage may take to answer before it counts as failed. */
  readonly patienceMs?: number;
}

export interface Autosave {
  readonly state: ReadonlySignal<SaveState>;
  /** The saved notebook, null when there is none or it cannot be read (`state` says why). Never rejects. */
  load(): Promise<NotebookDocument | null>;
  /** Saves from now on what changes. The value at the call counts as saved. @returns the end of it */
  watch(document: ReadonlySignal<NotebookDocument>): () => void;
  /** Saves now what is unsaved. */
  flush(): Promise<void>;
  /** Saves over whatever is stored, and goes on saving. */
  overwrite(): Promise<void>;
}

export function createAutosave(options: AutosaveOptions): Autosave {
  const { backend, channel, page, delayMs = 500, longestDelayMs = 5000, patienceMs = 5000 } = options;
  const state = signal<SaveState>('saved');
  /** The stored revision that this tab knows, 0 for none. */
  let revision = 0;
  let savedText: string | null = null;
  let current: NotebookDocument | null = null;
  let unsaved = false;
  /** Nothing is written until the person chooses. */
  let held = false;
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latestTimer: ReturnType<typeof setTimeout> | undefined;

  function changed(document: NotebookDocument): void {
    current = document;
    unsaved = true;
    if (held) return;
    state.value = 'unsaved';
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), delayMs);
    latestTimer ??= setTimeout(() => void flush(), longestDelayMs);
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    clearTimeout(latestTimer);
    latestTimer = undefined;
    if (running) await running;
    if (!held && unsaved) running ??= save(revision);
    await running;
  }

  /** @param known see `AutosaveBackend.write` */
  async function save(known: number | null): Promise<void> {
    if (!current) return;
    unsaved = false;
    state.value = 'saving';
    let outcome: SaveState = 'saved';
    try {
      outcome = await saveWithRoom(current, known);
    } catch (error) {
      unsaved = true;
      outcome = failure('The notebook could not be saved in this browser', toErrorParts(error));
    } finally {
      running = null;
    }
    if (held) outcome = 'changed-elsewhere';
    else if (outcome === 'saved' && unsaved) outcome = 'unsaved';
    state.value = outcome;
  }

  async function saveWithRoom(document: NotebookDocument, known: number | null): Promise<SaveState> {
    const text = JSON.stringify(document);
    if (text === savedText && known !== null) return 'saved';
    try {
      await write(text, known);
      return 'saved';
    } catch (error) {
      const { code } = toErrorParts(error);
      if (!(error instanceof DOMException) || code !== 'storage-full') throw error;
      // Results take the room; settings are small and are the reader's own work.
      await write(JSON.stringify(withoutResults(document)), known);
      return { failed: 'The browser has no room for the results; the settings are saved', code, remedy: 'save the notebook as a file, or free space' };
    }
  }

  async function write(text: string, known: number | null): Promise<void> {
    const written = await inTime(backend.write(text, known), patienceMs);
    if (written === null) {
      hold();
      return;
    }
    revision = written;
    savedText = text;
    channel?.postMessage({ revision });
  }

  function hold(): void {
    held = true;
    unsaved = true;
    clearTimeout(timer);
    clearTimeout(latestTimer);
    latestTimer = undefined;
    state.value = 'changed-elsewhere';
  }

  const heard = ({ data }: { readonly data: unknown }): void => {
    const other = typeof data === 'object' && data !== null ? (data as { revision?: unknown }).revision : undefined;
    if (typeof other === 'number' && other > revision && !running) hold();
  };

  return {
    state,
    flush,

    async load() {
      try {
        const stored = await inTime(backend.read(), patienceMs);
        held = false;
        unsaved = false;
        state.value = 'saved';
        if (!stored) return null;
        revision = stored.revision;
        try {
          const document = await parseInParts(stored.text);
          savedText = stored.text;
          return document;
        } catch (error) {
          held = true;
          state.value = {
            ...failure('The notebook saved in this browser could not be read', toErrorParts(error)),
            remedy: 'saving is paused so that nothing is lost; go on in a newer Gatecast, or save over it',
          };
          return null;
        }
      } catch (error) {
        state.value = failure('This browser keeps no notebooks', toErrorParts(error));
        return null;
      }
    },

    watch(document) {
      let first = true;
      const stopEffect = effect(() => {
        const value = document.value;
        if (first) current = value;
        else changed(value);
        first = false;
      });
      const hidden = (): void => {
        if (page?.document.visibilityState !== 'visible') void flush();
      };
      const leaving = (): void => void flush();
      channel?.addEventListener('message', heard);
      page?.document.addEventListener('visibilitychange', hidden);
      page?.window.addEventListener('pagehide', leaving);
      return () => {
        stopEffect();
        clearTimeout(timer);
        clearTimeout(latestTimer);
        latestTimer = undefined;
        channel?.removeEventListener('message', heard);
        page?.document.removeEventListener('visibilitychange', hidden);
        page?.window.removeEventListener('pagehide', leaving);
      };
    },

    async overwrite() {
      if (running) await running;
      held = false;
      running = save(null);
      await running;
    },
  };
}

function failure(what: string, parts: ErrorParts): Extract<SaveState, object> {
  return { failed: `${what}: ${parts.message}`, code: parts.code, remedy: parts.remedy ?? 'save the notebook as a file before you leave' };
}

/** Storage that never answers (seen in private windows) must not keep the notebook from opening. */
async function inTime<Value>(work: Promise<Value>, patienceMs: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GatecastError({ code: 'storage-full', message: 'its storage does not answer', remedy: 'save the notebook as a file before you leave' })), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
