import { describe, expect, test } from 'vitest';
import { anchorGrid } from '../../../src/forecast/anchors.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import type { LayerShares } from '../../../src/forecast/layer-shares.ts';
import { ridgeAt, type Pool } from '../../../src/forecast/pooled-ridge.ts';
import { ridge } from '../../../src/forecast/ridge.ts';
import { loadError, madeLayer, meanAhead, meanShares, wanderingLayer } from './layers.ts';

const layers = [wanderingLayer(4000, 6, 3), wanderingLayer(4000, 4, 4), wanderingLayer(4000, 8, 5)];
const [first, ...others] = layers;

/** Rows of features and what they explain, added up from single rows of shares. */
function rowsAt(layer: LayerShares, origin: number, ahead: number): { readonly base: number[]; readonly x: number[][]; readonly y: number[] } {
  const base = meanShares(layer, origin - 500, origin);
  const windows = [50, 100, 200, 350, 700, 1000, 1400, 2000, 3000].map((steps) => meanShares(layer, origin - steps, origin));
  const truth = meanShares(layer, origin, origin + ahead);
  return {
    base,
    x: base.map((recent, expert) => [...windows.map((mean) => mean[expert] - recent), 1 / layer.experts - recent]),
    y: truth.map((share, expert) => share - base[expert]),
  };
}

/** Solves a system by elimination with pivots. */
function eliminate(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  rows.forEach((_, column) => {
    const pivot = rows.reduce((best, row, i) => (i >= column && Math.abs(row[column]) > Math.abs(rows[best][column]) ? i : best), column);
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    rows.forEach((row, i) => {
      if (i === column) return;
      const factor = row[column] / rows[column][column];
      row.forEach((_value, j) => { row[j] -= factor * rows[column][j]; });
    });
  });
  return rows.map((row, i) => row[rows.length] / row[i]);
}

/** The forecast as the formula has it: parts of each layer's equations, each divided by its mean square. */
function byHand(parts: readonly number[], origin: number, penalty: number): number[] {
  const size = 10;
  const zeros = (): number[] => Array.from({ length: size }, () => 0);
  const gram = Array.from({ length: size }, () => zeros());
  const cross = zeros();
  layers.forEach((layer, index) => {
    const anchors = Array.from({ length: 12 }, (_, i) => rowsAt(layer, origin - 500 - 50 * i, 500));
    const x = anchors.flatMap((anchor) => anchor.x);
    const y = anchors.flatMap((anchor) => anchor.y);
    const weight = (parts[index] * y.length) / y.reduce((sum, value) => sum + value * value, 0);
    x.forEach((row, at) => row.forEach((value, i) => {
      cross[i] += weight * value * y[at];
      row.forEach((other, j) => { gram[i][j] += weight * value * other; });
    }));
  });
  const lambda = penalty * gram.reduce((sum, row, i) => sum + row[i] / size, 0);
  const coefficients = eliminate(gram.map((row, i) => row.map((value, j) => value + (i === j ? lambda : 0))), cross);
  const now = rowsAt(first, origin, 1);
  return now.base.map((recent, expert) => recent + now.x[expert].reduce((sum, value, i) => sum + value * coefficients[i], 0));
}

describe('ridge on averages', () => {
  test.each<[Pool, readonly number[], number]>([
    ['layer', [1, 0, 0], 0.1],
    ['half', [1 / 2 + 1 / 6, 1 / 6, 1 / 6], 0.1 / 3],
    ['all', [1 / 3, 1 / 3, 1 / 3], 0.1 / 3],
  ])('pooled %s forecasts what its formula does, worked out row by row', async (pool, parts, penalty) => {
    const found = await meanAhead(ridge, first, 3500, 1000, { pool }, others);
    byHand(parts, 3500, penalty).forEach((share, expert) => expect(found[expert]).toBeCloseTo(share, 6));
  });

  test('at earlier anchors says what it would have said there', async () => {
    const grid = anchorGrid(historyBefore(first, 4000, others));
    const [found] = ridgeAt(grid, { reversion: true, holts: false, longestFittedSteps: 500 }, ['half'], 1000, 50, 80);
    for (const anchor of [50, 66, 79]) {
      const then = await meanAhead(ridge, first, 50 * (anchor + 1), 1000, {}, others);
      then.forEach((share, expert) => expect(found[(anchor - 50) * 6 + expert]).toBeCloseTo(share, 9));
    }
  });

  test('without the other layers learns from its own', async () => {
    expect(await meanAhead(ridge, first, 3500, 1000, { pool: 'half' })).toEqual(await meanAhead(ridge, first, 3500, 1000, { pool: 'layer' }));
  });

  test('a layer in which nothing moves says nothing about the others', async () => {
    const still = { ...others[0], shares: others[0].shares.map(() => 0.25), cumulative: others[0].cumulative.map((_, i) => Math.floor(i / 4) * 0.25) };
    const found = await meanAhead(ridge, first, 3500, 1000, { pool: 'layer' }, [still]);
    expect(found.every(Number.isFinite)).toBe(true);
    expect(loadError(await meanAhead(ridge, first, 3500, 1000, { pool: 'all' }, [still]), found)).toBeLessThan(0.01);
  });

  test('sees loads go back to equal shares where they do', async () => {
    const settling = madeLayer(5000, 8, (expert, step) => 1 + ((expert - 3.5) / 5) * Math.exp(-step / 1500), { noise: 0.3 });
    const error = async (reversion: string): Promise<number> => {
      let sum = 0;
      for (let origin = 2000; origin <= 4000; origin += 250) {
        sum += loadError(await meanAhead(ridge, settling, origin, 1000, { reversion }), meanShares(settling, origin, origin + 1000));
      }
      return sum;
    };
    expect(await error('uniform')).toBeLessThan(0.8 * await error('none'));
  });
});
