import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLayers } from '../../../src/cells/backtest/layers-field.tsx';
import { changesOf, comparisonPlan, originCount, planProblem, resolveOrigins, workInWords } from '../../../src/cells/backtest/plan.ts';
import { comparisonOrigins } from '../../../src/forecast/comparison/origins.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import type { BacktestSettings } from '../../../src/notebook/kinds/backtest.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const infoOf = (shape: Partial<TraceInfo> = {}, layers = 12): TraceInfo => ({
  name: 't', format: 'f', fingerprint: 'a'.repeat(32), kind: 'counts', rows: 8000, firstStep: 0, lastStep: 7999, strideSteps: 1,
  layers: Array.from({ length: layers }, (_, layer) => ({ name: String(layer), experts: 8, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
  hasLoss: false, byteLength: 1, questions: [], notes: [], health: [], ...shape,
});
const settingsOf = (given: Partial<BacktestSettings> = {}): BacktestSettings => ({ ...defaultSettings('backtest'), ...given });

describe('origins', () => {
  test('of 8,000 steps go from 2,000 to 7,000 every 250 where nothing was chosen', () => {
    expect(resolveOrigins(settingsOf(), infoOf())).toEqual({ firstOriginStep: 2000, lastOriginStep: 7000, everySteps: 250 });
  });

  test('lie on the trace’s own steps where it records every tenth', () => {
    const { firstOriginStep, everySteps } = resolveOrigins(settingsOf(), infoOf({ firstStep: 5, lastStep: 8005, strideSteps: 10 }));
    expect((firstOriginStep - 5) % 10).toBe(0);
    expect(everySteps % 10).toBe(0);
  });

  test('are as many as the comparison judges, wherever the trace is long enough', () => {
    fc.assert(fc.property(
      fc.integer({ min: 50, max: 3000 }), fc.option(fc.nat(4000)), fc.option(fc.nat(4000)), fc.option(fc.integer({ min: 1, max: 500 })), fc.integer({ min: 1, max: 40 }),
      (rows, firstOriginStep, lastOriginStep, everySteps, horizon) => {
        const info = infoOf({ rows, lastStep: rows - 1 });
        const plan = comparisonPlan(settingsOf({ firstOriginStep, lastOriginStep, everySteps, horizons: [horizon], forecasters: ['theta'] }), info);
        expect(planProblem(plan, info)).toBeNull();
        const judged = comparisonOrigins(Float64Array.from({ length: rows }, (_, step) => step), plan);
        expect(judged.length).toBe(originCount(plan));
      },
    ));
  });
});

test('a trace that is shorter than the horizon, and no forecaster at all, are said to be no plan', () => {
  const short = infoOf({ rows: 600, lastStep: 599 });
  expect(planProblem(comparisonPlan(settingsOf(), short), short)).toContain('choose a horizon shorter');
  expect(planProblem(comparisonPlan(settingsOf({ forecasters: [] }), infoOf()), infoOf())).toBe('Choose at least one forecaster.');
});

test('more forecasts than a comparison keeps are refused, with what to choose fewer of', () => {
  const plan = comparisonPlan(settingsOf({ everySteps: 1, forecasters: ['last-value', 'theta', 'ridge'] }), infoOf());
  expect(planProblem(plan, infoOf())).toBe('360,072 forecasts are more than the 300,000 that a comparison keeps: choose fewer origins, layers or forecasters.');
  expect(planProblem({ ...plan, contenders: plan.contenders.slice(1) }, infoOf())).toBeNull();
});

test('the work is said as a product', () => {
  const plan = comparisonPlan(settingsOf({ forecasters: ['last-value', 'theta'], layers: [3] }), infoOf());
  expect(workInWords(plan)).toBe('21 origins × 1 layer × 2 forecasters × 2 horizons = 84 forecasts');
  expect(workInWords({ ...plan, refitEvery: 4, horizons: [500] })).toBe('21 origins × 1 layer × 2 forecasters × 1 horizon = 42 forecasts, fitted anew at every 4 origins');
});

test('layers that the trace does not have are left out, and all take part when none is left', () => {
  expect(comparisonPlan(settingsOf({ layers: [1, 40] }), infoOf()).layers).toEqual([1]);
  expect(comparisonPlan(settingsOf({ layers: [40] }), infoOf({}, 2)).layers).toEqual([0, 1]);
});

test('contenders carry all their settings, defaults written out', () => {
  const [contender] = comparisonPlan(settingsOf({ forecasters: ['sliding-average'] }), infoOf()).contenders;
  expect(contender).toMatchObject({ key: 'sliding-average', label: 'Sliding average' });
  expect(contender.values['windowSteps']).toBeGreaterThan(0);
});

test('what changed since a comparison is named, and nothing where nothing did', () => {
  const before = comparisonPlan(settingsOf(), infoOf());
  expect(changesOf(before, comparisonPlan(settingsOf({ coldShare: 0.005 }), infoOf()))).toEqual([]);
  expect(changesOf(before, comparisonPlan(settingsOf({ horizons: [1000], refitEvery: 4 }), infoOf()))).toEqual([
    'horizons changed from 1,000 and 2,000 steps to 1,000 steps', 'refit changed from at every origin to at every 4 origins',
  ]);
  expect(changesOf(before, comparisonPlan(settingsOf({ refitEvery: 10_000 }), infoOf()))).toEqual(['refit changed from at every origin to at the first origin alone']);
  const trained = comparisonPlan(settingsOf({ forecasters: ['auto'] }), infoOf());
  expect(changesOf(trained, { ...trained, seed: 2 })).toEqual(['seed changed from 1 to 2']);
  const untrained = comparisonPlan(settingsOf({ forecasters: ['theta'] }), infoOf());
  expect(changesOf(untrained, { ...untrained, seed: 2 })).toEqual([]);
  const [first, second] = [[0, 1], [0, 2]].map((layers) => comparisonPlan(settingsOf({ layers }), infoOf()));
  expect(changesOf(first, second)).toEqual(['other layers or forecasters were chosen']);
});

test.each([['all', null], ['  ', null], ['0, 3 5-7', [0, 3, 5, 6, 7]], ['7,7', [7]]])('the text %j names layers', (text, layers) => {
  expect(parseLayers(text, 12)).toEqual(layers);
});

test.each([['12', 'no layer 12'], ['5-3', 'backwards'], ['first', 'not a layer']])('the text %j is refused', (text, why) => {
  expect(parseLayers(text, 12)).toContain(why);
});
