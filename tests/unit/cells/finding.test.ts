import { describe, expect, it } from 'vitest';
import { forecastFinding, verdict, type Judged } from '../../../src/cells/forecast/finding.ts';

const scores = (loadBlock: number) => ({ loadBlock, loadPerStep: 20, relativeBlock: 1, relativePerStep: 20, absoluteBlock: 0.1, absolutePerStep: 1 });
const judged = (mine: number, average: number, more: Partial<Judged> = {}): Judged => ({
  forecaster: 'the LSTM', layer: 'layer 3', originStep: 6000, horizonSteps: 1000, judgedSteps: 1000,
  forecast: scores(mine), average: { ...scores(average), windowSteps: 700 }, noiseFloor: scores(0.5), ...more,
});
const say = (one: Judged): string => forecastFinding(one, (value) => `${value.toFixed(2)} %`, String);

describe('who is better', () => {
  it('is a tie under 3 % of the average’s error', () => {
    expect(verdict(judged(0.98, 1))).toBe('tie');
    expect(verdict(judged(0.96, 1))).toBe('better');
    expect(verdict(judged(1.04, 1))).toBe('worse');
    expect(verdict(judged(1, 1))).toBe('same');
  });

  it('names the average as better where it is', () => {
    expect(say(judged(2, 1))).toBe('Over the next 1000 steps, the LSTM misses the mean load of layer 3 by 2.00 %. The sliding average (700 steps, chosen on the past) does better, with 1.00 %. The noise floor is about 0.50 %.');
  });

  it('says how much smaller a better forecast’s error is', () => {
    expect(say(judged(0.9, 1))).toContain('by 1.00 %: an error smaller by 10 %.');
  });

  it('says when only a part of the horizon came, and leaves out a floor that is not known', () => {
    expect(say(judged(1, 2, { judgedSteps: 400, noiseFloor: null }))).toBe('Over the 400 steps that the trace has after step 6000, the LSTM misses the mean load of layer 3 by 1.00 %, the sliding average (700 steps, chosen on the past) by 2.00 %: an error smaller by 50 %.');
  });
});
