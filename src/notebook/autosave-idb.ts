/** Autosave in IndexedDB: one small database, one record a slot. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { GatecastError } from '../errors.ts';
import type { AutosaveBackend, SavedNotebook } from './autosave.ts';

interface Schema extends DBSchema {
  notebooks: { key: string; value: SavedNotebook };
}

/** @param slot which notebook; tabs of the same slot share one */
export function indexedDbBackend(slot = 'main', name = 'gatecast-notebooks'): AutosaveBackend {
  let opened: Promise<IDBPDatabase<Schema>> | null = null;

  /** Kept open, so that a save while the page is being left starts at once. */
  function database(): Promise<IDBPDatabase<Schema>> {
    if (typeof indexedDB === 'undefined') return Promise.reject(refused());
    const forget = (): void => {
      opened = null;
    };
    opened ??= openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('notebooks');
      },
      blocking(_current, _blocked, event) {
        forget();
        (event.target as IDBDatabase).close();
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget();
      throw inOurWords(error);
    });
    return opened;
  }

  return {
    async read() {
      return (await database()).get('notebooks', slot);
    },

    async write(text, known) {
      const db = await database();
      try {
        const transaction = db.transaction('notebooks', 'readwrite');
        const stands = (await transaction.store.get(slot))?.revision ?? 0;
        if (known !== null && known !== stands) {
          await transaction.done;
          return null;
        }
        await Promise.all([transaction.store.put({ revision: stands + 1, text }, slot), transaction.done]);
        return stands + 1;
      } catch (error) {
        throw inOurWords(error);
      }
    },
  };
}

function inOurWords(error: unknown): unknown {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'AbortError') {
    return new GatecastError({ code: 'storage-full', message: 'it broke the save off', remedy: 'save the notebook as a file before you leave' });
  }
  return name === 'InvalidStateError' || name === 'SecurityError' || name === 'UnknownError' || name === 'VersionError' ? refused() : error;
}

function refused(): GatecastError {
  return new GatecastError({
    code: 'storage-full',
    message: 'it gives no storage to this page, as private windows and strict settings do',
    remedy: 'save the notebook as a file before you leave',
  });
}
