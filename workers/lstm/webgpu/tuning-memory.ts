/** Remembers tuned variants in the browser's storage; without it (a private window, say) they are measured again. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { TuningMemory } from './tune.ts';

interface Schema extends DBSchema {
  variants: { key: string; value: string };
}

/** Bumped when the kernels, or how they are measured, change so much that old choices say nothing. */
const VERSION = 2;

export function browserTuningMemory(): TuningMemory {
  let database: Promise<IDBPDatabase<Schema>> | null = null;
  // Async, so that a browser that refuses at once rejects as well.
  const opened = async (): Promise<IDBPDatabase<Schema>> => {
    database ??= openDB<Schema>('gatecast-tuning', VERSION, {
      upgrade(db) {
        if (db.objectStoreNames.contains('variants')) db.deleteObjectStore('variants');
        db.createObjectStore('variants');
      },
      // Another tab has a newer version of the page: it may go on.
      blocking: () => void database?.then((db) => db.close()),
    });
    return database;
  };
  return {
    async read(key) {
      return (await opened().catch(() => null))?.get('variants', key).catch(() => undefined);
    },
    async write(key, variant) {
      await (await opened().catch(() => null))?.put('variants', variant, key).catch(() => {});
    },
  };
}
