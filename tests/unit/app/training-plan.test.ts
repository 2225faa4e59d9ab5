import { describe, expect, it } from 'vitest';
import { modelsOf, needsBank, plannedForecasts } from '../../../src/app/training-plan.ts';
import { autoSettings } from '../../../src/forecast/auto.ts';
import type { BankHistory } from '../../../src/forecast/bank-history.ts';
import type { LstmForm } from '../../../src/forecast/lstm.ts';

const plan = (form: LstmForm, auto = false) => ({ auto, settings: autoSettings(form), seed: 7, layers: [2, 0], horizonSteps: 1000 });

describe('the models of a plan', () => {
  it('are one for all layers, but of the joint form one a layer', () => {
    for (const form of ['pooled', 'residual', 'gate'] as const) expect(modelsOf(plan(form))).toMatchObject([{ settings: { form }, seed: 7, layers: [2, 0] }]);
    expect(modelsOf(plan('joint')).map(({ layers }) => layers)).toEqual([[2], [0]]);
  });

  it('are a residual and a gate of Auto', () => {
    expect(modelsOf(plan('residual', true)).map(({ settings, layers }) => [settings.form, settings.iterations, layers])).toEqual([['residual', 80, [2, 0]], ['gate', 80, [2, 0]]]);
  });

  it('need the bank where they learn on top of it', () => {
    expect(['pooled', 'residual', 'gate', 'joint'].filter((form) => needsBank(plan(form as LstmForm)))).toEqual(['residual', 'gate']);
    expect(needsBank(plan('residual', true))).toBe(true);
  });
});

describe('forecasts of a plan', () => {
  const mean = (...shares: number[]): Float64Array => Float64Array.from(shares);
  const forecast = (layer: number, first: number) => ({ layer, blocks: 1, mean: mean(first, 1 - first) });

  it('are its models’', () => {
    expect(plannedForecasts(plan('joint'), [{ forecasts: [forecast(2, 0.1)] }, { forecasts: [forecast(0, 0.2)] }], [])).toEqual([forecast(2, 0.1), forecast(0, 0.2)]);
  });

  it('are of Auto the mean of its models’ and the weighed bank', () => {
    // Two members, by expert: the first has all the weight.
    const bank = (layer: number, first: number): BankHistory => ({
      layer, experts: 2, originStep: 1, members: ['a', 'b'], practised: [],
      asked: [{ horizonSteps: 1000, judgedSteps: 500, anchors: 1, errors: mean(0.1, 0.9), weights: mean(1, 0), forecasts: mean(first, 0.5, 1 - first, 0.5) }],
    });
    const banks = [bank(2, 0.4), bank(0, 0.7)];
    const [two, none] = plannedForecasts(plan('residual', true), [{ forecasts: [forecast(0, 0.1), forecast(2, 0.2)] }, { forecasts: [forecast(2, 0.3), forecast(0, 0.4)] }], banks);
    expect([two.layer, none.layer]).toEqual([2, 0]);
    expect(two.mean[0]).toBeCloseTo((0.4 + 0.2 + 0.3) / 3, 12);
    expect(none.mean[0]).toBeCloseTo((0.7 + 0.1 + 0.4) / 3, 12);
    expect(plannedForecasts(plan('residual', true), [], banks)[0].mean[0]).toBeCloseTo(0.4, 12);
  });
});
