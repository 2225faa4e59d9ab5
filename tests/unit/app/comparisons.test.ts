import { signal } from '@preact/signals';
import { describe, expect, test, vi } from 'vitest';
import { createComparisons, type Compare, type CompareOptions } from '../../../src/app/comparisons.ts';
import type { OpenTrace } from '../../../src/app/session.ts';
import { GatecastError, cancelled } from '../../../src/errors.ts';
import type { ComparisonResult, ComparisonSettings } from '../../../src/forecast/comparison/types.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import type { NotebookDocument } from '../../../src/notebook/document.ts';
import { addCell, cellOfKind } from '../../../src/notebook/edits.ts';
import { createNotebook } from '../../../src/notebook/store.ts';
import type { Scores } from '../../../workers/contract.ts';

const [fingerprintOne, fingerprintTwo] = ['1', '2'].map((digit) => digit.repeat(32));
const settings: ComparisonSettings = {
  layers: [0], contenders: [{ key: 'theta', id: 'theta', label: 'Theta method', values: {} }], firstOriginStep: 100, lastOriginStep: 900, everySteps: 100, horizons: [50],
  refitEvery: 1, coverage: 0.9, coldShare: 0, seed: 1,
};
const scores: Scores = { loadBlock: 1, loadPerStep: 2, relativeBlock: 3, relativePerStep: 4, absoluteBlock: 5, absolutePerStep: 6 };
const resultOf = (points: number): ComparisonResult => ({
  settings, references: [],
  points: Array.from({ length: points }, (_, i) => ({ layer: 0, contender: 0, originStep: 100 * (i + 1), horizon: 0, scores, mase: 1, covered: NaN, width: NaN, elapsedMs: 1 })),
});
const openOf = (fingerprint: string): OpenTrace => ({ ref: { kind: 'sample', id: 'a' }, info: { fingerprint } }) as unknown as OpenTrace;
const documentOf = (): NotebookDocument => ['b', 'c'].reduce((document, id) => addCell(document, 'backtest', undefined, id), defaultDocument());

function set() {
  const trace = signal<OpenTrace | null>(openOf(fingerprintOne));
  const asked: CompareOptions[] = [];
  const settle: { resolve?: (result: ComparisonResult) => void; reject?: (error: GatecastError) => void } = {};
  const compare: Compare = (_, options) => new Promise((resolve, reject) => {
    asked.push(options);
    Object.assign(settle, { resolve, reject });
    options.signal?.addEventListener('abort', () => reject(cancelled()));
  });
  const notebook = createNotebook(documentOf());
  const resultIn = (id: string) => cellOfKind(notebook.document.value, id, 'backtest')?.result;
  return { trace, asked, notebook, resultIn, comparisons: createComparisons({ trace }, notebook, compare, '0.1.0'), settle };
}

describe('a comparison', () => {
  test('that ends is kept whole, in the document', async () => {
    const { comparisons, asked, settle, resultIn } = set();
    comparisons.start('b', settings);
    expect(comparisons.active.value.get('b')).toMatchObject({ fingerprint: fingerprintOne, result: null });
    asked[0].onDevice?.({ backend: 'webgpu', engine: 'fused', adapter: 'NVIDIA H100', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 } });
    settle.resolve?.(resultOf(5));
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(resultIn('b')).toMatchObject({ complete: true, fingerprint: fingerprintOne, version: '0.1.0', device: 'NVIDIA H100 (fused WebGPU engine)', origins: [100, 200, 300, 400, 500] });
    expect(resultIn('c')).toBeUndefined();
  });

  test('that is cancelled keeps what has come, and is no failure', async () => {
    const { comparisons, asked, resultIn } = set();
    comparisons.start('b', settings);
    asked[0].onResult(resultOf(2));
    comparisons.cancel('b');
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(resultIn('b')).toMatchObject({ complete: false, origins: [100, 200] });
    expect(comparisons.failures.value.size).toBe(0);
  });

  test('that is cancelled before anything came leaves the one before', async () => {
    const { comparisons, settle, resultIn } = set();
    comparisons.start('b', settings);
    settle.resolve?.(resultOf(5));
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    comparisons.start('b', settings);
    comparisons.cancel('b');
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(resultIn('b')).toMatchObject({ complete: true });
  });

  test('that fails says why until it is forgiven', async () => {
    const { comparisons, settle } = set();
    comparisons.start('b', settings);
    settle.reject?.(new GatecastError({ code: 'bad-setting', message: 'no origin' }));
    await vi.waitFor(() => expect(comparisons.failures.value.get('b')).toMatchObject({ code: 'bad-setting', message: 'no origin' }));
    comparisons.forgive('b');
    expect(comparisons.failures.value.size).toBe(0);
  });

  test('runs once a cell, and beside that of another cell', () => {
    const { comparisons, asked } = set();
    comparisons.start('b', settings);
    comparisons.start('b', settings);
    comparisons.start('c', settings);
    expect(asked.length).toBe(2);
    expect([...comparisons.active.value.keys()]).toEqual(['b', 'c']);
  });

  test('is not kept in another notebook whose cell of that id is something else', async () => {
    const { comparisons, notebook, settle } = set();
    comparisons.start('b', settings);
    notebook.open(addCell(defaultDocument(), 'note', undefined, 'b'));
    settle.resolve?.(resultOf(5));
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(comparisons.failures.value.size).toBe(0);
    expect(notebook.document.value.cells.at(-1)).not.toHaveProperty('result');
  });

  test('is cancelled when another trace is opened', async () => {
    const { comparisons, trace, asked } = set();
    comparisons.start('b', settings);
    trace.value = openOf(fingerprintTwo);
    expect(asked[0].signal?.aborted).toBe(true);
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
  });
});
