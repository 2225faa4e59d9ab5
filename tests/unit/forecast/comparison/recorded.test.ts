/** The recorded traces: the errors of the sliding average that were found with plain scripts when they were recorded. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { tableOf } from '../../../../src/forecast/comparison/table.ts';
import { referenceWindows, type ComparisonResult } from '../../../../src/forecast/comparison/types.ts';
import { layerShares } from '../../../../src/forecast/layer-shares.ts';
import { npzReader } from '../../../../src/trace/formats/numpy/npz.ts';
import { bytesSource } from '../../../../src/trace/read/sources.ts';
import { compared, comparisonSettings, contender } from './support.ts';

const windows = [10, 50, 100, 200, 500, 1000, 2000];

/** Origins 2,000 to 7,000 every 250, horizon 1,000; sliding averages of all windows. */
async function comparisonOf(name: string): Promise<ComparisonResult> {
  const bytes = await readFile(new URL(`../../../../samples/${name}.npz`, import.meta.url));
  const { trace } = await npzReader.read(bytesSource(new Uint8Array(bytes), `${name}.npz`), {});
  const layers = trace.layers.map(({ values, experts }) => layerShares(values, trace.steps, experts));
  const settings = comparisonSettings({
    layers: layers.map((_, layer) => layer), contenders: windows.map((windowSteps) => contender('sliding-average', { windowSteps })),
    firstOriginStep: 2000, lastOriginStep: 7000, everySteps: 250, horizons: [1000],
  });
  const parts = await Promise.all(layers.map((layer, index) => compared(layer, settings, {}, index)));
  return { settings, points: parts.flatMap(({ points }) => points), references: parts.flatMap(({ references }) => references) };
}

const rounded = (percent: number): number => Math.round(100 * percent) / 100;

describe.each([
  { name: 'gpt-moe-125m-16e', floor: 0.52, errors: [9.08, 4.09, 2.83, 2.04, 1.51, 1.41, 1.66], bestWindow: 1000 },
  { name: 'gpt-moe-small-8e-top1', floor: 0.45, errors: [11.69, 6.69, 5.45, 4.93, 5.33, 6.78, 10.6], bestWindow: 200 },
  { name: 'gpt-moe-small-64e-top6-lossfree', floor: 0.76, errors: [12.2, 6.69, 5.11, 3.89, 3.03, 2.81, 3.05], bestWindow: 1000 },
])('$name', ({ name, floor, errors, bestWindow }) => {
  test('gives the errors of the sliding average, and the best of its windows', async () => {
    const result = await comparisonOf(name);
    const { rows, bestWindowSteps, bestAverage, noiseFloor } = tableOf(result, 0, 'loadBlock');
    expect(rows.map(({ scores }) => rounded(scores.loadBlock))).toEqual(errors);
    expect(rows.map(({ count }) => count)).toEqual(windows.map(() => 21 * result.settings.layers.length));
    expect(bestWindowSteps).toBe(bestWindow);
    expect(rounded(bestAverage)).toBe(errors[windows.indexOf(bestWindow)]);
    expect(rounded(noiseFloor.loadBlock)).toBe(floor);
    const best = rows[windows.indexOf(bestWindow)];
    expect(best).toMatchObject({ best: true, tied: true });
    expect(best.skill).toBeCloseTo(0, 12);
    expect(rows[0]).toMatchObject({ best: false, tied: false });
    for (const [at, window] of windows.entries()) {
      const own = result.references.map(({ averages }) => averages[referenceWindows.findIndex((one) => one === window)]);
      expect(rounded(own.reduce((sum, error) => sum + error, 0) / own.length)).toBe(errors[at]);
    }
  });
});
