import { describe, expect, it } from 'vitest';
import { trainingLabel, trainingProgress } from '../../../src/cells/forecast/training-progress.ts';
import type { ModelReport } from '../../../workers/contract.ts';

const model = (ended: ModelReport['ended'] = null): ModelReport => ({ model: 0, iteration: 0, losses: [], firstPoint: 0, forecasts: [], ended });

describe('the progress of a training', () => {
  it('is that of one model where all go forward together', () => {
    expect(trainingProgress({ models: [model(), model(), model()], done: 420, total: 1050, stepsPerSecond: 70 }))
      .toEqual({ done: 140, total: 350, unit: 'iterations', perSecond: 70, leftMs: 3000 });
  });

  it('takes as long as the models that still run need', () => {
    const report = { models: [model('no-improvement'), model('no-improvement'), model('diverged'), model()], done: 3 * 350 + 50, total: 4 * 350, stepsPerSecond: 100 };
    expect(trainingProgress(report)).toMatchObject({ done: 275, total: 350, leftMs: 3000 });
  });

  it('knows no time before there is a speed, and none after the end', () => {
    expect(trainingProgress({ models: [model()], done: 0, total: 350, stepsPerSecond: 0 })).toMatchObject({ perSecond: undefined, leftMs: undefined });
    expect(trainingProgress({ models: [model('all-iterations')], done: 350, total: 350, stepsPerSecond: 10 })).toMatchObject({ done: 350, leftMs: undefined });
  });

  it('says what is done, and with how many models', () => {
    const label = 'training';
    expect(trainingLabel({ label, models: [model(), model()] }, 2)).toBe('Training, 2 models');
    expect(trainingLabel({ label: 'finishing on the newest steps', models: [model(), model('diverged'), model()] }, 3)).toBe('Finishing on the newest steps, 2 of 3 models');
    expect(trainingLabel({ label, models: [model()] }, 12)).toBe('Training, one model for 12 layers');
    expect(trainingLabel({ label, models: [model()] }, 1)).toBe('Training');
  });
});
