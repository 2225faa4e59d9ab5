import { describe, expect, test } from 'vitest';
import { comparisonCsv, comparisonJson, type ExportedComparison } from '../../../src/cells/backtest/export.ts';
import { nearestForecastCell, settingsFor } from '../../../src/cells/backtest/open-forecast.ts';
import { comparisonPlan } from '../../../src/cells/backtest/plan.ts';
import { measureLooks, usualLook } from '../../../src/cells/backtest/measures.ts';
import { contenderBars, heatCell, layerReferences, layerSeries, ofLayer } from '../../../src/cells/backtest/series.ts';
import { layerHeatmap } from '../../../src/forecast/comparison/summaries.ts';
import { referenceWindows } from '../../../src/forecast/comparison/types.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell, setSettings } from '../../../src/notebook/edits.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { madeUpResult } from '../../gallery/backtest-app.ts';

const info: TraceInfo = {
  name: 'a, "quoted" trace', format: 'f', fingerprint: 'c'.repeat(32), kind: 'counts', rows: 8000, firstStep: 0, lastStep: 7999, strideSteps: 1,
  layers: ['first', 'second'].map((name) => ({ name, experts: 16, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
  hasLoss: false, byteLength: 1, questions: [], notes: [], health: [],
};
const plan = comparisonPlan({ ...defaultSettings('backtest'), forecasters: ['last-value', 'sliding-average', 'theta'] }, info);
const result = madeUpResult(plan);
const exported: ExportedComparison = { info, result, complete: true, version: '0.1.0' };

describe('a comparison as a file', () => {
  test('has a line a forecast in CSV, each with its settings', () => {
    const [heading, ...lines] = comparisonCsv(exported).trimEnd().split('\r\n');
    const names = heading.split(',');
    expect(lines.length).toBe(result.points.length);
    expect(names.length).toBe(23 + referenceWindows.length);
    expect(lines[0]).toMatch(/^"a, ""quoted"" trace",c{32},first,last-value,\{\},2000,1000,1,0\.9,0\.005,/);
    expect(lines.find((line) => line.includes('sliding-average'))).toContain('""windowSteps"":');
  });

  test('has all of it in JSON, with names instead of places, and null for what is not known', () => {
    const unknown = { ...result, points: [{ ...result.points[0], covered: NaN, width: NaN }] };
    const read = JSON.parse(comparisonJson({ ...exported, result: unknown, complete: false })) as {
      readonly points: readonly { readonly scores: object }[];
      readonly references: readonly { readonly slidingAverages: readonly { readonly windowSteps: number }[] }[];
    };
    expect(read).toMatchObject({
      format: 'gatecast-comparison', version: 1, gatecast: '0.1.0', complete: false, trace: { fingerprint: info.fingerprint },
      settings: { layers: ['first', 'second'], horizons: [1000, 2000], refitEvery: 1, coverage: 0.9 },
    });
    expect(read.points[0]).toMatchObject({ layer: 'first', forecaster: 'last-value', originStep: 2000, horizonSteps: 1000, covered: null, width: null });
    expect(read.points[0].scores).toEqual(result.points[0].scores);
    expect(read.references[0].slidingAverages.map(({ windowSteps }) => windowSteps)).toEqual([...referenceWindows]);
  });
});

describe('a point of a comparison in a Forecast cell', () => {
  test('is shown by the nearest one', () => {
    const document = addCell(addCell(defaultDocument(), 'backtest', undefined, 'b'), 'forecast', 'b', 'below');
    expect(nearestForecastCell(document, 'b')?.id).toBe('forecast');
    expect(nearestForecastCell({ cells: document.cells.filter(({ id }) => id !== 'forecast') }, 'b')?.id).toBe('below');
    expect(nearestForecastCell({ cells: document.cells.filter(({ kind }) => kind !== 'forecast') }, 'b')).toBeUndefined();
  });

  test('comes with origin, horizon, window and settings; the layer only where one was chosen', () => {
    const contender = plan.contenders[1];
    const before = defaultSettings('forecast');
    const given = settingsFor({ contender, originStep: 3000, horizonSteps: 2000, layer: null }, before);
    expect(given).toMatchObject({ forecaster: 'sliding-average', originStep: 3000, horizonSteps: 2000, windowSteps: contender.values['windowSteps'] });
    expect(given).not.toHaveProperty('layer');
    const document = addCell(defaultDocument(), 'backtest');
    const edited = setSettings<'forecast'>(document, 'forecast', settingsFor({ contender, originStep: 3000, horizonSteps: 2000, layer: 1 }, before));
    expect(edited.cells.find(({ id }) => id === 'forecast')?.settings).toMatchObject({ layer: 1, originStep: 3000, forecaster: 'sliding-average' });
  });
});

describe('the pictures', () => {
  test('of one layer hold that layer alone', () => {
    const part = ofLayer(result, 1);
    expect(part.points.length).toBe(result.points.length / 2);
    expect(new Set([...part.points, ...part.references].map(({ layer }) => layer))).toEqual(new Set([1]));
  });

  test('of many layers name the best and the worst alone', () => {
    const lines = Array.from({ length: 20 }, (_, layer) => ({ layer, errors: [layer === 7 ? 0.1 : 1 + layer, 2] }));
    const named = layerSeries({ at: [1, 2], lines, noiseFloor: [NaN, NaN] }, (layer) => `layer ${layer}`).filter(({ context }) => !context);
    expect(named.map(({ label }) => label)).toEqual(['layer 7', 'layer 19']);
  });

  test('of layers and forecasters mark one best a layer, green where it beats the average', () => {
    const heat = layerHeatmap(result, 0, 'loadBlock');
    const references = layerReferences(result.references, 0, usualLook, heat.layers, 500);
    const cells = plan.contenders.map((_, row) => heatCell(heat, references, usualLook, row, 0));
    expect(cells.map(({ best }) => best)).toEqual([false, false, true]);
    expect(cells[2].words).toMatch(/^[\d.]+ %, \d+ % (less|more) than the average, best of the layer$/);
    const error = heat.errors[2];
    expect((cells[2].position ?? NaN) > 0.5).toBe(error < references[0].average);
    expect(heatCell(heat, references, usualLook, 3, 0)).toMatchObject({ position: null, best: false, text: references[0].average.toFixed(2) });
  });

  test('by another measure have its unit, its floor and no average', () => {
    const [absolute, mase] = ['absoluteBlock', 'mase'].map((measure) => measureLooks.find((look) => look.measure === measure)!);
    const heat = layerHeatmap(result, 0, absolute.measure);
    const references = layerReferences(result.references, 0, absolute, heat.layers, 500);
    expect(references[0].average).toBeNaN();
    const cells = [0, 1, 2, 3].map((row) => heatCell(heat, references, absolute, row, 0));
    expect(cells.map(({ best }) => best)).toEqual([false, false, true, false]);
    expect(cells[2]).toMatchObject({ position: null, words: `${heat.errors[2].toFixed(3)} points, best of the layer` });
    expect(cells[3].text).toBe(references[0].noiseFloor.toFixed(3));
    expect(contenderBars(result, 0, absolute, 0, 500).series.map(({ id }) => id)).toEqual(['forecast', 'floor']);
    expect(contenderBars(result, 0, mase, 0, 500).series.map(({ id }) => id)).toEqual(['forecast']);
    expect(contenderBars(result, 0, usualLook, 0, 500).series.map(({ id }) => id)).toEqual(['forecast', 'average', 'floor']);
  });
});
