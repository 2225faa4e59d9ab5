import { signal } from '@preact/signals';
import { describe, expect, test, vi } from 'vitest';
import type { OpenTrace } from '../../../src/app/session.ts';
import type { RunSweep, SweepOptions } from '../../../src/app/sweep-run.ts';
import { createSweeps } from '../../../src/app/sweeps.ts';
import { sweepPlan } from '../../../src/cells/sweep/plan.ts';
import { GatecastError, cancelled } from '../../../src/errors.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell, cellOfKind, setSettings } from '../../../src/notebook/edits.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import { createNotebook } from '../../../src/notebook/store.ts';
import { remarksOf, withRemark } from '../../../src/notebook/sweep-remarks.ts';
import { unpackSweep } from '../../../src/notebook/sweep-result.ts';
import type { SweepState, SweepTrial } from '../../../src/sweep/types.ts';
import type { DeviceInfo, TraceInfo } from '../../../workers/contract.ts';

const [one, two] = ['1', '2'].map((digit) => digit.repeat(32));
const info = { firstStep: 0, lastStep: 9999, strideSteps: 1, layers: [{ name: '0', experts: 16 }] } as unknown as TraceInfo;
const plan = sweepPlan(defaultSettings('sweep'), info);
const openOf = (fingerprint: string): OpenTrace => ({ ref: { kind: 'sample', id: 'a' }, info: { ...info, fingerprint } }) as unknown as OpenTrace;

const trial = (id: number, change: Partial<SweepTrial> = {}): SweepTrial => ({
  id, forecaster: 'lstm', values: { ...plan.space[0].values, learningRate: 0.001 * (id + 1) }, state: 'finished', scores: [{ rung: 0, iterations: 30, score: 2 - id / 10 }],
  byOrigin: [1.5, 2.5], curve: [{ iteration: 0, validation: 1 }, { iteration: 30, validation: 0.5 }], elapsedMs: 100, atMs: 100 * id, ...change,
});
const stateOf = (...trials: SweepTrial[]): SweepState => ({ trials, average: [3, 3], test: null, elapsedMs: 500 });

function set() {
  const trace = signal<OpenTrace | null>(openOf(one));
  const asked: { readonly from: SweepState; readonly options: SweepOptions }[] = [];
  const settle: { resolve?: (state: SweepState) => void; reject?: (error: GatecastError) => void } = {};
  const runSweep: RunSweep = (_, from, options) => new Promise((resolve, reject) => {
    asked.push({ from, options });
    Object.assign(settle, { resolve, reject });
    options.signal.addEventListener('abort', () => reject(cancelled()));
  });
  const notebook = createNotebook(addCell(defaultDocument(), 'sweep', undefined, 's'));
  const kept = () => {
    const stored = cellOfKind(notebook.document.value, 's', 'sweep')?.result;
    return stored && unpackSweep(stored);
  };
  const sweeps = createSweeps({ trace }, notebook, runSweep, '0.1.0');
  const over = (): Promise<void> => vi.waitFor(() => expect(sweeps.active.value.size).toBe(0));
  return { trace, asked, settle, notebook, kept, sweeps, over };
}

describe('remarks about trials', () => {
  const began = ({ sweeps }: ReturnType<typeof set>): string => sweeps.active.value.get('s')!.began;
  const pin = ({ notebook }: ReturnType<typeof set>, of: string): void => notebook.edit('Pin a trial', (document) => (
    setSettings<'sweep'>(document, 's', { remarks: withRemark(cellOfKind(document, 's', 'sweep')!.settings.remarks, of, 0, { pinned: true }) })
  ));
  const said = ({ notebook }: ReturnType<typeof set>, of: string) => remarksOf(cellOfKind(notebook.document.value, 's', 'sweep')!.settings.remarks, of);

  test('are put down while it runs, stay while it goes on, and are no part of what it gives: undo takes them alone', async () => {
    const all = set();
    const { sweeps, asked, settle, notebook, kept, over } = all;
    sweeps.start('s', plan);
    const first = began(all);
    asked[0].options.onState(stateOf(trial(0)));
    pin(all, first);
    sweeps.pause('s');
    await over();
    sweeps.start('s', plan, kept());
    expect(began(all)).toBe(first);
    settle.resolve?.(stateOf(trial(0), trial(1)));
    await over();
    expect(said(all, kept()!.began).get(0)).toEqual({ pinned: true });
    notebook.undo();
    expect(said(all, first).size).toBe(0);
    expect(kept()).toMatchObject({ ended: 'complete', state: { trials: [{ id: 0 }, { id: 1 }] } });
    notebook.redo();
    expect(said(all, first).size).toBe(1);
  });

  test('are about one sweep: the next one of the cell has none', async () => {
    const all = set();
    const { sweeps, asked, kept, over } = all;
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    sweeps.start('s', plan);
    vi.setSystemTime(2_000_000);
    asked[0].options.onState(stateOf(trial(0)));
    pin(all, began(all));
    sweeps.pause('s');
    await over();
    sweeps.start('s', plan);
    asked[1].options.onState(stateOf(trial(0)));
    expect(said(all, began(all)).size).toBe(0);
    sweeps.pause('s');
    await over();
    expect(said(all, kept()!.began).size).toBe(0);
    vi.useRealTimers();
  });
});

describe('what made a score', () => {
  const device = (change: Partial<DeviceInfo>): DeviceInfo => ({ backend: 'wasm', engine: 'simd', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 }, ...change });
  const scored = (id: number, count: number): SweepTrial => trial(id, { scores: Array.from({ length: count }, (_, rung) => ({ rung, iterations: 30 * (rung + 1), score: 2 })) });

  test('is kept with it, whatever it goes on with later', async () => {
    const { sweeps, asked, settle, kept, over } = set();
    sweeps.start('s', plan);
    asked[0].options.onDevice(device({ backend: 'webgpu', engine: 'fused', adapter: 'NVIDIA H100' }));
    asked[0].options.onState(stateOf(scored(0, 1)));
    asked[0].options.onDevice(device({ backend: 'webgpu', engine: 'fused', adapter: 'NVIDIA H100', variant: '16 rows' }));
    asked[0].options.onDevice(device({ variant: 'relaxed SIMD' }));
    asked[0].options.onState(stateOf(scored(0, 1), scored(1, 1)));
    sweeps.pause('s');
    await over();
    sweeps.start('s', plan, kept());
    settle.resolve?.(stateOf(scored(0, 2), scored(1, 1)));
    await over();
    expect(kept()?.makings).toMatchObject([
      { version: '0.1.0', fromMs: 0, backend: 'webgpu', adapter: 'NVIDIA H100', variant: '16 rows' },
      { version: '0.1.0', fromMs: 500, backend: 'wasm', variant: 'relaxed SIMD' },
      { version: '0.1.0', fromMs: 500 },
    ]);
    expect(kept()?.state.trials.map(({ scores }) => scores.map(({ making }) => making))).toEqual([[0, 2], [1]]);
  });

  test('is not known of what older versions kept, also when that goes on; their notebooks open', async () => {
    const { sweeps, asked, settle, kept, over, notebook } = set();
    sweeps.start('s', plan);
    asked[0].options.onState(stateOf(scored(0, 1)));
    sweeps.pause('s');
    await over();
    const { makings: _, began: __, ...older } = cellOfKind(notebook.document.value, 's', 'sweep')!.result!;
    notebook.setResult('s', { ...older, trials: older.trials.map((one) => ({ ...one, scores: one.scores.map(({ making: ___, ...score }) => score) })) });
    expect(kept()).toMatchObject({ makings: [], began: older.time });
    sweeps.start('s', plan, kept());
    settle.resolve?.(stateOf(scored(0, 2)));
    await over();
    expect(kept()?.state.trials[0].scores.map(({ making }) => making)).toEqual([undefined, 0]);
  });

  test('names a making that there is, or the notebook is refused', async () => {
    const { sweeps, settle, notebook, over } = set();
    sweeps.start('s', plan);
    settle.resolve?.(stateOf(scored(0, 1)));
    await over();
    const { makings: _, ...result } = cellOfKind(notebook.document.value, 's', 'sweep')!.result!;
    expect(() => notebook.setResult('s', result)).toThrow(/names a making that it does not hold/);
  });
});

describe('a sweep', () => {
  test('that ends is kept whole, in the document, and comes back as it was', async () => {
    const { sweeps, settle, kept, over } = set();
    sweeps.start('s', plan);
    const state: SweepState = { ...stateOf(trial(0), trial(1, { state: 'failed', scores: [{ rung: 0, iterations: 10, score: NaN }], byOrigin: [], problem: 'the numbers broke' })), test: { trial: 0, byOrigin: [2], average: [3], noiseFloor: [] } };
    settle.resolve?.(state);
    await over();
    expect(kept()).toMatchObject({ ended: 'complete', fingerprint: one, plan, state });
  });

  test('that is paused goes on from where it stood', async () => {
    const { sweeps, asked, kept, over } = set();
    sweeps.start('s', plan);
    asked[0].options.onState(stateOf(trial(0), trial(1, { state: 'running', scores: [], byOrigin: [] })));
    sweeps.pause('s');
    await over();
    expect(kept()).toMatchObject({ ended: 'paused', state: { trials: [{ state: 'finished' }, { state: 'waiting' }] } });
    sweeps.start('s', plan, kept());
    expect(asked[1].from.trials.map(({ state }) => state)).toEqual(['finished', 'waiting']);
  });

  test('that is cancelled keeps what has come, and cannot go on', async () => {
    const { sweeps, asked, kept, over } = set();
    sweeps.start('s', plan);
    asked[0].options.onState(stateOf(trial(0)));
    sweeps.cancel('s');
    await over();
    expect(kept()?.ended).toBe('cancelled');
    expect(sweeps.failures.value.size).toBe(0);
  });

  test('that is stopped is told so, and ends with a test', async () => {
    const { sweeps, asked, settle, kept, over } = set();
    sweeps.start('s', plan);
    sweeps.stop('s');
    expect(sweeps.active.value.get('s')?.stopping).toBe(true);
    expect([asked[0].options.stopping.aborted, asked[0].options.signal.aborted]).toEqual([true, false]);
    settle.resolve?.(stateOf(trial(0)));
    await over();
    expect(kept()?.ended).toBe('stopped');
  });

  test('that fails says why, and can go on', async () => {
    const { sweeps, asked, settle, kept, over } = set();
    sweeps.start('s', plan);
    asked[0].options.onState(stateOf(trial(0)));
    settle.reject?.(new GatecastError({ code: 'device-lost', message: 'the GPU is gone' }));
    await over();
    expect(kept()?.ended).toBe('paused');
    expect(sweeps.failures.value.get('s')?.message).toBe('the GPU is gone');
    sweeps.forgive('s');
    expect(sweeps.failures.value.size).toBe(0);
  });

  test('is paused when another trace is opened', async () => {
    const { sweeps, asked, trace, kept, over } = set();
    sweeps.start('s', plan);
    asked[0].options.onState(stateOf(trial(0)));
    trace.value = openOf(two);
    await over();
    expect(kept()).toMatchObject({ ended: 'paused', fingerprint: one });
  });

  test('of another trace has nothing of the one before, whose last words change nothing', async () => {
    const { sweeps, asked, settle, trace, kept, over } = set();
    sweeps.start('s', plan);
    asked[0].options.onState(stateOf(trial(0)));
    trace.value = openOf(two);
    await over();
    asked[0].options.onState(stateOf(trial(0), trial(1)));
    asked[0].options.onProgress({ done: 2, total: 3, unit: 'trials', label: 'searching' });
    expect(sweeps.active.value.size).toBe(0);
    sweeps.start('s', plan);
    expect(asked[1].from.trials).toEqual([]);
    expect(sweeps.active.value.get('s')).toMatchObject({ fingerprint: two, state: { trials: [] } });
    settle.resolve?.(stateOf(trial(0, { atMs: 77 })));
    await over();
    expect(kept()).toMatchObject({ ended: 'complete', fingerprint: two, state: { trials: [{ atMs: 77 }] } });
    // Back on the first one, its sweep is not on the page.
    trace.value = openOf(one);
    expect(sweeps.active.value.size).toBe(0);
  });
});
