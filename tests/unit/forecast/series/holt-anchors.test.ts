import { describe, expect, test } from 'vitest';
import { holtAnchorMeans } from '../../../../src/forecast/series/holt-anchors.ts';
import { smooth } from '../../../../src/forecast/series/smoothing.ts';
import { meanOf } from './references.ts';
import { Simulation } from './simulate.ts';

const parameters = { alpha: 0.2, beta: 0.03, phi: 0.9 };

describe('Holt smoothing at every anchor', () => {
  const experts = 3;
  const blocks = new Simulation(1).noise(40 * experts, (i) => i / 60);

  test('forecasts what smoothing each series up to the anchor and going on by hand does', () => {
    const found = holtAnchorMeans(blocks, experts, parameters, 7);
    for (const [anchor, expert] of [[0, 0], [1, 2], [13, 1], [39, 2]] as const) {
      const series = Float64Array.from({ length: anchor + 1 }, (_, block) => blocks[block * experts + expert]);
      const state = { level: series[0], slope: 0 };
      smooth(series, parameters, state);
      const ahead = Array.from({ length: 7 }, () => {
        state.slope *= parameters.phi;
        state.level += state.slope;
        return state.level;
      });
      expect(found[anchor * experts + expert]).toBeCloseTo(meanOf(ahead), 12);
    }
  });

  test('what comes after an anchor changes nothing there', () => {
    const spoilt = blocks.map((value, i) => (i < 20 * experts ? value : 1e6));
    expect(holtAnchorMeans(spoilt, experts, parameters, 10).subarray(0, 20 * experts)).toEqual(holtAnchorMeans(blocks, experts, parameters, 10).subarray(0, 20 * experts));
  });

  test('missing blocks leave numbers: 0 before the first value, and the level during gaps', () => {
    const found = holtAnchorMeans(Float64Array.of(NaN, 5, 3, NaN, 3, 5, NaN, NaN), 2, parameters, 10);
    expect([...found]).toEqual([0, 5, 3, 5, 3, 5, 3, 5]);
  });

  test('without damping the forecast is the middle of the line', () => {
    const line = Float64Array.from({ length: 30 }, (_, t) => (t === 0 ? 0 : t));
    const found = holtAnchorMeans(line, 1, { alpha: 0.9, beta: 0.5, phi: 1 }, 9);
    expect(found[29]).toBeCloseTo(29 + 5, 3);
  });
});
