import { signal } from '@preact/signals';
import { describe, expect, it, vi } from 'vitest';
import { createRuns, type ForecastCell, type TrainingPlan } from '../../../src/app/runs.ts';
import type { OpenTrace, Session } from '../../../src/app/session.ts';
import { trainingPlan } from '../../../src/cells/forecast/plan.ts';
import { cancelled } from '../../../src/errors.ts';
import type { NotebookStore } from '../../../src/notebook/store.ts';
import type { ModelReport, TraceInfo, TrainReport } from '../../../workers/contract.ts';
import { fingerprintA, fingerprintB, lstmSettings } from '../notebook/results.ts';

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
const model: ModelReport = { model: 0, iteration: 10, losses: [{ iteration: 10, train: 1, validation: 1, parts: [] }], forecasts: [{ layer: 0, blocks: 1, mean: Float64Array.of(0.5, 0.5) }], ended: null };
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
