import { describe, expect, test } from 'vitest';
import { againOnDeath } from '../../../src/app/again-on-death.ts';
import { GatecastError, type ErrorCode } from '../../../src/errors.ts';

/** Fails as it is told, one code a time, then answers. */
function asking(...codes: readonly ErrorCode[]) {
  const left = [...codes];
  let asked = 0;
  return {
    ask: () => {
      asked++;
      const code = left.shift();
      return code ? Promise.reject(new GatecastError({ code, message: code })) : Promise.resolve('answer');
    },
    asked: () => asked,
  };
}

describe('asking a worker that may die', () => {
  test('asks once more after a death', async () => {
    const { ask, asked } = asking('worker-died');
    expect(await againOnDeath(ask)).toBe('answer');
    expect(asked()).toBe(2);
  });

  test('gives up at the second death', async () => {
    const { ask, asked } = asking('worker-died', 'worker-died');
    await expect(againOnDeath(ask)).rejects.toMatchObject({ code: 'worker-died' });
    expect(asked()).toBe(2);
  });

  test('does not ask again after a cancel or any other error', async () => {
    for (const code of ['cancelled', 'internal'] as const) {
      const { ask, asked } = asking(code);
      await expect(againOnDeath(ask)).rejects.toMatchObject({ code });
      expect(asked()).toBe(1);
    }
  });
});
