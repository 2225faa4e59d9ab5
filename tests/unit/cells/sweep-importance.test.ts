import { describe, expect, test } from 'vitest';
import { importanceDue } from '../../../src/cells/sweep/importance-input.ts';

describe('when importance is worked out anew', () => {
  test('while a sweep runs, with a tenth more trials', () => {
    expect(importanceDue(100, 100, true)).toBe(false);
    expect(importanceDue(100, 109, true)).toBe(false);
    expect(importanceDue(100, 110, true)).toBe(true);
  });

  test('at its end with whatever there is', () => {
    expect(importanceDue(100, 101, false)).toBe(true);
    expect(importanceDue(100, 100, false)).toBe(true);
  });

  test('for another sweep, whose trials are fewer', () => {
    expect(importanceDue(100, 3, true)).toBe(true);
    expect(importanceDue(0, 1, true)).toBe(true);
  });

  test('of 300 trials that come one by one, some forty times', () => {
    let known = 0;
    let times = 0;
    for (let now = 1; now <= 300; now++) {
      if (!importanceDue(known, now, true)) continue;
      known = now;
      times++;
    }
    expect(times).toBeLessThan(50);
  });
});
