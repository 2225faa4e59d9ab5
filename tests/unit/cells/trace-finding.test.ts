import { expect, test } from 'vitest';
import { finding } from '../../../src/cells/trace/finding.ts';
import { describeTrace } from '../../../src/trace/describe.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';

test.each([
  ['counts', '1,3', '4 tokens routed per step and layer'],
  ['shares of 1', '0.25,0.75', 'recorded as shares of 1'],
  ['shares of 100', '12.5,87.5', 'recorded as shares of 100'],
  ['fractions that are no shares', '2.5,4.25', 'loads that are no whole numbers'],
])('the finding of a trace says what its loads are: %s', async (_, loads, words) => {
  const text = `step,expert_0,expert_1\n0,${loads}\n1,${loads}\n`;
  const info = describeTrace(await openTrace(bytesSource(new TextEncoder().encode(text), 'x.csv')));
  expect(finding(info)).toBe(`x.csv: 2 steps, 1 layer of 2 experts, ${words}.`);
});
