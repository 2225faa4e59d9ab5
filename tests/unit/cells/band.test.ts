import { describe, expect, test } from 'vitest';
import { bandCell, bandChoices, bandText, type ShownBand } from '../../../src/cells/forecast/band.ts';
import { forecastCsv, forecastJson, type ExportedForecast } from '../../../src/cells/forecast/export.ts';
import { bandEdges, forecastSeries } from '../../../src/cells/forecast/series.ts';
import { forecastPicture } from '../../../src/forecast/forecast-picture.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import type { ForecastBand, TraceInfo } from '../../../workers/contract.ts';
import { wanderingLayer } from '../forecast/layers.ts';

const interval = { lower: Float64Array.of(0.1, 0.2), upper: Float64Array.of(0.3, 0.4) };
const band: ForecastBand = { coverage: 0.9, interval, missing: null, resolved: 6, width: 20, held: 1, elapsedMs: 1 };
const say = (changes: Partial<ForecastBand> | null, more: Partial<ShownBand> = {}): string => (
  bandText({ band: changes && { ...band, ...changes }, progress: null, problem: null, ...more }, 0.9, 2)
);

describe('a band in words', () => {
  test('says what it held, how wide it is, and what it rests on', () => {
    expect(say({})).toBe('The 90 % band holds the mean share that came of 1 of 2 experts. It is 20.00 percentage points wide on average, by what 6 earlier forecasts missed by.');
    expect(say({ held: null })).toBe('The 90 % band is 20.00 percentage points wide on average, by what 6 earlier forecasts missed by.');
    expect(bandCell(band, 2)).toBe('50 %, 20.00 points');
    expect(bandCell({ held: null, width: 0.5 }, 2)).toBe('0.50 points');
  });

  test('says why there is none, or that it is on its way', () => {
    expect(say({ interval: null, missing: 'no-past-forecasts' })).toMatch(/needs earlier forecasts of the same forecaster, trained on what was known then\.$/);
    expect(say({ interval: null, missing: 'short-history' })).toMatch(/choose a later origin or a shorter horizon/);
    expect(say(null, { progress: { done: 3, total: 8, unit: 'origins', label: '' } })).toMatch(/3 of 8 made/);
    expect(say(null, { problem: { code: 'internal', message: 'the worker died' } })).toMatch(/could not be made: the worker died/);
  });

  test('offers what the document says as well', () => {
    expect(bandChoices(0.9).map(({ label }) => label)).toEqual(['50 %', '80 %', '90 %', '95 %']);
    expect(bandChoices(0.625).map(({ label }) => label)).toEqual(['50 %', '62.5 %', '80 %', '90 %', '95 %']);
  });
});

describe('a band drawn and exported', () => {
  const layer = wanderingLayer(400, 2, 1);
  const made = forecastPicture(layer, {
    forecaster: { kind: 'given', blocks: 2, mean: Float64Array.of(0.2, 0.8, 0.3, 0.7) }, originStep: 200, horizonSteps: 100, coldShare: 0,
    drawn: { fromStep: 100, toStep: 300, experts: [1], columns: 10, smoothingSteps: 1 },
  });

  test('lies around the forecast over the whole horizon, and in the table', async () => {
    const picture = { ...await made, elapsedMs: 0 };
    const draw = (drawn: ForecastBand | null) => forecastSeries({ picture, band: drawn, experts: [1], layerExperts: 2, originStep: 200, horizonSteps: 100, forecaster: 'LSTM', average: true });
    const found = draw(band).find(({ id }) => id === 'forecast-1');
    expect(found).toMatchObject({ x: [200, 250, 300], low: [0.2, 0.2, 0.2], high: [0.4, 0.4, 0.4] });
    expect(bandEdges(draw(band)).map(({ label, y }) => [label, y])).toEqual([['LSTM, band from', [0.2, 0.2, 0.2]], ['LSTM, band to', [0.4, 0.4, 0.4]]]);
    expect(bandEdges(draw(null))).toEqual([]);
  });

  test('is in the CSV and in the JSON', async () => {
    const info = { name: 'run', fingerprint: 'f', layers: [{ name: '0', experts: 2 }] } as unknown as TraceInfo;
    const exported: ExportedForecast = { info, layer: 0, originStep: 200, horizonSteps: 100, settings: defaultSettings('forecast'), picture: { ...await made, elapsedMs: 0 }, band, version: '1' };
    const rows = forecastCsv(exported).trimEnd().split('\r\n').map((line) => line.split(','));
    expect(rows[0].slice(-3)).toEqual(['band_coverage', 'band_lower_share', 'band_upper_share']);
    expect(rows.slice(1).map((row) => row.slice(-3))).toEqual([['0.9', '0.1', '0.3'], ['0.9', '0.2', '0.4'], ['0.9', '0.1', '0.3'], ['0.9', '0.2', '0.4']]);
    expect(JSON.parse(forecastJson(exported))).toMatchObject({ band: { coverage: 0.9, earlierForecasts: 6, lower: [0.1, 0.2], upper: [0.3, 0.4], meanWidthPoints: 20, expertsHeld: 1 } });
    expect(forecastCsv({ ...exported, band: null }).split('\r\n')[1]).toMatch(/,,,$/);
    expect(JSON.parse(forecastJson({ ...exported, band: null }))).toMatchObject({ band: null });
  });
});
