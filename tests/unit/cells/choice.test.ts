import { describe, expect, it } from 'vitest';
import { autoSentence, bankSentence } from '../../../src/cells/forecast/choice.ts';
import type { BankHistory } from '../../../src/forecast/bank-history.ts';

const practised = Array.from({ length: 4 }, () => ({ beforeSteps: 500, horizonSteps: 500, forecasts: Float64Array.of(0.5, 0.5, 0.5), outcome: Float64Array.of(1) }));
const bank = (errors: readonly number[], weights: readonly number[], change: Partial<BankHistory> = {}): BankHistory => ({
  layer: 3, experts: 1, originStep: 6000, members: ['Ridge, of this layer', 'Damped Holt', 'Sliding average'], practised,
  asked: [{ horizonSteps: 1000, judgedSteps: 500, anchors: 24, errors: Float64Array.from(errors), weights: Float64Array.from(weights), forecasts: new Float64Array(3) }],
  ...change,
});

describe('the sentence about the bank', () => {
  it('names the best and the worst of the past, and who counts', () => {
    expect(bankSentence(bank([0.02, 0.0134, 0.0139], [0.04, 0.61, 0.35]), 'layer 3')).toBe(
      'Over the last 24 past origins, 500 steps ahead, the best of the bank on layer 3 was “Damped Holt” (load error 1.34 %; the worst, “Ridge, of this layer”, 2.00 %). It has 61 % of the weight; 2 of 3 have 5 % or more.',
    );
  });

  it('says where one alone has a say', () => {
    expect(bankSentence(bank([0.001, 0.2, 0.2], [1, 0, 0]), 'layer 3')).toContain('It alone has a say, with 100 % of the weight.');
  });

  it('says where nothing is resolved', () => {
    expect(bankSentence(bank([NaN, NaN, NaN], [1 / 3, 1 / 3, 1 / 3]), 'layer 3')).toBe('Nothing before the origin is resolved yet, so the 3 forecasts of the bank count alike.');
  });
});

describe('the sentence about Auto', () => {
  const sound = bank([0.01, 0.02, 0.03], [1, 0, 0]);

  it('says what it is made of, trained and not', () => {
    expect(autoSentence(sound, true)).toMatch(/^Auto is the mean of three/);
    expect(autoSentence(sound, false)).toMatch(/^Until it is trained/);
  });

  it('says that it falls back where too little is known', () => {
    expect(autoSentence({ ...sound, practised: practised.slice(0, 3) }, true)).toMatch(/^Too little lies before the origin/);
  });
});
