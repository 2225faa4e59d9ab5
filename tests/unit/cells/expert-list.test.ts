import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExpertList, parseExpertList } from '../../../src/cells/expert-list.ts';

describe('a list of experts as people write it', () => {
  it('takes numbers and ranges, in the order written, without repeats', () => {
    expect(parseExpertList('0, 3, 5-7 3', 16, 8)).toEqual([0, 3, 5, 6, 7]);
    expect(parseExpertList('', 16, 8)).toEqual([]);
  });

  it('says what is wrong', () => {
    expect(parseExpertList('x', 16, 8)).toMatch(/"x" is not an expert/);
    expect(parseExpertList('16', 16, 8)).toBe('there is no expert 16; this layer has 0 to 15');
    expect(parseExpertList('7-5', 16, 8)).toMatch(/backwards/);
    expect(parseExpertList('0-9', 16, 8)).toMatch(/at most 8/);
  });

  it('reads back what it wrote', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 8 }), (experts) => {
      expect(parseExpertList(formatExpertList(experts), 256, 8)).toEqual(experts);
    }));
  });
});
