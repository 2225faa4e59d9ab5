/** Checkpoints of sweeps in the browser's storage, and what becomes of them where that is full or refused. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { indexedDbCheckpoints } from '../../src/app/sweep-checkpoints.ts';
import type { SweepPlan } from '../../src/sweep/types.ts';
import type { Checkpoint } from '../../workers/contract.ts';

const plan = { seed: 1 } as unknown as SweepPlan;
const checkpoint = (iteration: number): readonly Checkpoint[] => [{ model: 0, iteration } as unknown as Checkpoint];
let count = 0;
const fresh = (): string => `sweep-checkpoints-test-${Date.now()}-${count++}`;

afterEach(() => void vi.restoreAllMocks());

describe('checkpoints of a sweep', () => {
  test('outlive the page, each sweep and trace by itself, until they are cleared', async () => {
    const name = fresh();
    await indexedDbCheckpoints(name).of('a', plan).write(new Map([[0, checkpoint(10)], [1, checkpoint(20)]]));
    const later = indexedDbCheckpoints(name);
    expect(await later.of('a', plan).read([0, 1, 2])).toEqual(new Map([[0, checkpoint(10)], [1, checkpoint(20)]]));
    expect(await later.of('b', plan).read([0])).toEqual(new Map());
    expect(await later.of('a', { ...plan, seed: 2 }).read([0])).toEqual(new Map());
    await later.of('a', plan).clear();
    expect(await indexedDbCheckpoints(name).of('a', plan).read([0, 1])).toEqual(new Map());
  });

  test('where the storage is full are held in memory, and nothing rejects', async () => {
    const put = IDBObjectStore.prototype.put;
    let full = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function putOnFullDisk(this: IDBObjectStore, ...args: Parameters<typeof put>) {
      full++;
      const request = put.apply(this, args);
      // As the browser does when it runs out of room: the request fails later, and all of its transaction with it.
      this.transaction.abort();
      return request;
    });
    const name = fresh();
    const own = indexedDbCheckpoints(name).of('a', plan);
    await own.write(new Map([[0, checkpoint(10)]]));
    await own.write(new Map([[0, checkpoint(30)]]));
    expect(full).toBe(2);
    expect(await own.read([0, 1])).toEqual(new Map([[0, checkpoint(30)]]));
    expect(await indexedDbCheckpoints(name).of('a', plan).read([0])).toEqual(new Map());
    await own.write(new Map([[0, []]]));
    expect(await own.read([0])).toEqual(new Map());
    await own.clear();
  });

  test('where there is no storage at all are held in memory', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => { throw new DOMException('refused', 'SecurityError'); });
    const own = indexedDbCheckpoints(fresh()).of('a', plan);
    await own.write(new Map([[3, checkpoint(10)]]));
    expect(await own.read([3])).toEqual(new Map([[3, checkpoint(10)]]));
    await own.clear();
    expect(await own.read([3])).toEqual(new Map());
  });
});
