/** Trials made again on workers of their own, in a real browser. */
import { signal } from '@preact/signals';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenTrace, Session } from '../../src/app/session.ts';
import type { CheckpointsOfSweep } from '../../src/app/sweep-checkpoints.ts';
import { createReplayTrial, type ReplayTrial } from '../../src/app/sweep-replay.ts';
import { createRunSweep } from '../../src/app/sweep-run.ts';
import { sweepPlan } from '../../src/cells/sweep/plan.ts';
import { replayInWords, tolerancePercent } from '../../src/cells/sweep/replay-words.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import { hash } from '../../src/random.ts';
import { differencePercent } from '../../src/sweep/agreement.ts';
import { usualBranch } from '../../src/sweep/offered.ts';
import { emptySweep, type SweepPlan, type SweepState } from '../../src/sweep/types.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { Checkpoint, TraceWorkerApi } from '../../workers/contract.ts';

const [layers, experts, steps] = [2, 4, 1000];
const workers = {
  cores: 2,
  startForecast: () => new Worker(new URL('../../workers/forecast.worker.ts', import.meta.url), { type: 'module' }),
  startGpu: () => new Worker(new URL('../../workers/gpu.worker.ts', import.meta.url), { type: 'module' }),
};
const trace = new WorkerClient<TraceWorkerApi>(() => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' }));
let session: Session;
let plan: SweepPlan;

beforeAll(async () => {
  const names = Array.from({ length: layers * experts }, (_, i) => `layer${Math.floor(i / experts)}_expert${i % experts}`);
  const rows = Array.from({ length: steps }, (_, step) => [step, ...names.map((__, i) => 500 + ((step * (i % experts)) >> 3) + (hash(1, step, i) % 200))].join());
  const file = new File([[['step', ...names].join(), ...rows].join('\n')], 'drifting.csv');
  const info = await trace.call('open', { origin: { kind: 'files', files: [file], name: file.name } });
  const open: OpenTrace = { ref: { kind: 'file', name: file.name, fingerprint: info.fingerprint, mapping: {} }, info };
  session = { trace: signal(open), workers: { trace } } as unknown as Session;
  const lstm = usualBranch('lstm');
  plan = sweepPlan({
    ...defaultSettings('sweep'), trials: 6, grace: 10, reduction: 2, originStep: 800, horizonSteps: 80,
    branches: [
      {
        ...lstm, values: { ...lstm.values, windowSteps: 200, binSteps: 20, hiddenUnits: 4, iterations: 40, batchSize: 16 },
        dimensions: [{ parameter: 'learningRate', kind: 'range', from: 0.001, to: 0.05, scale: 'log', step: 0, gridPoints: 3 }],
      },
      { ...usualBranch('sliding-average'), dimensions: [{ parameter: 'windowSteps', kind: 'range', from: 20, to: 400, scale: 'log', step: 10, gridPoints: 3 }] },
    ],
  }, info);
});
afterAll(() => trace.kill());

function swept(prefer: 'wasm' | 'webgpu'): Promise<SweepState> {
  const held = new Map<number, readonly Checkpoint[]>();
  const own: CheckpointsOfSweep = {
    read: (trials) => Promise.resolve(new Map(trials.flatMap((trial) => (held.has(trial) ? [[trial, held.get(trial)!] as const] : [])))),
    write: (all) => Promise.resolve(all.forEach((checkpoints, trial) => held.set(trial, checkpoints))),
    clear: () => Promise.resolve(),
  };
  return createRunSweep(session, () => prefer, { of: () => own }, { ...workers, startTrace: () => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' }) })(plan, emptySweep, {
    signal: new AbortController().signal, stopping: new AbortController().signal, onProgress() {}, onState() {}, onDevice() {}, onRecovered() {},
  });
}

const replayOn = (prefer: 'wasm' | 'webgpu'): ReplayTrial => createReplayTrial(session, () => prefer, workers);
const options = { signal: new AbortController().signal, onProgress() {} };

describe('a trial that is made again', () => {
  test('on the CPU has the very same errors, whether it was finished, ended early or only fitted; an altered one does not', async () => {
    const { trials } = await swept('wasm');
    const again = replayOn('wasm');
    const kinds = [
      trials.find(({ forecaster, state }) => forecaster === 'lstm' && state === 'finished')!,
      trials.find(({ forecaster, state }) => forecaster === 'lstm' && state === 'pruned')!,
      trials.find(({ forecaster }) => forecaster === 'sliding-average')!,
    ];
    for (const trial of kinds) {
      const replayed = await again(plan, trial, options);
      expect(replayed.byOrigin).toEqual(trial.byOrigin);
      expect(replayInWords(plan, trial, undefined, replayed)).toMatch(/the same to the last digit\.$/);
      const altered = { ...trial, byOrigin: trial.byOrigin.map((error) => error * 1.02), scores: trial.scores.map((score) => ({ ...score, score: score.score * 1.02 })) };
      expect(replayInWords(plan, altered, undefined, replayed)).toMatch(/it differs by 2 %/);
    }
  }, 120_000);

  test('on the GPU, alone where it was trained beside others, agrees within the tolerance', async () => {
    const { trials } = await swept('webgpu');
    const again = replayOn('webgpu');
    const found: number[] = [];
    for (const trial of trials.filter(({ forecaster }) => forecaster === 'lstm')) found.push(differencePercent(trial.byOrigin, (await again(plan, trial, options)).byOrigin));
    expect(Math.max(...found)).toBeLessThan(tolerancePercent);
  }, 240_000);

  test('can be cancelled', async () => {
    const trial = { id: 0, forecaster: 'lstm', values: { ...plan.space[0].values, iterations: 5000, patience: 1000 }, state: 'finished', scores: [], byOrigin: [], curve: [], elapsedMs: 0, atMs: 0 } as const;
    const ending = new AbortController();
    const slow = replayOn('wasm')({ ...plan, halving: null }, trial, { signal: ending.signal, onProgress: ({ done }) => { if (done > 0) ending.abort(); } });
    await expect(slow).rejects.toMatchObject({ code: 'cancelled' });
  }, 60_000);

  test('that could not be trained says so again', async () => {
    const trial = { id: 0, forecaster: 'lstm', values: plan.space[0].values, state: 'failed', problem: 'too little is known', scores: [], byOrigin: [], curve: [], elapsedMs: 0, atMs: 0 } as const;
    const replayed = await replayOn('wasm')({ ...plan, innerOrigins: [30] }, trial, options);
    expect(replayed.problem).toBeDefined();
    expect(replayInWords(plan, trial, undefined, replayed)).toMatch(/^Trained again, it failed again: /);
  }, 60_000);
});
