import { describe, expect, test } from 'vitest';
import type { ComparisonResult } from '../../../src/forecast/comparison/types.ts';
import { packComparison, unpackComparison, type KeptComparison } from '../../../src/notebook/comparison-result.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell } from '../../../src/notebook/edits.ts';
import { parseNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import type { StoredComparison } from '../../../src/notebook/kinds/comparison-result.ts';
import { parseResult } from '../../../src/notebook/schema.ts';
import { createNotebook } from '../../../src/notebook/store.ts';
import { comparisonPlan } from '../../../src/cells/backtest/plan.ts';
import { madeUpResult } from '../../gallery/backtest-app.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import { refusal } from './errors.ts';
import { fingerprintA } from './results.ts';

const plan = {
  ...comparisonPlan({ ...defaultSettings('backtest'), forecasters: ['last-value', 'ridge', 'auto'] }, {
    name: 't', format: 'f', fingerprint: fingerprintA, kind: 'counts', rows: 8000, firstStep: 0, lastStep: 7999, strideSteps: 1,
    layers: [0, 1, 2].map((layer) => ({ name: String(layer), experts: 8, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
    hasLoss: false, byteLength: 1, questions: [], notes: [], health: [],
  }),
  layers: [2, 0],
};

/** The last origins have one horizon, the first no interval, and one contender started late. */
function result(): ComparisonResult {
  const { points, ...rest } = madeUpResult(plan);
  return { ...rest, points: points.filter(({ contender, originStep }) => contender !== 2 || originStep >= 3000).map((point) => (point.originStep < 2500 ? { ...point, covered: NaN, width: NaN } : point)) };
}

const kept = (change: Partial<KeptComparison> = {}): KeptComparison => ({
  fingerprint: fingerprintA, result: result(), complete: true, elapsedMs: 1234, version: '0.1.0', time: new Date('2026-11-26T12:00:00Z'), device: 'NVIDIA H100 (fused WebGPU engine)', ...change,
});

/** Every number as a float32 holds it, points and references in one order. */
function rounded({ settings, points, references }: ComparisonResult): unknown {
  const round = (value: unknown): unknown => {
    if (typeof value === 'number') return Math.fround(value);
    if (Array.isArray(value)) return value.map(round);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, round(one)])) : value;
  };
  const inOrder = (all: readonly { readonly layer: number; readonly originStep: number; readonly horizon: number; readonly contender?: number }[]) => (
    all.toSorted((a, b) => (a.contender ?? 0) - (b.contender ?? 0) || a.layer - b.layer || a.originStep - b.originStep || a.horizon - b.horizon).map(round)
  );
  return { settings, points: inOrder(points), references: inOrder(references) };
}

describe('a comparison in a notebook', () => {
  test('comes back with every number, as float32, and all that it was made with', () => {
    const back = unpackComparison(packComparison(kept()));
    expect(rounded(back.result)).toEqual(rounded(result()));
    expect({ ...back, result: null }).toEqual({ ...kept(), result: null });
  });

  test('comes back the same from a file', () => {
    const document = addCell(defaultDocument(), 'backtest', undefined, 'b');
    const store = createNotebook(document);
    store.setResult('b', packComparison(kept()));
    const read = parseNotebook(serializeNotebook(store.document.value)).cells.at(-1);
    expect(read?.result).toEqual(packComparison(kept()));
  });

  test('of which nothing was judged is kept as well', () => {
    const empty = unpackComparison(packComparison(kept({ result: { settings: plan, points: [], references: [] }, complete: false, device: undefined })));
    expect(empty).toMatchObject({ complete: false, result: { points: [], references: [] } });
    expect(empty).not.toHaveProperty('device');
  });

  test('takes 400 kB for 12 forecasters, 12 layers, 21 origins and two horizons', () => {
    const { points, references } = packComparison(kept({ result: { ...madeUpResult(plan), settings: { ...plan, layers: Array.from({ length: 12 }, (_, layer) => layer), contenders: Array.from({ length: 12 }, () => plan.contenders[0]) } } }));
    expect(points.length + references.length).toBeLessThan(400_000);
  });
});

describe('a comparison that is read from a file', () => {
  const stored = packComparison(kept());
  const refused = (change: object): string => refusal(() => parseResult('backtest', { ...stored, ...change })).where ?? '';

  test.each<[string, object, string]>([
    ['fewer numbers than places', { points: stored.points.slice(4) }, 'result'],
    ['more origins than numbers', { origins: [...stored.origins, 9000] }, 'result'],
    ['text that is no base64', { points: `${stored.points.slice(1)}!` }, 'result.points'],
    ['an origin that is no step', { origins: [-1, ...stored.origins.slice(1)] }, 'result.origins[0]'],
    ['a forecaster that nobody knows', { settings: { ...stored.settings, contenders: [{ key: 'x', id: 'oracle', label: 'x', values: {} }] } }, 'result.settings.contenders[0].id'],
    ['no horizon', { settings: { ...stored.settings, horizons: [] } }, 'result.settings.horizons'],
    ['another trace’s name for a fingerprint', { fingerprint: 'here' }, 'result.fingerprint'],
  ])('is refused with %s', (_, change, where) => {
    expect(refused(change)).toBe(where);
  });

  test('is taken as it was written', () => {
    const read = parseResult('paper', JSON.parse(JSON.stringify(stored))) as StoredComparison;
    expect(unpackComparison(read).result.points.length).toBe(result().points.length);
  });
});
