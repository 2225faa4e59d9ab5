import { describe, expect, test } from 'vitest';
import { standingOf } from '../../../src/cells/backtest/comparison-table.tsx';
import { comparisonFinding } from '../../../src/cells/backtest/finding.ts';
import type { ComparisonRow, ComparisonTable, Contender } from '../../../src/forecast/comparison/types.ts';
import type { Scores } from '../../../workers/contract.ts';

const contenders: readonly Contender[] = [
  { key: 'theta', id: 'theta', label: 'Theta method', values: {} },
  { key: 'sliding-average', id: 'sliding-average', label: 'Sliding average', values: {} },
  { key: 'lstm', id: 'lstm', label: 'LSTM', values: {} },
];
const scores = (loadBlock: number): Scores => ({ loadBlock, loadPerStep: 9, relativeBlock: 1, relativePerStep: 1, absoluteBlock: 1, absolutePerStep: 1 });

function tableOf(errors: readonly number[], tied: readonly boolean[] = [], pValue?: number, bestAverage = 1.4): ComparisonTable {
  const least = errors.indexOf(Math.min(...errors));
  return {
    horizonSteps: 1000, measure: 'loadBlock', noiseFloor: scores(0.5), bestWindowSteps: 350, bestAverage,
    rows: errors.map((error, contender): ComparisonRow => ({
      contender, scores: scores(error), mase: 1, skill: 1 - error / bestAverage, covered: 0.9, width: 1, elapsedMs: 1, count: 10,
      best: contender === least, tied: tied[contender] ?? false, pValue: contender === least ? NaN : (pValue ?? (tied[contender] ? 0.4 : 0.01)),
    })),
  };
}

describe('the finding', () => {
  test('names the best, by how much it beats the best average, and the floor', () => {
    expect(comparisonFinding(tableOf([1.26, 1.5, 1.6]), contenders, false)).toBe(
      'Over 1,000 steps the Theta method is best, with a load error of 1.26 %: 10 % less than the sliding average over 350 steps, chosen in hindsight (1.40 %). '
      + 'All others are worse beyond chance. The noise floor is about 0.50 %.',
    );
  });

  test('says so when a plain average wins', () => {
    expect(comparisonFinding(tableOf([1.6, 1.5, 1.7]), contenders, false)).toMatch(/^Over 1,000 steps a plain average wins: no forecaster beats the sliding average/);
    expect(comparisonFinding(tableOf([1.6, 1.8, 1.7]), contenders, false)).toMatch(/a plain average wins: the Theta method is best of those compared, with a load error of 1.60 %, 14 % more than the sliding average over 350/);
  });

  test('names what is tied with the best', () => {
    expect(comparisonFinding(tableOf([1.26, 1.5, 1.27], [true, false, true]), contenders, false)).toContain('The LSTM is tied with it: the difference is within chance.');
    expect(comparisonFinding(tableOf([1.26, 1.28, 1.27], [true, true, true]), contenders, false)).toContain('The differences to all others are within chance.');
  });

  test('lists phrases that end with a comma without doubling it', () => {
    const chosen = ['chosen-holt', 'chosen-average', 'theta', 'lstm', 'ridge'].map((id) => ({ key: id, id, label: id, values: {} }));
    const said = comparisonFinding(tableOf([1.3, 1.3, 1.3, 1.3, 1.26], [true, true, true, true, true]), [...chosen.slice(0, 4), chosen[4]], false);
    expect(said).not.toContain(',,');
    const some = comparisonFinding(tableOf([1.3, 1.3, 1.26, 1.5], [true, true, true, false]), chosen, false);
    expect(some).not.toContain(',,');
    expect(some).not.toContain(', and');
  });

  test('does not call differences of too few origins anything', () => {
    expect(comparisonFinding(tableOf([1.2, 1.3, 1.4], [], NaN), contenders, false)).toContain('too few origins to tell differences from chance');
  });

  test('of a part of the comparison says "so far"', () => {
    expect(comparisonFinding(tableOf([1.2, 1.3, 1.4]), contenders, true)).toMatch(/^So far, over 1,000 steps/);
  });

  test('of nothing judged says that', () => {
    expect(comparisonFinding(tableOf([]), contenders, true)).toBe('Nothing could be judged yet.');
  });
});

test('each forecaster’s standing is said in words', () => {
  expect(standingOf({ best: true, tied: true, pValue: NaN })).toBe('best');
  expect(standingOf({ best: false, tied: true, pValue: 0.412 })).toBe('tied, p = 0.41');
  expect(standingOf({ best: false, tied: false, pValue: 0.0004 })).toBe('worse, p < 0.001');
  expect(standingOf({ best: false, tied: false, pValue: NaN })).toBe('too few origins to tell');
});
