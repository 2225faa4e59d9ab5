import { expect, test } from 'vitest';
import { columnCells, makePalette, paintHeat, robustTop, rowCells } from '../../../src/charts/heat-pixels.ts';
import { colourAt } from '../../../src/charts/colour.ts';

const share = { kind: 'share', maximum: 1 } as const;
const palette = makePalette('viridis', share);

function red(pixel: number): number {
  return pixel & 255;
}

function paint(shares: number[], columns: number, columnSteps: number[], toStep: number, width: number, height: number): Uint32Array {
  const pixels = new Uint32Array(width * height);
  paintHeat(pixels, Float32Array.from(shares), columns, columnCells(columnSteps, 0, toStep, width), rowCells(shares.length / columns, height), palette);
  return pixels;
}

test('a cell becomes a block of its colour', () => {
  const pixels = paint([0, 1, 1, 0], 2, [0, 10], 20, 4, 4);
  const low = colourAt('viridis', 0)[0];
  const high = colourAt('viridis', 1)[0];
  expect(Array.from(pixels, red)).toEqual([low, low, high, high, low, low, high, high, high, high, low, low, high, high, low, low]);
});

test('colours are opaque, and what is no number is left transparent', () => {
  const pixels = paint([Number.NaN, 1], 2, [0, 10], 20, 2, 1);
  expect(pixels[0]).toBe(0);
  expect(pixels[1] >>> 24).toBe(255);
});

test('columns are drawn in proportion to their steps', () => {
  expect(Array.from(columnCells([0, 90], 0, 100, 10).first)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});

test('reduced, a pixel shows the mean of the cells that it covers', () => {
  const columns = paint([0, 1, 1, 1], 4, [0, 1, 2, 3], 4, 2, 1);
  expect(Array.from(columns, red)).toEqual([colourAt('viridis', 0.5)[0], colourAt('viridis', 1)[0]]);
  const rows = paint([0, 1, 1, 1], 1, [0], 1, 1, 2);
  expect(Array.from(rows, red)).toEqual([colourAt('viridis', 0.5)[0], colourAt('viridis', 1)[0]]);
});

test('part of the steps can be shown', () => {
  expect(Array.from(columnCells([0, 10, 20, 30], 10, 30, 4).first)).toEqual([1, 1, 2, 2]);
});

test('a few spikes do not set the top of the colours, but a broad maximum does', () => {
  const spiky = Float32Array.from({ length: 1000 }, (_, i) => (i < 3 ? 1 : 0.1));
  expect(robustTop(spiky, 1)).toBeCloseTo(0.1, 2);
  const broad = Float32Array.from({ length: 1000 }, (_, i) => i / 999);
  expect(robustTop(broad, 1)).toBe(1);
});
