import { expect, test } from 'vitest';
import {
  formatBytes, formatCount, formatDuration, formatNumber, formatPercent, formatPoints, formatPower, formatRatio, formatStep, formatSteps, formatTick, formatTimeLeft, spoken,
} from '../../../src/charts/format.ts';

/** A narrow no-break space, written as ~ in the expectations below. */
const plain = (text: string): string => text.replaceAll('\u202f', '~');

test('thousands are set apart by a thin space that does not break', () => {
  expect(formatCount(98304)).toBe('98\u202f304');
  expect(plain(formatCount(1234567))).toBe('1~234~567');
  expect(formatCount(999)).toBe('999');
  expect(plain(formatCount(-1150))).toBe('−1~150');
});

test('steps are whole numbers, lengths name their unit', () => {
  expect(plain(formatStep(20000))).toBe('20~000');
  expect(plain(formatSteps(1))).toBe('1~step');
  expect(plain(formatSteps(1000))).toBe('1~000~steps');
});

test.each([[0.0625, '6.25~%'], [0.5, '50.0~%'], [1, '100~%'], [0, '0~%'], [0.001234, '0.123~%'], [0.000001, '<~0.001~%'], [2.5, '250~%'], [Number.NaN, '–']])(
  'the share %d is written %s', (share, text) => expect(plain(formatPercent(share))).toBe(text),
);

test('numbers keep three significant digits and whole numbers stay whole', () => {
  expect(formatNumber(3)).toBe('3');
  expect(formatNumber(0.012345)).toBe('0.0123');
  expect(plain(formatNumber(12345.6))).toBe('12~346');
  expect(formatNumber(0.0000012)).toBe('1.20×10⁻⁶');
  expect(formatNumber(0)).toBe('0');
  expect(formatNumber(Number.NaN)).toBe('–');
});

test('points and ratios carry their sign', () => {
  expect(plain(formatPoints(0.35))).toBe('0.350~pp');
  expect(plain(formatPoints(-1.5))).toBe('−1.50~pp');
  expect(formatRatio(1.118)).toBe('1.12×');
});

test.each([[512, '512~B'], [1000, '1.0~kB'], [1_234_567, '1.2~MB'], [999_999, '1.0~MB'], [123_000_000, '123~MB'], [2e9, '2.0~GB']])(
  '%d bytes are written %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text),
);

test.each([[240, '240~ms'], [3400, '3.4~s'], [12_000, '12~s'], [125_000, '2~min 5~s'], [120_000, '2~min'], [3_900_000, '1~h 5~min'], [59_700, '1~min']])(
  '%d ms are written %s', (ms, text) => expect(plain(formatDuration(ms))).toBe(text),
);

test('time left is in whole seconds and says so when it cannot be known', () => {
  expect(plain(formatTimeLeft(125_000))).toBe('2~min 5~s left');
  expect(plain(formatTimeLeft(3400))).toBe('3~s left');
  expect(plain(formatTimeLeft(300))).toBe('under 1~s left');
  expect(formatTimeLeft(Number.POSITIVE_INFINITY)).toBe('time left unknown');
});

test('ticks have as many decimals as their distance', () => {
  expect([0, 0.02, 0.1].map((value) => formatTick(value, 0.02))).toEqual(['0.00', '0.02', '0.10']);
  expect(plain(formatTick(2000, 500))).toBe('2~000');
});

test('logarithmic ticks are powers of ten where digits would be many', () => {
  expect([0.001, 0.00001, 5, 2e7].map(formatPower)).toEqual(['0.001', '10⁻⁵', '5', '2×10⁷']);
  expect(plain(formatPower(20_000))).toBe('20~000');
});

test('spoken text has no spaces in numbers', () => {
  expect(spoken(`step ${formatStep(12500)}, ${formatPercent(0.25)}, ${formatRatio(1.5)} uniform`)).toBe('step 12500, 25.0 %, 1.50 times uniform');
});
