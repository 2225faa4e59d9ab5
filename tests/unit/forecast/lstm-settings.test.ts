import { expect, test } from 'vitest';
import { checkedLstmSettings, lstmParameters } from '../../../src/forecast/lstm.ts';

const defaults = Object.fromEntries(lstmParameters.map(({ id, default: value }) => [id, value]));

test('settings that a file leaves out have their defaults, and those of other forecasters are dropped', () => {
  expect(checkedLstmSettings({ hiddenUnits: 32, alpha: 0.1 })).toEqual({ ...defaults, hiddenUnits: 32 });
  expect(checkedLstmSettings(undefined)).toEqual(defaults);
});

test('a window may be as long as a cell’s', () => {
  expect(checkedLstmSettings({ windowSteps: 9000 }).windowSteps).toBe(9000);
});

test.each([
  ['hiddenUnits', 300], ['hiddenUnits', 4.5], ['hiddenUnits', '16'], ['learningRate', NaN], ['layers', 3], ['form', 'other'], ['windowSteps', 0], ['loss', 1],
])('%s of %o is refused', (where, value) => {
  expect(() => checkedLstmSettings({ [where]: value })).toThrow(expect.objectContaining({ code: 'bad-input', where }));
});
