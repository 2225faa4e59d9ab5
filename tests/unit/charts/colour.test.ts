import { expect, test } from 'vitest';
import { categoryMark, colourAt, heatPosition, heatTicks, luminance, type ColourMap } from '../../../src/charts/colour.ts';

const hundred = Array.from({ length: 101 }, (_, i) => i / 100);
const lights = (map: ColourMap): number[] => hundred.map((position) => luminance(colourAt(map, position)));

test('viridis has the colours that matplotlib publishes', () => {
  // matplotlib 3.9, viridis(0), viridis(0.1), viridis(0.35), viridis(0.9), viridis(1.0) as 8-bit values
  const published: [number, readonly number[]][] = [[0, [68, 1, 84]], [0.1, [72, 36, 117]], [0.35, [49, 104, 142]], [0.9, [189, 223, 38]], [1, [253, 231, 37]]];
  for (const [position, rgb] of published) {
    colourAt('viridis', position).forEach((part, i) => expect(Math.abs(part - rgb[i])).toBeLessThanOrEqual(4));
  }
});

test('viridis gets lighter all the way', () => {
  const values = lights('viridis');
  for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThan(values[i - 1]);
});

test.each([['diverging', 1], ['divergingDark', -1]] as const)('%s is neutral in the middle and changes evenly to both sides', (map, sign) => {
  const values = lights(map).map((value) => value * sign);
  for (let i = 1; i <= 50; i++) {
    expect(values[i]).toBeGreaterThan(values[i - 1]);
    expect(values[50 + i]).toBeLessThan(values[49 + i]);
  }
  const middle = colourAt(map, 0.5);
  expect(Math.max(...middle) - Math.min(...middle)).toBeLessThanOrEqual(8);
});

test('an expert with its uniform share is in the middle of the diverging colours, twice and half lie opposite', () => {
  const scale = { kind: 'ratio', uniform: 1 / 16 } as const;
  expect(heatPosition(scale, 1 / 16)).toBe(0.5);
  expect(heatPosition(scale, 1 / 8)).toBe(0.75);
  expect(heatPosition(scale, 1 / 32)).toBe(0.25);
  expect(heatPosition(scale, 0)).toBe(0);
  expect(heatTicks(scale)).toEqual([1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4]);
});

test('no two of the first 24 categories look the same', () => {
  const looks = Array.from({ length: 24 }, (_, i) => JSON.stringify(categoryMark(i)));
  expect(new Set(looks).size).toBe(24);
});
