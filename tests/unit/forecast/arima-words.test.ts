import { describe, expect, it } from 'vitest';
import { arimaInWords } from '../../../src/forecast/arima-words.ts';
import { fullOrder } from '../../../src/forecast/series/arima/order.ts';
import { gaussian, random } from '../../../src/random.ts';

/** Residuals of a model: white, or each drawn to the one before. */
function model(name: string, seed: number, { correlated = false, fallback = null as string | null } = {}) {
  const next = random(seed);
  const residuals = new Float64Array(200);
  for (let t = 0; t < residuals.length; t++) residuals[t] = gaussian(next) + (correlated && t > 0 ? 0.7 * residuals[t - 1] : 0);
  return { name, order: fullOrder({ p: 1, d: 1, q: 0 }), residuals, fallback };
}

describe('what is said of ARIMA models', () => {
  it('names the one order that all have, and residuals that are white', () => {
    const words = arimaInWords([1, 2, 3, 4].map((seed) => model('ARIMA(1,1,0)', seed)));
    expect(words).toMatch(/^ARIMA\(1,1,0\) for all 4 experts\. Their residuals hold no more autocorrelation than chance gives \(Ljung–Box test at 5 %: [01] of 4\)\.$/);
  });

  it('names the most frequent of several, those that were made simpler, and residuals that are not white', () => {
    const words = arimaInWords([model('ARIMA(1,1,0)', 1, { correlated: true }), model('ARIMA(1,1,0)', 2, { correlated: true }), model('ARIMA(0,1,0)', 3, { correlated: true, fallback: 'too short' })]);
    expect(words).toBe(
      'ARIMA(1,1,0) for 2 of 3 experts, 1 other order for the rest. For 1 a simpler order than the one asked for had to do. '
      + 'The residuals of 3 of 3 still hold autocorrelation (Ljung–Box test at 5 %; chance gives about 1): the blocks have more to them than these orders explain.',
    );
  });

  it('speaks of a single expert', () => {
    expect(arimaInWords([model('ARIMA(0,1,1)', 5)])).toMatch(/^ARIMA\(0,1,1\) for the only expert\./);
  });
});
