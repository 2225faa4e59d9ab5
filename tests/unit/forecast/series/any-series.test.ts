/** What must hold of any series: dead, constant, short, with gaps, of any size. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holtAnchorMeans } from '../../../../src/forecast/series/holt-anchors.ts';
import { detectPeriod } from '../../../../src/forecast/series/period.ts';
import { SeasonalModel } from '../../../../src/forecast/series/seasonal.ts';
import type { SeriesModel } from '../../../../src/forecast/series/series-model.ts';
import { shrunkenTrends, trendMeans } from '../../../../src/forecast/series/shrunken-trend.ts';
import { fitSmoothing } from '../../../../src/forecast/series/smoothing-fit.ts';
import { ThetaModel } from '../../../../src/forecast/series/theta.ts';
import { meanOf } from './references.ts';
import { Simulation } from './simulate.ts';

const models: readonly { readonly name: string; readonly fit: (series: Float64Array) => SeriesModel }[] = [
  { name: 'simple smoothing', fit: (series) => fitSmoothing(series, 'simple') },
  { name: 'Holt', fit: (series) => fitSmoothing(series, 'holt') },
  { name: 'damped Holt', fit: (series) => fitSmoothing(series, 'damped-holt') },
  { name: 'Theta', fit: (series) => new ThetaModel(series) },
  { name: 'the seasonal forecaster', fit: (series) => new SeasonalModel(series, { period: 3, robust: true }) },
];

/** At least one value among gaps; more than two cycles of 3. */
const anySeries = fc
  .record({
    seed: fc.nat(),
    length: fc.integer({ min: 7, max: 60 }),
    scale: fc.constantFrom(1e-300, 1e-17, 1e-6, 1, 1e6),
    level: fc.constantFrom(0, 0.0625, 1),
    missing: fc.constantFrom(0, 0.1, 0.6, 0.95),
    moving: fc.constantFrom(0, 0.03, 1),
  })
  .map(({ seed, length, scale, level, missing, moving }) => {
    const simulation = new Simulation(seed);
    const series = Float64Array.from({ length }, () => level + (simulation.uniform() < moving ? scale * simulation.uniform() : 0));
    const kept = Math.floor(simulation.uniform() * length);
    return series.map((value, i) => (i !== kept && simulation.uniform() < missing ? NaN : value));
  });

describe.each(models)('$name', ({ fit }) => {
  test('forecasts numbers near to what was seen, single ones and means, of the fitted series and of longer ones', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        const known = series.filter(Number.isFinite);
        const low = Math.min(...known);
        const high = Math.max(...known);
        // The seasonal part adds its own width.
        const width = 3 * (high - low) + 1e-9 * high;
        const fitted = fit(series);
        for (const more of [new Float64Array(0), series.subarray(3), new Float64Array(40).fill(NaN)]) {
          const model = fitted.over(Float64Array.of(...series, ...more));
          const ahead = model.forecast(new Float64Array(300));
          expect(Math.min(...ahead)).toBeGreaterThanOrEqual(low - width);
          expect(Math.max(...ahead)).toBeLessThanOrEqual(high + width);
          expect(Math.abs(model.horizonMean(300) - meanOf(ahead))).toBeLessThan(1e-9 * (1 + high));
          expect(model.standardErrors(new Float64Array(50)).every((error) => error >= 0 && error < Infinity)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 80 },
    );
  });
});

describe('what runs over many series, and the detector', () => {
  test('give numbers', () => {
    fc.assert(
      fc.property(anySeries, fc.constantFrom('by-error' as const, 'by-halves' as const, 0.4), fc.constantFrom('linear' as const, 'log' as const), (series, keep, scale) => {
        const rows = Math.floor(series.length / 3);
        const steps = Float64Array.from({ length: rows }, (_, row) => 10 * row);
        const values = series.subarray(0, rows * 3);
        expect(trendMeans(shrunkenTrends(values, steps, 3, { windowRows: 1000, scale, keep }), 2000).every(Number.isFinite)).toBe(true);
        expect(holtAnchorMeans(values, 3, { alpha: 0.2, beta: 0.02, phi: 0.9 }, 20).every(Number.isFinite)).toBe(true);
        expect(detectPeriod(series)?.pValue ?? 0).toBeLessThanOrEqual(0.01);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
