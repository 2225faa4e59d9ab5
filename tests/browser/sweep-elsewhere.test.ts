/** A sweep that tests its best trial on another trace, on workers of its own: it sees nothing that it may not see, there either. */
import { signal } from '@preact/signals';
import { afterEach, describe, expect, test } from 'vitest';
import type { OpenTrace, Session } from '../../src/app/session.ts';
import { createRunSweep, type SweepOptions } from '../../src/app/sweep-run.ts';
import { sweepPlan } from '../../src/cells/sweep/plan.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import { usualBranch } from '../../src/sweep/offered.ts';
import { hash } from '../../src/random.ts';
import { emptySweep, type OtherTraceTest, type SweepPlan, type SweepState, type SweepTrial } from '../../src/sweep/types.ts';
import { usualOrigin } from '../../src/trace/recorded-span.ts';
import type { TraceRef } from '../../src/trace/trace-ref.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { TraceWorkerApi } from '../../workers/contract.ts';

const [experts, steps, horizonSteps] = [4, 1000, 80];
/** The usual origin of all traces here. */
const usual = 750;
const traces: WorkerClient<TraceWorkerApi>[] = [];

afterEach(async () => {
  for (const trace of traces.splice(0)) trace.kill();
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('traces', { create: true });
  for await (const name of folder.keys()) await folder.removeEntry(name).catch(() => {});
});

const startTrace = (): Worker => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' });

/** A drifting trace of some layers; its loads are of one seed before the usual origin, and of another one from there on. */
async function traceOf(layers: number, seed: number, seedAfter = seed) {
  const names = Array.from({ length: layers * experts }, (_, i) => `layer${Math.floor(i / experts)}_expert${i % experts}`);
  const rows = Array.from({ length: steps }, (_, step) => [step, ...names.map((__, i) => 500 + ((step * (i % experts)) >> 3) + (hash(step < usual ? seed : seedAfter, step, i) % 200))].join());
  const file = new File([[['step', ...names].join(), ...rows].join('\n')], `seeds ${seed} and ${seedAfter}.csv`);
  const trace = new WorkerClient<TraceWorkerApi>(startTrace);
  traces.push(trace);
  const info = await trace.call('open', { origin: { kind: 'files', files: [file], name: file.name } });
  expect(usualOrigin(info)).toBe(usual);
  const ref: TraceRef = { kind: 'file', name: file.name, fingerprint: info.fingerprint, mapping: {} };
  return { trace, info, ref };
}

async function opened(layers: number, seed: number): Promise<Session> {
  const { trace, info, ref } = await traceOf(layers, seed);
  return { trace: signal<OpenTrace>({ ref, info }), workers: { trace } } as unknown as Session;
}

async function kept(...of: Parameters<typeof traceOf>): Promise<TraceRef> {
  const { trace, ref } = await traceOf(...of);
  await trace.call('keep', {});
  return ref;
}

/** @param values of the LSTM, beside tiny ones */
function planOf(session: Session, elsewhere: TraceRef, originStep: number, values: Record<string, number | string> = {}): SweepPlan {
  const lstm = usualBranch('lstm');
  return sweepPlan({
    ...defaultSettings('sweep'), trials: 2, halving: false, originStep, horizonSteps, innerOrigins: 1, elsewhere,
    branches: [{
      ...lstm, values: { ...lstm.values, windowSteps: 200, binSteps: 20, hiddenUnits: 4, iterations: 30, batchSize: 16, ...values },
      dimensions: [{ parameter: 'learningRate', kind: 'range', from: 0.001, to: 0.05, scale: 'log', step: 0, gridPoints: 3 }],
    }],
  }, session.trace.peek()!.info);
}

const options = (change: Partial<SweepOptions> = {}): SweepOptions => ({
  signal: new AbortController().signal, stopping: new AbortController().signal,
  onProgress() {}, onState() {}, onDevice() {}, onRecovered() {}, ...change,
});

/** Forecasts that were judged, by trace and origin: what the page asks its forecast workers. */
type Judged = Map<string, number[][]>;

function runOn(session: Session, judged: Judged = new Map()) {
  return createRunSweep(session, () => 'wasm', { of: () => ({ read: async () => new Map(), write: async () => {}, clear: async () => {} }) }, {
    cores: 2, startTrace,
    startForecast() {
      const worker = new Worker(new URL('../../workers/forecast.worker.ts', import.meta.url), { type: 'module' });
      const post = worker.postMessage.bind(worker) as (message: unknown, transfer?: Transferable[] | StructuredSerializeOptions) => void;
      worker.postMessage = (message: { argumentList?: { value: unknown }[] }, transfer?: Transferable[] | StructuredSerializeOptions) => {
        const [, method, request] = (message.argumentList ?? []).map(({ value }) => value);
        if (method === 'scoreForecasts') {
          const { fingerprint, layer, forecasts } = request as { fingerprint: string; layer: number; forecasts: { originStep: number; mean: Float64Array }[] };
          for (const { originStep, mean } of forecasts) {
            const key = `${fingerprint} ${originStep}`;
            judged.set(key, [...judged.get(key) ?? [], [layer, ...mean]]);
          }
        }
        post(message, transfer);
      };
      return worker;
    },
    startGpu: () => new Worker(new URL('../../workers/gpu.worker.ts', import.meta.url), { type: 'module' }),
  });
}

const said = ({ trials, average }: SweepState) => ({ average, trials: trials.map((trial: SweepTrial) => ({ ...trial, elapsedMs: 0, atMs: 0 })) });
const fingerprintOf = (ref: TraceRef): string => (ref.kind === 'file' ? ref.fingerprint : '');
const elsewhereOf = ({ test: tested }: SweepState): OtherTraceTest => tested?.elsewhere as OtherTraceTest;

describe('a sweep that tests elsewhere', () => {
  test('sees nothing of the other trace while it searches, and nothing from each origin there on', async () => {
    const session = await opened(2, 1);
    const [one, garbageAfter, garbage] = [await kept(3, 5), await kept(3, 5, 6), await kept(3, 7)];
    const forecasts: Judged[] = [];
    const states: SweepState[] = [];
    for (const other of [one, garbageAfter, garbage]) {
      forecasts.push(new Map());
      states.push(await runOn(session, forecasts.at(-1))(planOf(session, other, 800), emptySweep, options()));
    }
    const [found, after, everywhere] = states;
    for (const state of [after, everywhere]) {
      expect(said(state)).toEqual(said(found));
      expect(state.test?.byOrigin).toEqual(found.test?.byOrigin);
    }
    const at = (which: number, other: TraceRef, originStep: number) => forecasts[which].get(`${fingerprintOf(other)} ${originStep}`);
    // Two layers, each trained there and as it was trained here.
    expect(at(0, one, usual)).toHaveLength(4);
    expect(at(1, garbageAfter, usual)).toEqual(at(0, one, usual));
    expect(at(1, garbageAfter, usual + horizonSteps)).not.toEqual(at(0, one, usual + horizonSteps));
    expect(at(2, garbage, usual)).not.toEqual(at(0, one, usual));
    const test = elsewhereOf(found);
    expect(test).toMatchObject({ fingerprint: fingerprintOf(one), layers: [0, 1], origins: [usual, usual + horizonSteps, usual + 2 * horizonSteps] });
    expect(test.asTrained).not.toEqual({ byOrigin: test.byOrigin });
    expect([test.byOrigin, test.average, test.noiseFloor].map(({ length }) => length)).toEqual([3, 3, 3]);
    expect(elsewhereOf(after).average[0]).not.toBe(test.average[0]);
  }, 120_000);

  test('on the same loads forecasts as it did here: trained there, and with the networks of the first origin', async () => {
    // The other trace has a third layer, so it is another one; the first two are the same.
    const session = await opened(2, 1);
    const twin = await kept(3, 1);
    for (const form of ['pooled', 'joint']) {
      const { test } = await runOn(session)(planOf(session, twin, usual, { form }), emptySweep, options());
      const elsewhere = test?.elsewhere as OtherTraceTest;
      expect(elsewhere.average).toEqual(test?.average);
      for (const [i, error] of test!.byOrigin.entries()) expect(elsewhere.byOrigin[i]).toBeCloseTo(error, 6);
      const { byOrigin } = elsewhere.asTrained as { readonly byOrigin: readonly number[] };
      expect(byOrigin[0]).toBeCloseTo(test!.byOrigin[0], 5);
      expect(byOrigin[1]).not.toBeCloseTo(test!.byOrigin[1], 5);
    }
  }, 120_000);

  test('interrupted between its two tests it goes on to the same end', async () => {
    const session = await opened(2, 1);
    const plan = planOf(session, await kept(3, 5), 800);
    const whole = await runOn(session)(plan, emptySweep, options());
    const ending = new AbortController();
    let stood = emptySweep;
    await expect(runOn(session)(plan, emptySweep, options({
      signal: ending.signal,
      onState(state) {
        if (ending.signal.aborted) return;
        stood = state;
        if (state.test) ending.abort();
      },
    }))).rejects.toMatchObject({ code: 'cancelled' });
    expect(stood.test).toEqual({ ...whole.test, elsewhere: undefined });
    const labels = new Set<string>();
    const again = await runOn(session)(plan, stood, options({ onProgress: ({ label }) => labels.add(label) }));
    expect(again.test).toEqual(whole.test);
    expect([...labels]).not.toContain('Testing the best trial on later steps');
    expect([...labels]).toContain('Testing the best trial on seeds 5 and 5.csv');
  }, 120_000);

  test('of a forecaster without training fits it there, and has nothing as it was trained here', async () => {
    const session = await opened(2, 1);
    const twin = await kept(3, 1);
    const branch = { ...usualBranch('sliding-average'), dimensions: [{ parameter: 'windowSteps', kind: 'range', from: 20, to: 400, scale: 'log', step: 10, gridPoints: 3 }] } as const;
    const { test } = await runOn(session)({ ...planOf(session, twin, usual), space: [branch] }, emptySweep, options());
    const elsewhere = test?.elsewhere as OtherTraceTest;
    expect(elsewhere.byOrigin).toEqual(test?.byOrigin);
    expect(elsewhere.byOrigin.every((error) => error > 0)).toBe(true);
    expect(elsewhere.asTrained).toBeUndefined();
  }, 60_000);

  test('says what is missing, and ends with its own test', async () => {
    const session = await opened(2, 1);
    const gone = await runOn(session)(planOf(session, { kind: 'file', name: 'gone.csv', fingerprint: 'a'.repeat(32), mapping: {} }, 800), emptySweep, options());
    expect(gone.test?.byOrigin).toHaveLength(2);
    expect(JSON.stringify(gone.test?.elsewhere)).toMatch(/^{"problem":"this browser does not keep that trace any more.*; open the file again"}$/);
    const none = await runOn(session)(planOf(session, { kind: 'sample', id: 'none' }, 800), emptySweep, options());
    expect(none.test?.elsewhere).toEqual({ problem: 'there is no sample "none"; choose another trace to test on' });
  }, 60_000);
});
