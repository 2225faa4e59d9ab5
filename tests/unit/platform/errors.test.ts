import { expect, test } from 'vitest';
import { GatecastError, toErrorParts } from '../../../src/errors.ts';

test('an error of ours crosses with all its parts', () => {
  const parts = { code: 'bad-input', message: '"abc" is not a count', where: 'line 48', remedy: 'fix the cell' } as const;
  expect(toErrorParts(new GatecastError(parts))).toEqual(parts);
});

test.each([
  ['Chromium', new RangeError('Array buffer allocation failed')],
  ['Chromium, typed array', new RangeError('Invalid typed array length: 9007199254740991')],
  ['Chromium, buffer', new RangeError('Invalid array buffer length')],
  ['Firefox', new RangeError('invalid array length')],
  ['WebKit', new RangeError('Out of memory')],
  ['a message too large to copy', new DOMException('Data cannot be cloned, out of memory.', 'DataCloneError')],
])('a failed allocation (%s) is told from a bug', (_, error) => {
  expect(toErrorParts(error)).toMatchObject({ code: 'out-of-memory' });
});

test.each([
  new RangeError('Start offset 100 is outside the bounds of the buffer'),
  new RangeError('Maximum call stack size exceeded'),
  new RangeError('offset is out of bounds'),
  new DOMException('() => {} could not be cloned.', 'DataCloneError'),
])('a bug ($message) is not mistaken for lack of memory', (error) => {
  expect(toErrorParts(error)).toEqual({ code: 'internal', message: error.message });
});

test('the browser\'s refusals get our codes', () => {
  expect(toErrorParts(new DOMException('stop', 'AbortError'))).toMatchObject({ code: 'cancelled' });
  expect(toErrorParts(new DOMException('no room', 'QuotaExceededError'))).toMatchObject({ code: 'storage-full' });
});

test('whatever else is thrown keeps its words', () => {
  expect(toErrorParts('plain words')).toEqual({ code: 'internal', message: 'plain words' });
});
