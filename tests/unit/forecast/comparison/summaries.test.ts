import { expect, test } from 'vitest';
import { barsBy, errorByHorizon, errorByLayerAndOrigin, errorByOrigin, layerHeatmap } from '../../../../src/forecast/comparison/summaries.ts';
import type { ComparisonResult } from '../../../../src/forecast/comparison/types.ts';
import { comparisonSettings, point, reference } from './support.ts';

const result: ComparisonResult = {
  settings: comparisonSettings({ horizons: [40, 80] }),
  points: [
    point({ originStep: 1900, error: 2 }), point({ originStep: 1900, layer: 1, error: 4 }), point({ originStep: 1500, error: 6 }),
    point({ originStep: 2000, error: 1 }), point({ originStep: 1500, contender: 1, error: 5 }), point({ originStep: 1500, horizon: 1, error: 10 }),
  ],
  references: [reference({ originStep: 1500, floor: 0.1 }), reference({ originStep: 1900, floor: 0.2 }), reference({ originStep: 1900, layer: 1, floor: 0.4 }), reference({ originStep: 1500, horizon: 1, floor: 0.7 })],
};

test('error by origin is the mean over layers, a line a contender', () => {
  const { at, lines, noiseFloor } = errorByOrigin(result, 0, 'loadBlock');
  expect(at).toEqual([1500, 1900, 2000]);
  expect(lines).toEqual([{ contender: 0, errors: [6, 3, 1] }, { contender: 1, errors: [5, NaN, NaN] }]);
  expect(noiseFloor).toEqual([0.1, expect.closeTo(0.3, 12), NaN]);
});

test('error by origin of one contender has a line a layer', () => {
  const { at, lines } = errorByLayerAndOrigin(result, 0, 0, 'absoluteBlock');
  expect(at).toEqual([1500, 1900, 2000]);
  expect(lines).toEqual([{ layer: 0, errors: [3, 1, 0.5] }, { layer: 1, errors: [NaN, 2, NaN] }]);
});

test('error by horizon is over the origins that hold every horizon', () => {
  const { at, lines, noiseFloor } = errorByHorizon(result, 'loadBlock');
  expect(at).toEqual([40, 80]);
  expect(lines).toEqual([{ contender: 0, errors: [6, 10] }, { contender: 1, errors: [5, NaN] }]);
  expect(noiseFloor).toEqual([0.1, 0.7]);
});

test('bars are means of all origins within a thousand steps', () => {
  const { at, lines } = barsBy(result, 0, 'loadBlock');
  expect(at).toEqual([1000, 2000]);
  expect(lines).toEqual([{ contender: 0, errors: [4, 1] }, { contender: 1, errors: [5, NaN] }]);
  expect(barsBy(result, 0, 'loadBlock', 500).at).toEqual([1500, 2000]);
});

test('the heatmap has a row a layer and a column a contender', () => {
  expect(layerHeatmap(result, 0, 'loadBlock')).toEqual({ layers: [0, 1], contenders: [0, 1], errors: Float64Array.of(3, 5, 4, NaN) });
});

test('the scaled error has no floor', () => {
  expect(errorByOrigin(result, 0, 'mase').noiseFloor).toEqual([NaN, NaN, NaN]);
  expect(errorByOrigin(result, 0, 'mase').lines[0].errors[0]).toBeCloseTo(0.6, 12);
});
