import { describe, expect, it } from 'vitest';
import { layersInWords, loadedModel, seenWarning, weightsInWords } from '../../../src/cells/forecast/loaded-model.ts';
import { lstmSettings as lstmOf } from '../../../src/cells/forecast/plan.ts';
import type { GpuWorkerApi, TraceInfo } from '../../../workers/contract.ts';
import { fingerprintA, fingerprintB, lstmSettings, resultOf } from '../notebook/results.ts';

type Imported = GpuWorkerApi['importModel']['response'];

const traceOf = (experts: readonly number[], rows = 4000): TraceInfo => ({
  name: 'trace', format: 'CSV', fingerprint: fingerprintA, kind: 'counts', rows, firstStep: 0, lastStep: rows - 1, strideSteps: 1,
  layers: experts.map((count, layer) => ({ name: String(layer), experts: count, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
  hasLoss: false, byteLength: 1000, questions: [], notes: [], health: [],
});
const imported = (form: 'pooled' | 'joint', change: Partial<Imported> = {}): Imported => ({
  spec: { settings: lstmOf(800, { form, hiddenUnits: 7 }), seed: 5, layers: [0] }, experts: 8, horizonSteps: 600,
  checkpoint: { version: 2, model: 0, iteration: 0, weights: {}, bestWeights: {}, bestLoss: Infinity, bestIteration: 0, rateScale: 1, cutAt: 0, diverged: false, moments: {}, losses: [] },
  ...change,
});
const weights = { file: 'small.zip' };
const settings = lstmSettings({ layer: 2, seed: 1, windowSteps: 100, originStep: 2500 });

describe('a model that is loaded', () => {
  it('gives the cell its settings, seed and horizon; layer and origin stay', () => {
    const { settings: change, plan } = loadedModel(settings, traceOf([8, 16, 8]), imported('pooled'), weights);
    expect(change).toMatchObject({ layer: 2, originStep: 2500, windowSteps: 800, horizonSteps: 600, seed: 5, values: { lstm: { form: 'pooled', hiddenUnits: 7 } } });
    expect(plan).toMatchObject({ layers: [0, 1, 2], originStep: 2500, horizonSteps: 600, seed: 5, settings: { windowSteps: 800, hiddenUnits: 7 } });
  });

  it('writes down an origin that was never chosen, so that the result is about it', () => {
    expect(loadedModel({ ...settings, originStep: null }, traceOf([8, 8, 8]), imported('pooled'), weights).settings.originStep).toBe(3000);
  });

  it('forecasts, where it is joint, the layers with its number of experts, the shown one first', () => {
    expect(loadedModel(settings, traceOf([16, 8, 8]), imported('joint'), weights)).toMatchObject({ settings: { layer: 2 }, plan: { layers: [2, 1] } });
    expect(loadedModel(settings, traceOf([16, 8, 16]), imported('joint'), weights)).toMatchObject({ settings: { layer: 1 }, plan: { layers: [1] } });
  });

  it('keeps its own window on a trace that is shorter, where it is pooled', () => {
    expect(loadedModel(settings, traceOf([8], 700), imported('pooled'), weights).plan).toMatchObject({ settings: { windowSteps: 800 } });
  });

  it.each([
    ['no layer has its experts', traceOf([16, 4]), imported('joint'), /joint model of 8 experts, and the layers of trace have 16 or 4/],
    ['the trace is shorter than its window', traceOf([8], 700), imported('joint'), /window of 800 steps and a horizon of 600 steps/],
    ['it reads several layers at once', traceOf([4, 4]), imported('joint', { spec: { settings: lstmOf(800, { form: 'joint' }), seed: 5, layers: [0, 1] } }), /2 layers at once/],
  ])('is refused, where it is joint, when %s', (_, info, model, message) => {
    expect(() => loadedModel(settings, info, model, weights)).toThrow(expect.objectContaining({
      code: 'bad-setting', where: 'small.zip', message: expect.stringMatching(message) as unknown, remedy: expect.stringMatching(/load a/) as unknown,
    }));
  });
});

describe('what is said of loaded weights', () => {
  const provenance = (on: { readonly fingerprint: string; readonly originStep: number } | undefined) =>
    resultOf(lstmSettings({ originStep: 2500 }), { weights: { file: 'small.zip', ...(on ? { trainedOn: on } : {}) } }).provenance;

  it('names the layers that they forecast', () => {
    expect(layersInWords([0, 1], traceOf([8, 8]))).toBe('all 2 layers');
    expect(layersInWords([2, 1], traceOf([16, 8, 8]))).toBe('the 2 of 3 layers with 8 experts');
    expect(layersInWords([0], traceOf([8]))).toBe('the only layer');
  });

  it('says where they come from', () => {
    expect(weightsInWords(resultOf().provenance)).toBe('trained here');
    expect(weightsInWords(provenance(undefined))).toMatch(/^loaded from small.zip; .*not known/);
    expect(weightsInWords(provenance({ fingerprint: fingerprintA, originStep: 6000 }))).toBe('loaded from small.zip; trained on this trace before step 6,000');
    expect(weightsInWords(provenance({ fingerprint: fingerprintB, originStep: 6000 }))).toMatch(/another trace \(fingerprint bbbbbbbb…\) before step 6,000/);
  });

  it('warns where they have seen what they forecast, and only there', () => {
    expect(seenWarning(provenance({ fingerprint: fingerprintA, originStep: 2501 }))).toMatch(/have seen steps after the origin/);
    expect(seenWarning(provenance({ fingerprint: fingerprintA, originStep: 2500 }))).toBeNull();
    expect(seenWarning(provenance({ fingerprint: fingerprintB, originStep: 6000 }))).toBeNull();
    expect(seenWarning(provenance(undefined))).toBeNull();
    expect(seenWarning(resultOf().provenance)).toBeNull();
  });
});
