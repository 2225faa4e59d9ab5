import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/app/runs.ts';
import { trainingPlan } from '../../../src/cells/forecast/plan.ts';
import { shownTraining } from '../../../src/cells/forecast/training.ts';
import type { CellOf } from '../../../src/notebook/document.ts';
import type { ForecastSettings } from '../../../src/notebook/kinds/forecast.ts';
import type { ModelReport, TraceInfo } from '../../../workers/contract.ts';
import { fingerprintA, fingerprintB, lstmSettings, resultOf } from '../notebook/results.ts';

const info = (layers: number, fingerprint = fingerprintA): TraceInfo => ({
  name: 'trace', format: 'CSV', fingerprint, kind: 'counts', rows: 1000, firstStep: 0, lastStep: 999, strideSteps: 1,
  layers: Array.from({ length: layers }, (_, layer) => ({ name: String(layer), experts: 2, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
  hasLoss: false, byteLength: 1000, questions: [], notes: [], health: [],
});
const joint = (layer: number): ForecastSettings => lstmSettings({ layer, values: { lstm: { form: 'joint' } } });
const cellOf = (settings: ForecastSettings, result?: CellOf<'forecast'>['result']): CellOf<'forecast'> => ({ id: 'forecast', kind: 'forecast', settings, ...(result ? { result } : {}) });
const model = (index: number, layer: number, ended: ModelReport['ended'] = null): ModelReport => ({
  model: index, iteration: 10, ended, forecasts: [{ layer, horizonSteps: 1000, blocks: 1, mean: Float64Array.of(0.5, 0.5) }],
  losses: [{ iteration: 0, train: NaN, validation: 2 + index, parts: [] }], firstPoint: 0,
});
const runOf = (settings: ForecastSettings, trace: TraceInfo, models: readonly ModelReport[]): Run => ({
  state: 'training', startedMs: 0, fingerprint: trace.fingerprint, plan: trainingPlan(settings, trace), banks: [],
  report: { label: 'training', unit: 'iterations', done: 10, total: 100, stepsPerSecond: 1, checkpoints: [], models },
});

describe('what Run trains', () => {
  it('is every layer in both forms, the shown one first where each has its model', () => {
    expect(trainingPlan(joint(1), info(3)).layers).toEqual([1, 0, 2]);
    expect(trainingPlan(lstmSettings({ layer: 1 }), info(3)).layers).toEqual([0, 1, 2]);
  });
});

describe('a training that runs', () => {
  it('shows the curves and forecasts of each model’s layer, and which layers diverged', () => {
    const settings = joint(1);
    const shown = shownTraining(cellOf(settings), info(3), runOf(settings, info(3), [model(0, 1), model(1, 0, 'diverged'), model(2, 2)]));
    expect(shown).toMatchObject({ live: true, form: 'joint', layers: [0, 1, 2], firstLayer: 1, diverged: [0] });
    expect(shown?.curves.map(({ layer, points }) => [layer, points[0].validation])).toEqual([[1, 2], [0, 3], [2, 4]]);
    expect(shown?.forecasts.map(({ layer }) => layer)).toEqual([1, 0, 2]);
  });

  it('keeps its places before the first report', () => {
    const settings = joint(1);
    expect(shownTraining(cellOf(settings), info(3), { ...runOf(settings, info(3), []), report: null })).toMatchObject({ layers: [0, 1, 2], forecasts: [], curves: [], losses: [] });
  });

  it('is shown on the trace that it was started on, not on another of the same shape', () => {
    const run = runOf(joint(1), info(3), [model(0, 1)]);
    expect(shownTraining(cellOf(joint(1)), info(3), run)).not.toBeNull();
    expect(shownTraining(cellOf(joint(1)), info(3, fingerprintB), run)).toBeNull();
  });

  it('is not shown on a trace that lacks its layers', () => {
    const settings = joint(1);
    expect(shownTraining(cellOf(settings), info(2), runOf(settings, info(3), [model(0, 1)]))).toBeNull();
  });
});

describe('a training that is kept', () => {
  const forecasts = [2, 0].map((layer) => ({ layer, blocks: 1, mean: Float64Array.of(0.25, 0.75) }));
  const result = resultOf(lstmSettings(), { forecasts, curves: [{ layer: 0, points: [{ iteration: 0, validation: 2 }, { iteration: 40, validation: 1 }] }], diverged: [2] });

  it('shows what the document holds, up to its last iteration', () => {
    expect(shownTraining(cellOf(lstmSettings(), result), info(3), undefined)).toMatchObject({ live: false, layers: [0, 2], firstLayer: 2, iterations: 40, diverged: [2] });
  });

  it('belongs to its trace alone', () => {
    expect(shownTraining(cellOf(lstmSettings(), result), info(3, fingerprintB), undefined)).toBeNull();
    expect(shownTraining(cellOf(lstmSettings(), result), info(2), undefined)).toBeNull();
  });

  it('is not shown with another forecaster', () => {
    expect(shownTraining(cellOf(lstmSettings({ forecaster: 'last-value' }), result), info(3), undefined)).toBeNull();
  });
});
