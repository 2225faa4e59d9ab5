import { describe, expect, test } from 'vitest';
import { BETWEEN, draw, dropFactor, permuted } from '../../../workers/lstm/draws.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a permutation', () => {
  test('holds every number once, for every count to 300 and some beyond', () => {
    for (const count of [...range(300).map((i) => i + 1), 1023, 1024, 1025, 4097, 65537]) {
      for (const key of [0, 1, 0xffffffff]) {
        const seen = new Set(range(count).map((index) => permuted(index, count, key)));
        expect(seen.size, `count ${count}, key ${key}`).toBe(count);
        expect(Math.max(...seen)).toBe(count - 1);
      }
    }
  });

  test('differs by key', () => {
    const orders = range(50).map((key) => range(100).map((index) => permuted(index, 100, key)).join());
    expect(new Set(orders).size).toBe(50);
  });

  test('puts a number at every place about equally often', () => {
    const places = range(10).map(() => 0);
    for (let key = 0; key < 5000; key++) places[permuted(3, 10, key)]++;
    // Binomial with mean 500 and deviation 21: five of them.
    places.forEach((times, place) => expect(Math.abs(times - 500), `place ${place}`).toBeLessThan(107));
  });
});

describe('draws', () => {
  test('that are shuffled visit every sample once an epoch, also where batches run over its end', () => {
    // 7 rows of 23 samples: an epoch ends in the middle of a batch.
    const drawn = range(7 * 23).map((place) => draw('shuffled', 5, 1 + Math.floor(place / 7), place % 7, 7, 23));
    const epochs = range(7).map((epoch) => drawn.slice(epoch * 23, (epoch + 1) * 23));
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual(range(23));
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBe(7);
  });

  test('that are random fall on every sample about equally often', () => {
    const times = range(20).map(() => 0);
    for (let step = 1; step <= 500; step++) for (let row = 0; row < 16; row++) times[draw('random', 9, step, row, 16, 20)]++;
    // Binomial with mean 400 and deviation 19.5: five of them.
    times.forEach((count, sample) => expect(Math.abs(count - 400), `sample ${sample}`).toBeLessThan(98));
  });

  test.each(['random', 'shuffled'] as const)('that are %s follow from the seed', (order) => {
    const drawn = (seed: number): number[] => range(64).map((row) => draw(order, seed, 3, row, 64, 1000));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

describe('dropout', () => {
  test('drops its part of the places and scales the others, so that the mean stays', () => {
    const factors = range(20000).map((place) => dropFactor(4, 17, place % 50, Math.floor(place / 50), 0.2));
    expect(new Set(factors)).toEqual(new Set([0, 1.25]));
    // Deviation of the dropped part: √(0.2 · 0.8 / 20000) = 0.0028; five of them.
    expect(Math.abs(factors.filter((factor) => factor === 0).length / 20000 - 0.2)).toBeLessThan(0.0142);
  });

  test('of rate 0 drops nothing', () => {
    expect(range(1000).every((place) => dropFactor(4, 1, 0, place, 0) === 1)).toBe(true);
  });

  test('between the layers is not that of the inputs, nor is that of another row or step', () => {
    const mask = (step: number, row: number, base: number): string => range(64).map((place) => dropFactor(4, step, row, base + place, 0.5)).join();
    expect(new Set([mask(1, 0, 0), mask(1, 0, BETWEEN), mask(1, 1, 0), mask(2, 0, 0)]).size).toBe(4);
  });
});
