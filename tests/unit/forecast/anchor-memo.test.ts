import { expect, test } from 'vitest';
import { rememberedAt } from '../../../src/forecast/anchor-memo.ts';
import { anchorGrid } from '../../../src/forecast/anchors.ts';
import { bankAt } from '../../../src/forecast/bank.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { wanderingLayer } from './layers.ts';

test('numbers at an anchor are made once, also when a later origin asks', () => {
  const layer = wanderingLayer(2000, 3, 1);
  const made: [number, number][] = [];
  const ask = (origin: number, from: number, to: number): readonly Float64Array[] => {
    const grid = anchorGrid(historyBefore(layer, origin));
    return rememberedAt(grid, 'rows known', 0, from, to, (first, end) => {
      made.push([first, end]);
      return Array.from({ length: end - first }, (_, i) => Float64Array.of(grid.known[first + i]));
    });
  };
  // Anchor i of every grid that ends at a multiple of 50 lies at step 50 (i + 1).
  expect(ask(1000, 5, 10).map(([rows]) => rows)).toEqual([300, 350, 400, 450, 500]);
  expect(ask(1500, 8, 12).map(([rows]) => rows)).toEqual([450, 500, 550, 600]);
  expect(made).toEqual([[5, 10], [10, 12]]);
  // Anchors that lie elsewhere are others.
  expect(ask(1020, 5, 6).map(([rows]) => rows)).toEqual([320]);
  expect(made).toHaveLength(3);
});

test('the order in which origins ask changes nothing', () => {
  const fresh = () => layerShares(wanderingLayer(3000, 4, 5).shares.slice(), Float64Array.from({ length: 3000 }, (_, row) => row), 4);
  const asked = (origins: readonly number[]): ReadonlyMap<number, readonly Float64Array[]> => {
    const [own, ...others] = [fresh(), fresh()];
    return new Map(origins.map((origin) => {
      const grid = anchorGrid(historyBefore(own, origin, others));
      return [origin, bankAt(grid, 700, grid.count - 3, grid.count)];
    }));
  };
  const origins = [1000, 1250, 1260, 2000, 3000];
  const [forwards, backwards] = [asked(origins), asked(origins.toReversed())];
  for (const origin of origins) {
    forwards.get(origin)!.forEach((member, i) => member.forEach((share, at) => expect(backwards.get(origin)![i][at]).toBe(share)));
  }
});
