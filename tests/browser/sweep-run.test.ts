/** A sweep on workers of its own, in a real browser: it sees nothing from its origin on, and goes on whatever happens to them. */
import { signal } from '@preact/signals';
import { afterEach, describe, expect, test } from 'vitest';
import * as Comlink from 'comlink';
import type { DevicePreference } from '../../src/app/runs.ts';
import type { OpenTrace, Session } from '../../src/app/session.ts';
import type { CheckpointsOfSweep, SweepCheckpoints } from '../../src/app/sweep-checkpoints.ts';
import { createRunSweep, type SweepOptions } from '../../src/app/sweep-run.ts';
import { sweepPlan } from '../../src/cells/sweep/plan.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import { usualBranch } from '../../src/sweep/offered.ts';
import { hash } from '../../src/random.ts';
import { emptySweep, type SweepPlan, type SweepState, type SweepTrial } from '../../src/sweep/types.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { Checkpoint, TraceWorkerApi } from '../../workers/contract.ts';
import type { Served } from '../../workers/serve.ts';

const [layers, experts, steps, originStep] = [2, 4, 1000, 800];
const traces: WorkerClient<TraceWorkerApi>[] = [];
let gpuWorkers: Worker[] = [];

afterEach(() => {
  for (const trace of traces.splice(0)) trace.kill();
});

/** A drifting trace; from the origin on its loads are of another seed. */
async function opened(seedAfter: number): Promise<Session> {
  const names = Array.from({ length: layers * experts }, (_, i) => `layer${Math.floor(i / experts)}_expert${i % experts}`);
  const rows = Array.from({ length: steps }, (_, step) => [step, ...names.map((__, i) => 500 + ((step * (i % experts)) >> 3) + (hash(step < originStep ? 1 : seedAfter, step, i) % 200))].join());
  const file = new File([[['step', ...names].join(), ...rows].join('\n')], 'drifting.csv');
  const trace = new WorkerClient<TraceWorkerApi>(() => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' }));
  traces.push(trace);
  const info = await trace.call('open', { origin: { kind: 'files', files: [file], name: file.name } });
  const open: OpenTrace = { ref: { kind: 'file', name: file.name, fingerprint: info.fingerprint, mapping: {} }, info };
  return { trace: signal(open), workers: { trace } } as unknown as Session;
}

function checkpointsInMemory(): SweepCheckpoints & { readonly held: Map<number, readonly Checkpoint[]> } {
  const held = new Map<number, readonly Checkpoint[]>();
  const own: CheckpointsOfSweep = {
    read: (trials) => Promise.resolve(new Map(trials.flatMap((trial) => (held.has(trial) ? [[trial, held.get(trial)!] as const] : [])))),
    write: (all) => {
      for (const [trial, checkpoints] of all) held.set(trial, checkpoints);
      return Promise.resolve();
    },
    clear: () => {
      held.clear();
      return Promise.resolve();
    },
  };
  return { held, of: () => own };
}

function planOf(session: Session): SweepPlan {
  const lstm = usualBranch('lstm');
  const plan = sweepPlan({
    ...defaultSettings('sweep'), trials: 6, grace: 10, reduction: 2, originStep, horizonSteps: 80,
    branches: [
      {
        ...lstm, values: { ...lstm.values, windowSteps: 200, binSteps: 20, hiddenUnits: 4, iterations: 40, batchSize: 16 },
        dimensions: [{ parameter: 'learningRate', kind: 'range', from: 0.001, to: 0.05, scale: 'log', step: 0, gridPoints: 3 }],
      },
      { ...usualBranch('sliding-average'), dimensions: [{ parameter: 'windowSteps', kind: 'range', from: 20, to: 400, scale: 'log', step: 10, gridPoints: 3 }] },
    ],
  }, session.trace.peek()!.info);
  return plan;
}

const options = (change: Partial<SweepOptions> = {}): SweepOptions => ({
  signal: new AbortController().signal, stopping: new AbortController().signal,
  onProgress() {}, onState() {}, onDevice() {}, onRecovered() {}, ...change,
});

function runOn(session: Session, checkpoints: SweepCheckpoints = checkpointsInMemory(), prefer: DevicePreference = 'wasm') {
  gpuWorkers = [];
  return createRunSweep(session, () => prefer, checkpoints, {
    cores: 2,
    startForecast: () => new Worker(new URL('../../workers/forecast.worker.ts', import.meta.url), { type: 'module' }),
    startTrace: () => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' }),
    startGpu() {
      const worker = new Worker(new URL('../../workers/gpu.worker.ts', import.meta.url), { type: 'module' });
      gpuWorkers.push(worker);
      return worker;
    },
  });
}

/** All that follows from seeds, without times. */
const said = ({ trials, average }: SweepState) => ({ average, trials: trials.map((trial: SweepTrial) => ({ ...trial, elapsedMs: 0, atMs: 0 })) });

describe('a sweep on workers', () => {
  test('sees nothing from its origin on: other steps there change its test and nothing else', async () => {
    const [one, other] = [await opened(1), await opened(2)];
    const plan = planOf(one);
    const found = await runOn(one)(plan, emptySweep, options());
    const again = await runOn(other)(plan, emptySweep, options());
    expect(said(again)).toEqual(said(found));
    expect(again.test?.trial).toBe(found.test?.trial);
    expect(again.test?.byOrigin).not.toEqual(found.test?.byOrigin);
    const states = found.trials.map(({ forecaster, state }) => `${forecaster} ${state}`);
    expect(states).toContain('lstm finished');
    expect(states).toContain('lstm pruned');
    expect(states).toContain('sliding-average finished');
    expect(found.trials.every(({ scores }) => scores.every(({ score }) => score > 0))).toBe(true);
  });

  test('interrupted between two rungs it goes on to the same end', async () => {
    const session = await opened(1);
    const plan = planOf(session);
    const whole = await runOn(session)(plan, emptySweep, options());
    const checkpoints = checkpointsInMemory();
    const ending = new AbortController();
    let stood = emptySweep;
    await expect(runOn(session, checkpoints)(plan, emptySweep, options({
      signal: ending.signal,
      onState(state) {
        if (ending.signal.aborted) return;
        stood = state;
        if (state.trials.some(({ forecaster, scores }) => forecaster === 'lstm' && scores.length === 1)) ending.abort();
      },
    }))).rejects.toMatchObject({ code: 'cancelled' });
    expect(checkpoints.held.size).toBeGreaterThan(0);
    expect(said(await runOn(session, checkpoints)(plan, stood, options()))).toEqual(said(whole));
    expect(checkpoints.held.size).toBe(0);
  });

  test('that was stopped is tested without a new trial', async () => {
    const session = await opened(1);
    const usual = planOf(session);
    for (const space of [usual.space, usual.space.slice(1)]) {
      const plan = { ...usual, space };
      const found = await runOn(session)({ ...plan, trials: 2 }, emptySweep, options());
      const stopping = new AbortController();
      stopping.abort();
      const again = await runOn(session)(plan, { ...found, test: null }, options({ stopping: stopping.signal }));
      expect(again.trials).toEqual(found.trials);
      expect(again.test).toEqual(found.test);
      expect(again.test).not.toBeNull();
    }
  });

  test('goes on when its training worker dies', async () => {
    const session = await opened(1);
    const plan = planOf(session);
    const whole = await runOn(session)(plan, emptySweep, options());
    let asked = 0;
    const notices: string[] = [];
    const state = await runOn(session)(plan, emptySweep, options({
      onDevice() {
        // The first time its device is looked at; the second time it is just about to train.
        if (++asked === 2) gpuWorkers[0].terminate();
      },
      onRecovered: (notice) => notices.push(notice),
    }));
    expect(notices).toHaveLength(1);
    expect(gpuWorkers).toHaveLength(2);
    expect(said(state)).toEqual(said(whole));
  });

  test('goes on to the same end when the GPU is lost in the middle of a rung, and says so', async () => {
    const session = await opened(1);
    const usual = planOf(session);
    const [lstm] = usual.space;
    const plan: SweepPlan = { ...usual, space: [lstm], trials: 2, layers: [0], innerOrigins: usual.innerOrigins.slice(0, 1), testOrigins: [], halving: { grace: 400, reduction: 2 } };
    const long: SweepPlan = { ...plan, space: [{ ...lstm, values: { ...lstm.values, iterations: 1200, patience: 1000 } }] };
    const whole = await runOn(session, checkpointsInMemory(), 'webgpu')(long, emptySweep, options());
    const notices: string[] = [];
    const devices: string[] = [];
    let lost: Promise<unknown> | null = null;
    let iteration = Infinity;
    const state = await runOn(session, checkpointsInMemory(), 'webgpu')(long, emptySweep, options({
      onDevice: ({ backend }) => devices.push(backend),
      onRecovered: (notice) => notices.push(notice),
      onState({ trials }) {
        const running = trials.find((trial) => trial.state === 'running' && trial.curve.length > 1);
        if (!running || lost) return;
        iteration = running.curve.at(-1)!.iteration;
        // Past the client, which belongs to the sweep.
        lost = Comlink.wrap<Served>(gpuWorkers[0]).run(1e6, 'loseDevice', {}, false);
      },
    }));
    expect(iteration).toBeLessThan(400);
    expect(devices).not.toContain('wasm');
    expect(gpuWorkers).toHaveLength(2);
    expect(notices).toEqual(['The GPU was lost: going on from the last checkpoint']);
    expect(state.trials.some(({ state: end }) => end === 'finished')).toBe(true);
    expect(said(state)).toEqual(said(whole));
  }, 240_000);
});
