import { signal } from '@preact/signals';
import { describe, expect, it, vi } from 'vitest';
import { createRuns, type ForecastCell, type LoadedModel } from '../../../src/app/runs.ts';
import type { TrainingPlan } from '../../../src/app/training-plan.ts';
import type { OpenTrace, Session } from '../../../src/app/session.ts';
import { trainingPlan } from '../../../src/cells/forecast/plan.ts';
import { GatecastError, cancelled } from '../../../src/errors.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { cellOfKind, setSettings } from '../../../src/notebook/edits.ts';
import { parseNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import { isStale } from '../../../src/notebook/settings-key.ts';
import { createNotebook, type NotebookStore } from '../../../src/notebook/store.ts';
import type { Checkpoint, ModelReport, TraceInfo, TrainReport, TrainRequest } from '../../../workers/contract.ts';
import { fingerprintA, fingerprintB, lstmSettings, resultOf } from '../notebook/results.ts';

const traceOf = (fingerprint: string): OpenTrace => {
  const info: TraceInfo = {
    name: 'trace', format: 'CSV', fingerprint, kind: 'counts', rows: 1000, firstStep: 0, lastStep: 999, strideSteps: 1,
    layers: [{ name: '0', experts: 2, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 }],
    hasLoss: false, byteLength: 1000, questions: [], notes: [], health: [],
  };
  return { ref: { kind: 'sample', id: fingerprint, mapping: {} }, info };
};
const settings = lstmSettings();
const cell = (id: string): ForecastCell => ({ id, kind: 'forecast', settings });
const plan: TrainingPlan = trainingPlan(settings, traceOf(fingerprintA).info);
const model: ModelReport = { model: 0, iteration: 10, losses: [{ iteration: 10, train: 1, validation: 1, parts: [] }], firstPoint: 0, forecasts: [{ layer: 0, horizonSteps: 1000, blocks: 1, mean: Float64Array.of(0.5, 0.5) }], ended: null };
const reportAt = (done: number): TrainReport => ({ label: 'training', unit: 'iterations', done, total: 100, stepsPerSecond: 1, models: [{ ...model, iteration: done }], checkpoints: [] });

/** Runs on workers that train until they are cancelled. */
function start() {
  const trace = signal<OpenTrace | null>(traceOf(fingerprintA));
  const reports: ((report: TrainReport) => void)[] = [];
  const workers = {
    trace: { call: () => Promise.resolve([]) },
    gpu: {
      call(method: string, _: unknown, { signal: abort, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (report: TrainReport) => void }) {
        if (method !== 'train') return Promise.resolve({ backend: 'wasm', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 } });
        reports.push(onProgress);
        return new Promise((_resolve, reject) => {
          abort.addEventListener('abort', () => reject(cancelled()));
        });
      },
    },
  };
  const setResult = vi.fn<NotebookStore['setResult']>();
  const runs = createRuns({ trace, workers } as unknown as Session, { setResult } as unknown as NotebookStore, '0');
  return { trace, reports, setResult, runs };
}

describe('a run', () => {
  it('ends when another trace is opened, and what it had belongs to the trace before', async () => {
    const { trace, reports, setResult, runs } = start();
    runs.start(cell('one'), plan);
    runs.start(cell('waiting'), plan);
    await expect.poll(() => reports.length).toBe(1);
    expect([...runs.active.value.values()].map(({ fingerprint }) => fingerprint)).toEqual([fingerprintA, fingerprintA]);
    reports[0](reportAt(10));
    trace.value = traceOf(fingerprintB);
    await expect.poll(() => runs.active.value.size).toBe(0);
    expect(setResult).toHaveBeenCalledTimes(1);
    expect(setResult.mock.calls[0]).toMatchObject(['one', { ended: 'cancelled', provenance: { fingerprint: fingerprintA } }]);
    expect(reports).toHaveLength(1);
    expect(runs.failures.value.size).toBe(0);
  });

  it('goes on when the same trace is opened again, as it is when its worker died', async () => {
    const { trace, reports, runs } = start();
    runs.start(cell('one'), plan);
    await expect.poll(() => reports.length).toBe(1);
    trace.value = traceOf(fingerprintA);
    reports[0](reportAt(20));
    await expect.poll(() => runs.active.value.get('one')?.report?.done).toBe(20);
  });

  it('tells reports that came together as one, the newest', async () => {
    const { reports, runs } = start();
    runs.start(cell('one'), plan);
    await expect.poll(() => reports.length).toBe(1);
    const seen: (number | undefined)[] = [];
    const stop = runs.active.subscribe((active) => seen.push(active.get('one')?.report?.done));
    for (const done of [10, 20, 30]) reports[0](reportAt(done));
    await expect.poll(() => seen.at(-1)).toBe(30);
    expect(seen).toEqual([undefined, 30]);
    stop();
  });
});

describe('a loaded model', () => {
  const checkpoint: Checkpoint = {
    version: 2, model: 0, iteration: 0, bestLoss: Infinity, bestIteration: 0, rateScale: 1, cutAt: 0, diverged: false, losses: [], moments: {},
    weights: {}, bestWeights: { 'output.bias': { shape: [1], values: Float32Array.of(2) } },
  };
  const change = { forecaster: 'lstm' as const, originStep: 500, windowSteps: 300, horizonSteps: 200, seed: 9 };
  const model: LoadedModel = { settings: change, plan: trainingPlan({ ...settings, ...change }, traceOf(fingerprintA).info), checkpoint, weights: { file: 'small.zip' } };
  const device = { backend: 'wasm', engine: 'simd', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 } };

  function open(forecast: (request: unknown) => Promise<unknown>) {
    const notebook = createNotebook(defaultDocument());
    const workers = {
      trace: { call: () => Promise.resolve([]) },
      gpu: { call: (method: string, request: unknown) => (method === 'probe' ? Promise.resolve(device) : forecast(request)) },
    };
    const runs = createRuns({ trace: signal(traceOf(fingerprintA)), workers } as unknown as Session, notebook, '0');
    return { notebook, runs, cell: () => cellOfKind(notebook.document.value, 'forecast', 'forecast') };
  }

  it('becomes settings and result of its cell in one step, which undo takes back', async () => {
    const asked: unknown[] = [];
    const { notebook, runs, cell } = open((request) => {
      asked.push(request);
      return Promise.resolve({ device, models: [[{ layer: 0, horizonSteps: 1000, blocks: 1, mean: Float64Array.of(0.25, 0.75) }]] });
    });
    const before = notebook.document.value;
    expect(await runs.load('forecast', model)).toBe(true);
    expect(asked).toMatchObject([{ models: [{ seed: 9, layers: [0] }], horizonSteps: 200, weights: [checkpoint.bestWeights] }]);
    expect(cell()).toMatchObject({ settings: change, result: { ended: 'loaded', losses: [], forecasts: [{ mean: [0.25, 0.75] }], provenance: { engine: 'simd', weights: { file: 'small.zip' } } } });
    expect(isStale(cell()!, fingerprintA)).toBe(false);
    expect([notebook.undoLabel.value, runs.active.value.size]).toEqual(['Load small.zip', 0]);
    notebook.undo();
    expect(notebook.document.value).toEqual(before);
    expect(notebook.canUndo.value).toBe(false);
  });

  it('that cannot forecast here changes nothing, and the next run starts', async () => {
    const { notebook, runs } = open(() => Promise.reject(new GatecastError({ code: 'bad-setting', message: 'too short' })));
    const before = notebook.document.value;
    await expect(runs.load('forecast', model)).rejects.toMatchObject({ message: 'too short' });
    expect([notebook.document.value, runs.active.value.size, runs.failures.value.size]).toEqual([before, 0, 0]);
    runs.start({ ...cell('forecast'), settings }, plan);
    await expect.poll(() => runs.failures.value.get('forecast')?.message).toBe('too short');
  });

  it('whose loading is cancelled changes nothing and is no error', async () => {
    let end = (): void => {};
    const { notebook, runs } = open(() => new Promise((_resolve, reject) => {
      end = () => reject(cancelled());
    }));
    const before = notebook.document.value;
    const loading = runs.load('forecast', model);
    await expect.poll(() => runs.active.value.get('forecast')?.state).toBe('preparing');
    runs.cancel('forecast');
    end();
    expect(await loading).toBe(false);
    expect(notebook.document.value).toBe(before);
  });
});

describe('a band', () => {
  const device = { backend: 'wasm', engine: 'simd', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 } };
  const trained = lstmSettings({ originStep: 800, horizonSteps: 100 });
  const bandPlan = trainingPlan(trained, traceOf(fingerprintA).info);

  /** A cell that was trained; each model asked for forecasts its origin over 1,000. */
  function open(answer: (asked: TrainRequest) => Promise<void> = () => Promise.resolve()) {
    const notebook = createNotebook(defaultDocument());
    notebook.edit('Train', (document) => setSettings<'forecast'>(document, 'forecast', trained), { result: { cellId: 'forecast', result: resultOf(trained) } });
    const asked: TrainRequest[] = [];
    const known: number[] = [];
    const workers = {
      trace: {
        call(_: string, { originStep }: { readonly originStep: number }) {
          known.push(originStep);
          return Promise.resolve([{ originStep }]);
        },
      },
      gpu: {
        async call(method: string, request: TrainRequest, { signal: abort }: { readonly signal: AbortSignal }) {
          if (method === 'probe') return device;
          asked.push(request);
          await answer(request);
          if (abort.aborted) throw cancelled();
          const models = request.models.map(({ originStep = NaN, horizonSteps }) => ({
            forecasts: [{ layer: 0, horizonSteps, blocks: 1, mean: Float64Array.of(originStep / 1000, 1 - originStep / 1000) }], losses: [], ended: 'all-iterations', checkpoint: { bestWeights: {} },
          }));
          return { models, device };
        },
        kill() {},
      },
    };
    const trace = signal<OpenTrace | null>(traceOf(fingerprintA));
    const runs = createRuns({ trace, workers } as unknown as Session, notebook, '0');
    return { trace, notebook, runs, asked, known, result: () => cellOfKind(notebook.document.value, 'forecast', 'forecast')?.result };
  }

  it('comes from the same training at earlier origins, each on what was known there, and is kept with the result', async () => {
    const { runs, asked, known, result, notebook } = open();
    runs.startBand('forecast', bandPlan);
    expect(runs.bands.value.get('forecast')).toEqual({ progress: null, problem: null });
    await expect.poll(() => runs.bands.value.size).toBe(0);
    const origins = [450, 500, 550, 600, 650, 700, 725, 775];
    expect(result()?.pastForecasts).toEqual(origins.map((originStep) => ({ layer: 0, originStep, mean: [originStep / 1000, Number((1 - originStep / 1000).toPrecision(6))] })));
    expect(known).toEqual(origins);
    expect(asked.flatMap(({ models }) => models.map(({ originStep }) => originStep))).toEqual(origins);
    expect(asked.every(({ models, histories }) => models.every(({ seed }) => seed === trained.seed) && histories.length === models.length)).toBe(true);
    expect(result()).toMatchObject({ forecasts: resultOf(trained).forecasts });
    expect(parseNotebook(serializeNotebook(notebook.document.value)).cells.find(({ id }) => id === 'forecast')?.result).toEqual(result());
  });

  it('is given up when it is cancelled, when another trace opens, and when the cell is trained anew', async () => {
    for (const end of [
      ({ runs }: ReturnType<typeof open>) => runs.cancel('forecast'),
      ({ trace }: ReturnType<typeof open>) => void (trace.value = traceOf(fingerprintB)),
      ({ runs }: ReturnType<typeof open>) => runs.start({ id: 'forecast', kind: 'forecast', settings: trained }, bandPlan),
    ]) {
      let go = (): void => {};
      const one = open(() => new Promise((resolve) => { go = resolve; }));
      one.runs.startBand('forecast', bandPlan);
      await expect.poll(() => one.asked.length).toBe(1);
      end(one);
      expect(one.runs.bands.value.size).toBe(0);
      go();
      await Promise.resolve();
      expect(one.result()).not.toHaveProperty('pastForecasts');
    }
  });

  it('that cannot be made says why until it is forgiven', async () => {
    const { runs, result } = open(() => Promise.reject(new GatecastError({ code: 'out-of-memory', message: 'too large' })));
    runs.startBand('forecast', bandPlan);
    await expect.poll(() => runs.bands.value.get('forecast')?.problem?.message).toBe('too large');
    expect(result()).not.toHaveProperty('pastForecasts');
    runs.forgive('forecast');
    expect(runs.bands.value.size).toBe(0);
  });
});
