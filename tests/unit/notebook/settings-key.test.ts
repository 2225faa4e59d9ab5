import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellOf } from '../../../src/notebook/document.ts';
import { changedSettings, isStale, settingsKey } from '../../../src/notebook/settings-key.ts';
import type { ForecastSettings } from '../../../src/notebook/kinds/forecast.ts';
import { parseDocument } from '../../../src/notebook/schema.ts';
import { forecastSettings } from './arbitraries.ts';
import { fingerprintA, fingerprintB, lstmSettings, resultOf } from './results.ts';

const cell = (settings: ForecastSettings, result = resultOf()): CellOf<'forecast'> => ({ id: 'f', kind: 'forecast', settings, result });
const texts = (change: Partial<ForecastSettings>, fingerprint?: string): string[] => changedSettings(cell(lstmSettings(change)), fingerprint).map(({ text }) => text);

describe('a result is stale', () => {
  test('when a setting that it depends on changed, and fresh again when it is changed back', () => {
    expect(isStale(cell(lstmSettings()), fingerprintA)).toBe(false);
    expect(isStale(cell(lstmSettings({ windowSteps: 600 })), fingerprintA)).toBe(true);
    expect(isStale(cell(lstmSettings({ seed: 2 })), fingerprintA)).toBe(true);
    expect(isStale(cell(lstmSettings({ forecaster: 'sliding-average' })), fingerprintA)).toBe(true);
    expect(isStale(cell(lstmSettings({ values: { lstm: { hiddenUnits: 32 } } })), fingerprintA)).toBe(true);
  });

  test('when another trace is open', () => {
    expect(isStale(cell(lstmSettings()), fingerprintB)).toBe(true);
  });

  test('when it holds no forecast of the layer chosen, but not when it does', () => {
    const forecasts = [0, 3].map((layer) => ({ layer, blocks: 1, mean: Float64Array.of(1) }));
    expect(isStale(cell(lstmSettings({ layer: 3 }), resultOf(lstmSettings(), { forecasts })), fingerprintA)).toBe(false);
    expect(isStale(cell(lstmSettings({ layer: 1 }), resultOf(lstmSettings(), { forecasts })), fingerprintA)).toBe(true);
  });

  test('never for what only changes the picture', () => {
    expect(isStale(cell(lstmSettings({ experts: [7], coldShare: 0.1 })), fingerprintA)).toBe(false);
  });

  test('never for a default written out, or another forecaster’s parameter', () => {
    expect(isStale(cell(lstmSettings({ values: { lstm: { hiddenUnits: 16 } } })), fingerprintA)).toBe(false);
    expect(isStale(cell(lstmSettings({ values: { other: { width: 3 } } })), fingerprintA)).toBe(false);
  });

  test('never for a setting that came later, as long as it stands at its default', () => {
    // Of a notebook of version 0.1.0.
    expect(settingsKey('forecast', lstmSettings(), fingerprintA)).toBe('05baccb780fe3fef');
    expect(isStale(cell(lstmSettings({ values: { lstm: { layers: 1, clipNorm: 1 } } })), fingerprintA)).toBe(false);
    expect(isStale(cell(lstmSettings({ values: { lstm: { layers: 2 } } })), fingerprintA)).toBe(true);
  });

  test('never without a result', () => {
    expect(isStale({ id: 'f', kind: 'forecast', settings: lstmSettings() }, fingerprintA)).toBe(false);
  });

  test('exactly when the changes in words name something', () => {
    fc.assert(fc.property(forecastSettings, forecastSettings, fc.constantFrom(fingerprintA, fingerprintB), (before, after, fingerprint) => {
      const one = cell(after, resultOf(before, { forecasts: [{ layer: before.layer, blocks: 1, mean: Float64Array.of(1) }] }));
      expect(changedSettings(one, fingerprint).length > 0).toBe(isStale(one, fingerprint));
    }));
  });

  test('in no case for having been written to a file and read again', () => {
    fc.assert(fc.property(forecastSettings, (settings) => {
      const parsed = parseDocument(JSON.parse(JSON.stringify({ format: 'gatecast', version: 1, trace: { kind: 'sample', id: 'a' }, cells: [cell(settings, resultOf(settings, { forecasts: [{ layer: settings.layer, blocks: 1, mean: Float64Array.of(1) }] }))] })));
      expect(isStale(parsed.cells[0] as CellOf<'forecast'>, fingerprintA)).toBe(false);
    }));
  });
});

describe('changes in words', () => {
  test('name each setting with both values', () => {
    expect(texts({ windowSteps: 600 })).toEqual(['window changed from 1,000 to 600 steps']);
    expect(texts({ horizonSteps: 2000, originStep: 4000 })).toEqual(['horizon changed from 1,000 to 2,000 steps', 'origin changed from three quarters of the trace to step 4,000']);
    expect(texts({ values: { lstm: { form: 'joint', learningRate: 0.01 } } })).toEqual([
      'form changed from Residual on the average to Joint, as in the paper', 'learning rate changed from 0.003 to 0.01',
    ]);
    expect(texts({ forecaster: 'last-value' })).toEqual(['forecaster changed from LSTM to last value']);
  });

  test('name the layer and the trace', () => {
    expect(texts({ layer: 2 }, fingerprintB)).toEqual(['layer changed from 0 to 2', 'trace changed from aaaaaaaa to bbbbbbbb']);
  });

  test('are none while nothing changed', () => {
    expect(texts({}, fingerprintA)).toEqual([]);
  });
});

test('keys of different settings differ', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (a, b) => {
    const key = (windowSteps: number): string => settingsKey('forecast', lstmSettings({ windowSteps }), fingerprintA);
    expect(key(a) === key(b)).toBe(a === b);
  }), { numRuns: 2000 });
});
