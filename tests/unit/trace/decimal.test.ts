import { expect, test } from 'vitest';
import { random as randomOf } from '../../../src/random.ts';
import { parseDecimal } from '../../../src/trace/read/decimal.ts';
import { bytesOf } from './support.ts';

const random = randomOf(5);
const next = (x: number): number => {
  const bits = new BigUint64Array(Float64Array.of(x).buffer);
  bits[0]++;
  return new Float64Array(bits.buffer)[0];
};
const parsed = (text: string): number => parseDecimal(bytesOf(text), 0, text.length);

test.each<[string, (x: number) => string]>([
  ['shares as Python writes them', (x) => String(x)],
  ['small shares', (x) => String(x / 1000)],
  ['of 19 digits', (x) => (x / 100).toPrecision(19)],
  ['with whole parts of 15 digits', (x) => `${Math.floor(x * 1e15)}.${Math.floor(random() * 9999)}`],
  ['in the middle between two doubles', (x) => ((x + next(x)) / 2).toFixed(18)],
  ['a hair beside the middle', (x) => `${(x + 2 ** -54).toFixed(17)}1`],
  ['with exponents', (x) => `${x.toPrecision(17)}e-${Math.floor(random() * 30)}`],
  ['negative', (x) => String(-x)],
])('numbers %s are rounded as Number rounds them', (_, write) => {
  const texts = Array.from({ length: 20_000 }, () => write(random()));
  expect(texts.filter((text) => parsed(text) !== Number(text))).toEqual([]);
});
