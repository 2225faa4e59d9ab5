import { describe, expect, it } from 'vitest';
import { describeStems, stemDomain, stemTexts, tickEvery, type Stem } from '../../../src/charts/stems-layout.ts';

const stem = (index: number, value: number | null): Stem => ({ id: String(index), label: `layer ${index}`, tick: String(index), value, kind: value === null || Math.abs(value) < 0.03 ? 'level' : value > 0 ? 'above' : 'below' });
const percent = (value: number): string => `${Math.round(value * 100)} %`;
const words = { short: (value: number) => String(Math.round(value * 100)), full: percent };
const width = (text: string): number => text.length * 7;
const texts = (values: readonly (number | null)[], picked: string | null, column: number) =>
  stemTexts(values.map((value, i) => stem(i, value)), picked, column, 0, column * values.length, (value) => 100 - 100 * value, words, width);

describe('the axis of stems', () => {
  it('grows in few steps on each side, so that it stands still while values move a little', () => {
    expect(stemDomain([0.12, 0.16, -0.02])).toEqual([-0.05, 0.2]);
    expect(stemDomain([0.13, 0.19, -0.04])).toEqual([-0.05, 0.2]);
    expect(stemDomain([])).toEqual([-0.05, 0.05]);
  });

  it('ends at 100 %, however bad a forecast is', () => {
    expect(stemDomain([-7, 0.3])).toEqual([-1, 0.5]);
  });

  it('names every, every second, fifth ... stem, as there is room', () => {
    expect(tickEvery([7, 14], 40)).toBe(1);
    expect(tickEvery([7, 14], 12)).toBe(2);
    expect(tickEvery([7, 14], 5)).toBe(5);
    expect(tickEvery([60, 60], 1)).toBe(100);
  });
});

describe('the numbers beside stems', () => {
  it('stand at each one that is known where they fit, over or under its end', () => {
    expect(texts([0.5, null, -0.25], null, 40)).toEqual([{ index: 0, text: '50', x: 20, y: 41 }, { index: 2, text: '-25', x: 100, y: 143 }]);
  });

  it('name the picked, the best and the worst stem where there is no room for all', () => {
    const values = Array.from({ length: 60 }, (_, i) => (i === 10 ? 0.9 : i === 50 ? -0.4 : 0.1));
    expect(texts(values, '30', 8).map(({ text }) => text)).toEqual(['layer 30 10 %', 'layer 10 90 %', 'layer 50 -40 %']);
  });

  it('stay inside the picture and off each other', () => {
    const values = Array.from({ length: 60 }, (_, i) => (i === 0 ? 0.11 : i === 59 ? -0.4 : 0.1));
    const placed = texts(values, '1', 8);
    expect(placed.map(({ text }) => text)).toEqual(['layer 1 10 %', 'layer 59 -40 %']);
    for (const { x, text } of placed) {
      expect(x - width(text) / 2).toBeGreaterThanOrEqual(0);
      expect(x + width(text) / 2).toBeLessThanOrEqual(480);
    }
  });

  it('are said once where the picked one is the best', () => {
    expect(texts(Array.from({ length: 60 }, (_, i) => i / 100), '59', 8).map(({ index }) => index)).toEqual([59, 0]);
  });
});

describe('stems in words', () => {
  it('count and name the ends', () => {
    const said = describeStems([stem(0, 0.5), stem(1, -0.1), stem(2, 0.01), stem(3, null)], { above: 'better', level: 'tie', below: 'worse' }, percent);
    expect(said).toBe('1 better, 1 tie, 1 worse. Highest: layer 0, 50 %. Lowest: layer 1, -10 %.');
  });

  it('say when there is nothing yet', () => {
    expect(describeStems([stem(0, null)], { above: 'better', level: 'tie', below: 'worse' }, percent)).toBe('No values yet.');
  });
});
