/** Where trials of sweeps stand in their training, kept in IndexedDB so that a sweep outlives the page. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Checkpoint } from '../../workers/contract.ts';
import type { SweepPlan } from '../sweep/types.ts';

interface Schema extends DBSchema {
  /** By sweep and trial. */
  checkpoints: { key: [string, number]; value: readonly Checkpoint[] };
}

/** Of one sweep. What cannot be kept is trained again: nothing here rejects. */
export interface CheckpointsOfSweep {
  read(trials: readonly number[]): Promise<ReadonlyMap<number, readonly Checkpoint[]>>;
  /** By trial; an empty list removes. */
  write(checkpoints: ReadonlyMap<number, readonly Checkpoint[]>): Promise<void>;
  clear(): Promise<void>;
}

export interface SweepCheckpoints {
  /** @param fingerprint of the trace */
  of(fingerprint: string, plan: SweepPlan): CheckpointsOfSweep;
}

export function indexedDbCheckpoints(name = 'gatecast-sweeps'): SweepCheckpoints {
  let opened: Promise<IDBPDatabase<Schema>> | null = null;
  const database = (): Promise<IDBPDatabase<Schema>> => {
    opened ??= openDB<Schema>(name, 1, {
      upgrade: (db) => void db.createObjectStore('checkpoints'),
      terminated() {
        opened = null;
      },
    }).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  return {
    of(fingerprint, plan) {
      const sweep = `${fingerprint} ${JSON.stringify(plan)}`;
      /** Also in memory: where there is no storage a sweep still goes on while the page is open. */
      const held = new Map<number, readonly Checkpoint[]>();
      return {
        async read(trials) {
          const missing = trials.filter((trial) => !held.has(trial));
          try {
            const store = (await database()).transaction('checkpoints').store;
            await Promise.all(missing.map(async (trial) => {
              const kept = await store.get([sweep, trial]);
              if (kept) held.set(trial, kept);
            }));
          } catch {
            // They are trained again.
          }
          return new Map(trials.flatMap((trial) => {
            const own = held.get(trial);
            return own ? [[trial, own] as const] : [];
          }));
        },
        async write(checkpoints) {
          for (const [trial, own] of checkpoints) {
            if (own.length > 0) held.set(trial, own);
            else held.delete(trial);
          }
          try {
            const { store, done } = (await database()).transaction('checkpoints', 'readwrite');
            await Promise.all([...[...checkpoints].map(([trial, own]) => (own.length > 0 ? store.put(own, [sweep, trial]) : store.delete([sweep, trial]))), done]);
          } catch {
            // They are held in memory alone.
          }
        },
        async clear() {
          held.clear();
          try {
            await (await database()).delete('checkpoints', IDBKeyRange.bound([sweep], [sweep, []]));
          } catch {
            // Nothing was kept.
          }
        },
      };
    },
  };
}
