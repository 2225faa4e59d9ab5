import { describe, expect, test } from 'vitest';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { migrate } from '../../../src/notebook/migrate.ts';
import { parseDocument } from '../../../src/notebook/schema.ts';
import { refusal } from './errors.ts';

const sample = { kind: 'sample', id: 'gpt-moe-125m-16e' };
const print = 'a'.repeat(32);
const withCells = (...cells: unknown[]): unknown => ({ format: 'gatecast', version: 1, title: 'T', trace: sample, cells });
const forecastWith = (settings: unknown): unknown => withCells({ id: 'a', kind: 'forecast', settings });
const result = {
  settingsKey: '0123456789abcdef',
  forecasts: [{ layer: 0, blocks: 1, mean: [0.25, 0.75] }],
  losses: [{ iteration: 10, train: 0.1, validation: 0.2 }],
  ended: 'cancelled', elapsedMs: 5,
  provenance: { settings: {}, seed: 1, fingerprint: print, backend: 'webgpu', version: '0.1.0', time: '2026-11-23T19:11:00Z' },
};

describe('what a document may leave out', () => {
  test('missing settings get their defaults', () => {
    const { cells } = parseDocument(withCells({ id: 'a', kind: 'load', settings: { layer: 3 } }, { id: 'b', kind: 'forecast' }));
    expect(cells[0].settings).toEqual({ layer: 3, experts: [0, 1, 2, 3], fromStep: null, toStep: null, smoothingSteps: 50, measure: 'max-over-mean' });
    expect(cells[1].settings).toEqual({
      layer: 0, forecaster: 'sliding-average', windowSteps: 1000, horizonSteps: 1000, originStep: null, experts: [0, 1, 2, 3], coldShare: 0.005, bandCoverage: 0.9, values: {}, seed: 1,
    });
  });

  test('unknown keys are dropped, at every level', () => {
    const parsed = parseDocument({
      format: 'gatecast', version: 1, title: 'T', trace: { ...sample, url: 'https://elsewhere.example' }, theme: 'dark',
      cells: [{ id: 'a', kind: 'note', settings: { text: 'x', html: '<b>' }, result: { stray: 1 }, extra: 1 }],
    });
    expect(parsed).toEqual({ format: 'gatecast', version: 1, title: 'T', trace: sample, cells: [{ id: 'a', kind: 'note', settings: { text: 'x' } }] });
  });

  test('ids that occur twice are repaired and stay unique', () => {
    const note = (id: string): unknown => ({ id, kind: 'note', settings: {} });
    const { cells } = parseDocument(withCells(note('a'), note('a'), note('a-2'), note('a')));
    expect(cells.map(({ id }) => id)).toEqual(['a', 'a-3', 'a-2', 'a-4']);
  });

  test('ids of full length that occur twice are repaired to ids that can be read again', () => {
    const long = 'x'.repeat(60);
    const parsed = parseDocument(withCells({ id: long, kind: 'note' }, { id: long, kind: 'note' }));
    expect(parseDocument(parsed)).toEqual(parsed);
  });
});

describe('what is refused, and where the message says it stands', () => {
  test.each<[string, unknown, string]>([
    ['a window of 0', forecastWith({ windowSteps: 0 }), 'cells[0].settings.windowSteps'],
    ['a window of half a step', forecastWith({ windowSteps: 1.5 }), 'cells[0].settings.windowSteps'],
    ['a huge horizon', forecastWith({ horizonSteps: 1e300 }), 'cells[0].settings.horizonSteps'],
    ['a horizon that is no number', forecastWith({ horizonSteps: NaN }), 'cells[0].settings.horizonSteps'],
    ['an endless origin', forecastWith({ originStep: Infinity }), 'cells[0].settings.originStep'],
    ['a number in a text', forecastWith({ seed: '1' }), 'cells[0].settings.seed'],
    ['nine drawn experts', forecastWith({ experts: [0, 1, 2, 3, 4, 5, 6, 7, 8] }), 'cells[0].settings.experts'],
    ['an expert below 0', forecastWith({ experts: [0, -1] }), 'cells[0].settings.experts[1]'],
    ['a network too large to train', forecastWith({ values: { lstm: { hiddenUnits: 1e9 } } }), 'cells[0].settings.values.lstm.hiddenUnits'],
    ['an unknown form of the network', forecastWith({ values: { lstm: { form: 'transformer' } } }), 'cells[0].settings.values.lstm.form'],
    ['a range that runs backwards', withCells({ id: 'a', kind: 'load', settings: { fromStep: 10, toStep: 10 } }), 'cells[0].settings'],
    ['a note over 100,000 characters', withCells({ id: 'a', kind: 'note', settings: { text: 'x'.repeat(100_001) } }), 'cells[0].settings.text'],
    ['a cell that is a text', withCells('note'), 'cells[0]'],
    ['an id with a space', withCells({ id: 'a b', kind: 'note' }), 'cells[0].id'],
    ['201 cells', withCells(...Array.from({ length: 201 }, (_, i) => ({ id: `n${i}`, kind: 'note' }))), 'cells'],
    ['a sample id that climbs out of its folder', { ...defaultDocument(), trace: { kind: 'sample', id: '../../secret' } }, 'trace.id'],
    ['a fingerprint that is none', { ...defaultDocument(), trace: { kind: 'file', name: 'a.npy', fingerprint: 'xyz' } }, 'trace.fingerprint'],
    ['a trace of unknown kind', { ...defaultDocument(), trace: { kind: 'url', url: 'https://elsewhere.example' } }, 'trace.kind'],
    ['a share over 1', withCells({ id: 'a', kind: 'forecast', result: { ...result, forecasts: [{ layer: 0, blocks: 1, mean: [2] }] } }), 'cells[0].result.forecasts[0].mean'],
    ['means that do not fill their blocks', withCells({ id: 'a', kind: 'forecast', result: { ...result, forecasts: [{ layer: 0, blocks: 2, mean: [0.5, 0.2, 0.3] }] } }), 'cells[0].result.forecasts[0]'],
    ['a loss that is no number', withCells({ id: 'a', kind: 'forecast', result: { ...result, losses: [{ iteration: 1, train: null, validation: 1 }] } }), 'cells[0].result.losses[0].train'],
  ])('%s', (_, input, where) => {
    const error = refusal(() => parseDocument(input));
    expect(error.code).toBe('bad-input');
    expect(error.where).toBe(where);
    expect(error.remedy).toBeTruthy();
  });

  test('a value out of range is echoed with the range', () => {
    expect(refusal(() => parseDocument(forecastWith({ windowSteps: 0 }))).message).toBe('0 is not a whole number from 1 to 10,000,000');
  });

  test.each(['heatmap', 'constructor', 'toString', '__proto__', 7, null])('a cell of kind %j, naming the kinds that are known', (kind) => {
    const error = refusal(() => parseDocument(withCells({ id: 'a', kind })));
    expect(error.where).toBe('cells[0].kind');
    expect(error.remedy).toContain('note, trace, load, states, forecast');
  });

  test.each([null, 7, 'gatecast', [], {}, { format: 'ipynb' }])('%j, which is no notebook', (input) => {
    expect(refusal(() => parseDocument(input)).where).toBe('format');
  });
});

describe('versions', () => {
  test('a newer one is refused with what to do', () => {
    const error = refusal(() => parseDocument({ ...defaultDocument(), version: 2 }));
    expect(error.where).toBe('version');
    expect(error.message).toContain('made by a newer Gatecast');
    expect(error.remedy).toBe('open it there, or export it there as version 1');
  });

  test.each([undefined, 0, -1, 1.5, '1', null])('version %j is refused', (version) => {
    expect(refusal(() => parseDocument({ ...defaultDocument(), version })).where).toBe('version');
  });

  test('an older one goes through every migration in order', () => {
    const moved = migrate({ version: 1, a: 1 }, 3, { 1: ({ a }) => ({ b: Number(a) + 1 }), 2: ({ b }) => ({ c: Number(b) * 10 }) });
    expect(moved).toEqual({ version: 3, c: 20 });
  });

  test('an older one that no migration starts from is refused', () => {
    expect(refusal(() => migrate({ version: 1 }, 3, { 2: (document) => document })).where).toBe('version');
  });
});
