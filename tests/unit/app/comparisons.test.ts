import { signal } from '@preact/signals';
import { describe, expect, test, vi } from 'vitest';
import { createComparisons, type Compare, type CompareOptions } from '../../../src/app/comparisons.ts';
import type { OpenTrace } from '../../../src/app/session.ts';
import { GatecastError, cancelled } from '../../../src/errors.ts';
import type { ComparisonResult, ComparisonSettings } from '../../../src/forecast/comparison/types.ts';

const settings = { layers: [0], contenders: [] } as unknown as ComparisonSettings;
const resultOf = (points: number): ComparisonResult => ({ settings, points: Array.from({ length: points }, () => ({}) as ComparisonResult['points'][number]), references: [] });
const openOf = (fingerprint: string): OpenTrace => ({ ref: { kind: 'sample', id: 'a' }, info: { fingerprint } }) as unknown as OpenTrace;

function set() {
  const trace = signal<OpenTrace | null>(openOf('one'));
  const asked: CompareOptions[] = [];
  const settle: { resolve?: (result: ComparisonResult) => void; reject?: (error: GatecastError) => void } = {};
  const compare: Compare = (_, options) => new Promise((resolve, reject) => {
    asked.push(options);
    Object.assign(settle, { resolve, reject });
    options.signal?.addEventListener('abort', () => reject(cancelled()));
  });
  return { trace, asked, comparisons: createComparisons({ trace }, compare), settle };
}

describe('a comparison', () => {
  test('that ends is kept whole', async () => {
    const { comparisons, settle } = set();
    comparisons.start('b', settings);
    expect(comparisons.active.value.get('b')).toMatchObject({ fingerprint: 'one', result: null });
    settle.resolve?.(resultOf(5));
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(comparisons.kept.value.get('b')).toMatchObject({ complete: true, fingerprint: 'one', result: { points: { length: 5 } } });
  });

  test('that is cancelled keeps what has come, and is no failure', async () => {
    const { comparisons, asked } = set();
    comparisons.start('b', settings);
    asked[0].onResult(resultOf(2));
    comparisons.cancel('b');
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(comparisons.kept.value.get('b')).toMatchObject({ complete: false, result: { points: { length: 2 } } });
    expect(comparisons.failures.value.size).toBe(0);
  });

  test('that is cancelled before anything came leaves the one before', async () => {
    const { comparisons, settle } = set();
    comparisons.start('b', settings);
    settle.resolve?.(resultOf(5));
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    comparisons.start('b', settings);
    comparisons.cancel('b');
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
    expect(comparisons.kept.value.get('b')).toMatchObject({ complete: true });
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

  test('is cancelled when another trace is opened', async () => {
    const { comparisons, trace, asked } = set();
    comparisons.start('b', settings);
    trace.value = openOf('two');
    expect(asked[0].signal?.aborted).toBe(true);
    await vi.waitFor(() => expect(comparisons.active.value.size).toBe(0));
  });
});
