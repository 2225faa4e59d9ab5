import { describe, expect, test } from 'vitest';
import { sweepCsv, sweepJson } from '../../../src/cells/sweep/export.ts';
import { sweepFinding } from '../../../src/cells/sweep/finding.ts';
import { shownRows } from '../../../src/cells/sweep/leaderboard-rows.ts';
import { sweepPlan } from '../../../src/cells/sweep/plan.ts';
import type { Remarks } from '../../../src/cells/sweep/remarks.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import type { KeptSweep } from '../../../src/notebook/sweep-result.ts';
import { leaderboardOf } from '../../../src/sweep/leaderboard.ts';
import type { SweepPlan, SweepTrial } from '../../../src/sweep/types.ts';
import { trialProvenance } from '../../../src/cells/sweep/trial-provenance.ts';
import { comparedCurves, comparedFacts } from '../../../src/cells/sweep/trial-comparison.ts';
import { usualBranch } from '../../../src/sweep/offered.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const info = { name: 'run', fingerprint: 'a'.repeat(32), firstStep: 0, lastStep: 9999, strideSteps: 1, layers: [{ name: 'block 0', experts: 16 }] } as unknown as TraceInfo;
const plan = sweepPlan(defaultSettings('sweep'), info);
const [gpu, cpu] = [
  { version: '0.1.0', time: '2026-11-27T09:00:00.000Z', fromMs: 0, backend: 'webgpu', engine: 'fused', adapter: 'NVIDIA H100', variant: 'registers 256, 16 rows' },
  { version: '0.2.0', time: '2026-11-28T09:00:00.000Z', fromMs: 150, backend: 'wasm', engine: 'simd', variant: 'relaxed SIMD' },
] as const;
const trial = (id: number, score: number): SweepTrial => ({
  id, forecaster: 'lstm', values: { ...plan.space[0].values, learningRate: 0.001 * (id + 1) }, state: 'finished', scores: [{ rung: 0, iterations: 30, score }],
  byOrigin: [score - 0.5, score + 0.5], curve: [], elapsedMs: 100, atMs: 100 * id,
});
const kept: KeptSweep = {
  fingerprint: info.fingerprint, plan, ended: 'complete', began: '2026-11-27T09:00:00.000Z', makings: [gpu, cpu], version: '0.1.0', time: new Date('2026-11-27T09:10:00.000Z'),
  state: { trials: [trial(0, 3), trial(1, 2), trial(2, 4)], average: [3, 3], test: null, elapsedMs: 500 },
};
const remarks: Remarks = new Map([[2, { name: 'slow, "old"', note: 'line\nline', pinned: true }]]);

describe('trials with names', () => {
  test('pinned ones stand above the best, each once, however few are shown', () => {
    const ranked = leaderboardOf(kept.state.trials, { averageError: 3 });
    const shown = (others: number) => shownRows(ranked, remarks, others).map(({ record }) => record.id);
    expect(shown(1)).toEqual([2, 1]);
    expect(shown(Infinity)).toEqual([2, 1, 0]);
  });

  test('the finding calls the best one by its name', () => {
    const named = new Map([[1, { name: 'wide' }]]);
    expect(sweepFinding(plan, kept.state, false, named)).toMatch(/^Trial 1 “wide” is best where the search looked/);
    expect(sweepFinding(plan, kept.state, true, named)).toMatch(/^So far trial 1 “wide” is best/);
    expect(sweepFinding(plan, kept.state, true)).toMatch(/^So far trial 1 is best/);
  });

  test('files carry what the person put down', () => {
    const [heading, first, , third] = sweepCsv(info, kept, remarks).split('\r\n');
    expect(heading).toMatch(/,trial,name,note,pinned,forecaster,/);
    expect(first).toContain(',0,,,,lstm,');
    expect(third).toContain(',2,"slow, ""old""","line\nline",pinned,lstm,');
    const { trials } = JSON.parse(sweepJson(info, kept, remarks)) as { trials: readonly object[] };
    expect(trials[2]).toMatchObject({ id: 2, name: 'slow, "old"', note: 'line\nline', pinned: true });
    expect(trials[0]).not.toHaveProperty('name');
  });
});

describe('trials side by side', () => {
  const [first, second] = kept.state.trials;
  const values = (plan: SweepPlan, trials: readonly SweepTrial[]) => new Map(comparedFacts(plan, kept.state, trials).map(({ label, values: own, differs }) => [label, differs ? [...own, 'differs'] : own]));

  test('say where their settings differ, and what came of it', () => {
    const facts = values(plan, [first, { ...second, state: 'pruned', curve: [] }]);
    expect(facts.get('Learning rate')).toEqual(['0.001', '0.002', 'differs']);
    expect(facts.get('Hidden units')?.at(-1)).not.toBe('differs');
    expect(facts.get('Error, %')).toEqual(['3.000', '2.000']);
    expect(facts.get('Against the average, %')).toEqual(['0.0', '-33.3']);
    expect(facts.get(`Error at step ${plan.innerOrigins[0].toLocaleString('en-US')}, %`)).toEqual(['2.500', '1.500']);
    expect(facts.get('State')).toEqual(['finished', 'ended early']);
  });

  test('of several forecasters, each has its own settings', () => {
    const average = { ...usualBranch('sliding-average'), dimensions: [{ parameter: 'windowSteps', kind: 'range', from: 20, to: 400, scale: 'log', step: 10, gridPoints: 3 } as const] };
    const facts = values({ ...plan, space: [...plan.space, average] }, [first, { ...second, forecaster: 'sliding-average', values: { windowSteps: 40 }, scores: [], byOrigin: [], state: 'failed' }]);
    expect(facts.get('Forecaster')?.at(-1)).toBe('differs');
    expect(facts.get('Learning rate')).toEqual(['0.001', '–', 'differs']);
    expect(facts.get('Error, %')).toEqual(['3.000', '–']);
  });

  test('those that were trained have curves, by name', () => {
    const curve = [{ iteration: 0, validation: 1 }, { iteration: 30, validation: 0.5 }];
    expect(comparedCurves([first, { ...second, curve }], new Map([[1, { name: 'wide' }]]))).toMatchObject([{ label: 'trial 1 “wide”', x: [0, 30], y: [1, 0.5] }]);
  });
});

describe('how a trial was made', () => {
  const climbed: SweepTrial = { ...kept.state.trials[2], scores: [{ rung: 0, iterations: 30, score: 3, making: 0 }, { rung: 1, iterations: 90, score: 2, making: 1 }] };

  test('is told by what made its last score, and by what made earlier ones where that was something else', () => {
    const facts = new Map(trialProvenance(plan, climbed, info.fingerprint, kept.makings));
    expect(facts.get('Made on')).toBe('the CPU (SIMD WebAssembly engine)');
    expect(facts.get('Kernels')).toBe('relaxed SIMD');
    expect(facts.get('Earlier')).toBe('rung 0 on NVIDIA H100 (fused WebGPU engine), Gatecast 0.1.0');
    expect(facts.get('Gatecast')).toBe('0.2.0');
    // 200 ms of the sweep, 50 of them since it was taken up again.
    expect(facts.get('Time')).toBe('2026-11-28T09:00:00.050Z');
    expect(facts.get('Iterations')).toBe('30 and 90');
    expect(facts.get('Trace fingerprint')).toBe(info.fingerprint);
  });

  test('is not made up where it is not known, nor a device where nothing was trained', () => {
    expect(new Map(trialProvenance(plan, kept.state.trials[0], info.fingerprint, [])).get('Made on')).toMatch(/^not known/);
    const fitted = new Map(trialProvenance(plan, { ...climbed, forecaster: 'sliding-average' }, info.fingerprint, kept.makings));
    expect(fitted.get('Made on')).toBe('the CPU (fitted, nothing was trained)');
    expect(fitted.has('Kernels')).toBe(false);
  });

  test('stands in each row of the table that is exported, and in the JSON', () => {
    const made = { ...kept, state: { ...kept.state, trials: [climbed] } };
    const [, first, second] = sweepCsv(info, made, new Map()).split('\r\n');
    expect(first).toContain(',0.1.0,NVIDIA H100 (fused WebGPU engine),"registers 256, 16 rows",2026-11-27T09:00:00.000Z,');
    expect(second).toContain(',0.2.0,the CPU (SIMD WebAssembly engine),relaxed SIMD,2026-11-28T09:00:00.000Z,');
    expect(JSON.parse(sweepJson(info, made, new Map()))).toMatchObject({ makings: [gpu, cpu], trials: [{ scores: [{ making: 0 }, { making: 1 }] }] });
  });
});
