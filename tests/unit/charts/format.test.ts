import { expect, test } from 'vitest';
import {
  formatCount, formatNumber, formatPercent, formatPower, formatRatio, formatStep, formatTick, spoken,
} from '../../../src/charts/format.ts';

/** A narrow no-break space, written as ~ in the expectations below. */
const plain = (text: string): string => text.replaceAll('\u202f', '~');

test('thousands are set apart by commas', () => {
  expect(formatCount(98304)).toBe('98,304');
  expect(plain(formatCount(1234567))).toBe('1,234,567');
  expect(formatCount(999)).toBe('999');
  expect(plain(formatCount(-1150))).toBe('−1,150');
});

test('steps are whole numbers', () => {
  expect(plain(formatStep(20000))).toBe('20,000');
});

test.each([[0.0625, '6.25~%'], [0.5, '50.0~%'], [1, '100~%'], [0, '0~%'], [0.001234, '0.123~%'], [0.000001, '<~0.001~%'], [2.5, '250~%'], [Number.NaN, '–']])(
  'the share %d is written %s', (share, text) => expect(plain(formatPercent(share))).toBe(text),
);

test('numbers keep three significant digits and whole numbers stay whole', () => {
  expect(formatNumber(3)).toBe('3');
  expect(formatNumber(0.012345)).toBe('0.0123');
  expect(plain(formatNumber(12345.6))).toBe('12,346');
  expect(formatNumber(0.0000012)).toBe('1.20×10⁻⁶');
  expect(formatNumber(0)).toBe('0');
  expect(formatNumber(Number.NaN)).toBe('–');
});

test('ratios carry their sign', () => {
  expect(formatRatio(1.118)).toBe('1.12×');
});

test('ticks have as many decimals as their distance', () => {
  expect([0, 0.02, 0.1].map((value) => formatTick(value, 0.02))).toEqual(['0.00', '0.02', '0.10']);
  expect(plain(formatTick(2000, 500))).toBe('2,000');
  expect([2.8e-4, 3e-4].map((value) => formatTick(value, 2e-5))).toEqual(['2.8×10⁻⁴', '3.0×10⁻⁴']);
  expect([5, 5.00002].map((value) => formatTick(value, 2e-5))).toEqual(['5.00000', '5.00002']);
  expect(formatTick(-1.25e9, 5e7)).toBe('−1.25×10⁹');
  expect(formatTick(0, 2e-5)).toBe('0');
});

test('logarithmic ticks are powers of ten where digits would be many', () => {
  expect([0.001, 0.00001, 5, 2e7].map(formatPower)).toEqual(['0.001', '10⁻⁵', '5', '2×10⁷']);
  expect(plain(formatPower(20_000))).toBe('20,000');
});

test('spoken text has no separators in numbers', () => {
  expect(spoken(`step ${formatStep(12500)}, ${formatPercent(0.25)}, ${formatRatio(1.5)} uniform`)).toBe('step 12500, 25.0 %, 1.50 times uniform');
});
