/** What is said about a trace, and what is made of it for forecasters and for keeping. */
import { describe, expect, test } from 'vitest';
import { ordinal } from '../../../src/trace/amount.ts';
import { binnedHistory } from '../../../src/trace/pictures/binned.ts';
import { describeTrace } from '../../../src/trace/describe.ts';
import { finishTrace } from '../../../src/trace/build/finish.ts';
import { askLayerCount } from '../../../src/trace/read/layer-count.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import { Questions } from '../../../src/trace/read/questions.ts';
import { samples } from '../../../src/trace/samples.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import type { HealthCheck } from '../../../src/trace/info.ts';
import type { ReadResult } from '../../../src/trace/read/reader.ts';
import { readFileSync } from 'node:fs';
import { fixture, npyBytes, open } from './support.ts';

/** @param layers `[layers][rows][experts]` */
function trace(steps: readonly number[], layers: readonly (readonly (readonly number[])[])[]): Promise<ReadResult> {
  const counts = layers.flat(2).every((value) => Number.isInteger(value));
  return finishTrace({
    name: 'x.csv', format: 'CSV, long', kind: counts ? 'counts' : 'shares', questions: [], notes: [], steps: Float64Array.from(steps),
    layers: layers.map((rows, layer) => ({ name: String(layer), experts: rows[0].length, values: counts ? Uint32Array.from(rows.flat()) : Float32Array.from(rows.flat()) })),
  });
}

function check(result: ReadResult, id: HealthCheck['id']): HealthCheck {
  const found = describeTrace(result).health.find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return found;
}

describe('axes of three', () => {
  test.each([
    ['a middle axis of one is the layers', [60, 1, 400], 60, 1, 400],
    ['a last axis of one is the layers', [60, 8, 1], 60, 1, 8],
    ['the longest is the steps', [3, 400, 8], 400, 3, 8],
  ])('%s', async (_, shape, steps, layers, experts) => {
    const { trace } = await open(npyBytes('<u1', shape, new Uint8Array(shape.reduce((a, b) => a * b)).fill(1)), 'x.npy');
    expect([trace.steps.length, trace.layers.length, trace.layers[0].experts]).toEqual([steps, layers, experts]);
  });
});

describe('health', () => {
  const even = [[2, 2], [1, 3], [3, 1]];

  test('a sound trace has good news only', async () => {
    expect(describeTrace(await trace([0, 1, 2], [even, even])).health.map(({ id, level }) => [id, level])).toEqual([
      ['gaps', 'good'], ['totals', 'good'], ['dead-experts', 'good'], ['collapsed', 'good'], ['fractions', 'good'], ['repeated-steps', 'good'],
    ]);
    expect(check(await trace([0, 1, 2], [even]), 'totals').text).toBe('Every layer has 4 assignments in every step.');
  });

  test('gaps are found against the usual distance of steps', async () => {
    expect(check(await trace([0, 10, 20], [even]), 'gaps')).toMatchObject({ level: 'good', text: 'From steps 0 to 20, every 10th step is recorded.' });
    const rows = Array.from({ length: 200 }, () => [1, 1]);
    const steps = rows.map((_, row) => (row < 100 ? row : row + 50));
    expect(check(await trace(steps, [rows]), 'gaps')).toMatchObject({ level: 'note', text: 'Steps 0 to 249 have 1 gap; it lies between steps 99 and 150, where 50 steps are missing.' });
  });

  test('a gap is as long as the steps that are missing, also where only some steps are recorded', async () => {
    const said = async (steps: readonly number[]): Promise<string> => check(await trace(steps, [steps.map(() => [1, 1])]), 'gaps').text;
    const without = (from: number, to: number, all: number, every = 1): number[] =>
      Array.from({ length: all }, (_, i) => i * every).filter((step) => step < from || step > to);
    expect(await said(without(20, 39, 100))).toBe('Steps 0 to 99 have 1 gap; it lies between steps 19 and 40, where 20 steps are missing.');
    expect(await said(without(20, 20, 100))).toContain('between steps 19 and 21, where 1 step is missing.');
    // 200, 210, … 390 are missing.
    expect(await said(without(200, 390, 100, 10))).toBe('Steps 0 to 990 have 1 gap; it lies between steps 190 and 400, where 20 steps are missing, counting every 10th.');
    const two = without(20, 39, 100).filter((step) => step !== 60);
    expect(await said(two)).toBe('Steps 0 to 99 have 2 gaps; the longest lies between steps 19 and 40, where 20 steps are missing.');
  });

  test('one is written in the singular', async () => {
    expect(check(await trace([7], [even.slice(0, 1)]), 'gaps').text).toBe('Only step 7 is recorded.');
    expect(check(await trace([0, 2, 4], [even]), 'gaps').text).toBe('From steps 0 to 4, every 2nd step is recorded.');
    expect(check(await trace([0, 1], [[[2, 2], [0, 0]]]), 'totals').text).toBe('Layer 0 has no load at all in 1 step (1); such a step counts as equal load of all its experts.');
    expect(check(await trace([0, 1], [[[1, 0], [0, 1]]]), 'totals').text).toBe('Every layer has 1 assignment in every step.');
  });

  test('steps in which a layer has no load are named, of a few layers', async () => {
    const full = Array.from({ length: 6 }, () => [1, 3]);
    const lacking = (...rows: number[]): number[][] => full.map((loads, row) => (rows.includes(row) ? [0, 0] : loads));
    const text = async (...layers: number[][][]): Promise<string> => check(await trace([0, 10, 20, 30, 40, 1500], layers), 'totals').text;
    expect(await text(full, lacking(1, 5), full, lacking(0, 1, 2, 3))).toBe('Layer 1 has no load at all in 2 steps (10, 1,500), layer 3 in 4 steps (0, 10, 20, …); such a step counts as equal load of all its experts.');
    expect(await text(full, lacking(0), lacking(0), lacking(0), lacking(0))).toContain('layer 3 in 1 step (0), and 1 more layer in some; such');
  });

  test('choices of layers and experts are written in the singular where there is one', () => {
    const questions = new Questions();
    askLayerCount(questions, 24, 1, true);
    const labels = questions.all[0].options.map(({ label }) => label);
    expect(labels[0]).toBe('one layer of 24 experts');
    expect(labels.at(-1)).toBe('24 layers of 1 expert');
  });

  test('ordinals end as they are spoken', async () => {
    expect([0, 1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 111].map(ordinal)).toEqual(
      ['0th', '1st', '2nd', '3rd', '4th', '10th', '11th', '12th', '13th', '21st', '22nd', '111th'],
    );
  });

  describe('of a table', () => {
    const table = (steps: readonly number[]): Promise<ReadResult> => open(['step,layer,expert,count', ...steps.flatMap((step) => [`${step},0,0,3`, `${step},0,1,1`])].join('\n'), 'x.csv');

    test.each([
      ['every 7th step', Array.from({ length: 50 }, (_, i) => 7 * i + 3), 'good', 'From steps 3 to 346, every 7th step is recorded.'],
      ['every 10th step, some lost', [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 140, 150, 160, 170], 'warning', 'Steps 0 to 170 have 1 gap; it lies between steps 100 and 140, where 3 steps are missing, counting every 10th.'],
      ['every step, later every 100th', [0, 1, 2, 3, 4, 104, 204, 304], 'note', 'From steps 0 to 304, every step is recorded up to step 4, and every 100th step is recorded from there on.'],
      ['steps at powers of two', [1, 2, 4, 8, 16, 32, 64, 128], 'warning', 'The 8 recorded steps from 1 to 128 are not evenly spaced: they are 1 to 64 steps apart, 8 in the middle.'],
      ['a step in between', [...Array.from({ length: 30 }, (_, i) => 10 * i), 295, 300, 310], 'note', 'From steps 0 to 310, every 10th step is recorded. 2 steps follow closer on the one before.'],
    ])('%s', async (_, steps, level, text) => {
      expect(check(await table(steps), 'gaps')).toMatchObject({ level, text });
    });

    test('layers of unequal numbers of experts', async () => {
      const rows = [0, 10, 20].flatMap((step) => [[0, 2], [1, 4], [2, 4]].flatMap(([layer, experts]) => Array.from({ length: experts }, (_, expert) => `${step},${layer},${expert},${8 / experts}`)));
      const result = await open(['step,layer,expert,count', ...rows].join('\n'), 'x.csv');
      expect(result.trace.layers.map(({ experts }) => experts)).toEqual([2, 4, 4]);
      expect(check(result, 'experts')).toMatchObject({ level: 'note', text: 'Layers have unequal numbers of experts: 2 to 4, the fewest in layer 0.' });
      const wide = await open('step,layer0_expert0,layer0_expert1,layer1_expert0,layer1_expert1,layer1_expert2\n0,1,1,2,0,0\n10,1,1,0,1,1', 'x.csv');
      expect(check(wide, 'experts').text).toBe('Layers have unequal numbers of experts: 2 to 3, the fewest in layer 0.');
    });

    test('a layer that was not recorded at every step', async () => {
      const rows = [0, 10, 20, 30].flatMap((step) => (step === 20 ? [0] : [0, 1]).flatMap((layer) => [`${step},${layer},0,3`, `${step},${layer},1,5`]));
      const result = await open(['step,layer,expert,count', ...rows].join('\n'), 'x.csv');
      expect(result.notes).toContain('2 of 16 cells are not in the file and are read as 0');
      expect(check(result, 'totals')).toMatchObject({ level: 'warning', text: 'Layer 1 has no load at all in 1 step (20); such a step counts as equal load of all its experts.' });
    });
  });

  test('layers of unequal totals are a warning, totals that change together are not', async () => {
    expect(check(await trace([0, 1], [[[2, 2], [2, 2]], [[4, 4], [4, 4]]]), 'totals')).toMatchObject({ level: 'warning', text: 'Layers differ in their totals: between 4 and 8 assignments a step.' });
    expect(check(await trace([0, 1], [[[2, 2], [3, 3]], [[1, 3], [6, 0]]]), 'totals')).toMatchObject({ level: 'good', text: 'All layers have equal totals in each step, from 4 to 6 assignments.' });
    expect(check(await trace([0, 1], [[[2, 2], [0, 0]]]), 'totals').level).toBe('warning');
  });

  test('experts without load in the last tenth are dead', async () => {
    const rows = Array.from({ length: 20 }, (_, row) => (row < 18 ? [1, 1, 1] : [2, 1, 0]));
    expect(check(await trace(rows.map((_, row) => row), [rows]), 'dead-experts')).toMatchObject({ level: 'warning', text: '1 expert in 1 layer gets nothing in the last tenth of the trace.' });
    expect(describeTrace(await trace(rows.map((_, row) => row), [rows])).layers[0].deadExperts).toBe(1);
  });

  test('shares are told from counts', async () => {
    expect(check(await trace([0], [[[0.25, 0.75]]]), 'fractions').text).toContain('Loads are shares of 1, not counts');
    expect(check(await trace([0], [[[25.5, 74.5]]]), 'fractions').text).toContain('Loads are shares of 100, not counts');
    expect(check(await trace([0], [[[2.5, 7]]]), 'fractions').level).toBe('warning');
  });

  test('steps that come twice are told', async () => {
    expect(check(await open('step,expert_0,expert_1\n0,1,1\n0,2,2\n', 'x.csv'), 'repeated-steps')).toMatchObject({ level: 'warning' });
  });

  test('of the recorded runs only the weakly balanced one has collapsed, in layer 0', async () => {
    const found = await Promise.all(samples.map(async ({ id, url }) => check(await openTrace(bytesSource(readFileSync(new URL(url)), id)), 'collapsed')));
    expect(found.map(({ level }) => level)).toEqual(['good', 'warning', 'good']);
    expect(found[1].text).toMatch(/^1 layer collapsed .* of the trace: 0 \(/);
  });
});

test('a trace is described by its numbers', async () => {
  const info = describeTrace(await open(fixture('counts_loss.npz'), 'counts_loss.npz'));
  expect(info).toMatchObject({ name: 'counts_loss.npz', format: 'NPZ', rows: 300, firstStep: 0, lastStep: 299, strideSteps: 1, hasLoss: true, byteLength: 300 * 3 * 8 * 4 });
  expect(info.layers).toHaveLength(3);
  expect(info.layers[0].total.minimum).toBeLessThanOrEqual(info.layers[0].total.median);
});

describe('binned histories', async () => {
  // Shares of expert 0: 0.1, 0.2, … in steps 0, 1, …
  const rows = Array.from({ length: 10 }, (_, row) => [row + 1, 9 - row]);
  const { trace: ten } = await trace(rows.map((_, row) => row), [rows]);

  test('bins are counted back from the origin and hold means of shares', () => {
    const history = binnedHistory(ten, 0, 9, 4);
    expect(history).toMatchObject({ layer: 0, experts: 2, originStep: 9, grainSteps: 4, bins: 2 });
    // Steps 1–4 and 5–8.
    expect(Array.from(history.shares, (value) => Math.round(value * 1000) / 1000)).toEqual([0.35, 0.65, 0.75, 0.25]);
  });

  test('nothing at or after the origin is read', async () => {
    const { trace: garbage } = await trace(rows.map((_, row) => row), [rows.map((row, step) => (step >= 7 ? [4_000_000, 1] : row))]);
    expect(binnedHistory(garbage, 0, 7, 3).shares).toEqual(binnedHistory(ten, 0, 7, 3).shares);
    expect(binnedHistory(garbage, 0, 8, 3).shares).not.toEqual(binnedHistory(ten, 0, 8, 3).shares);
  });

  test('a bin without recorded steps repeats the one before', async () => {
    const { trace: gap } = await trace([0, 1, 6, 7], [[[1, 3], [3, 1], [1, 0], [1, 0]]]);
    expect(Array.from(binnedHistory(gap, 0, 8, 2).shares)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 0]);
    // The first bin, steps 2 and 3, has nothing; the last row before it is step 1.
    expect(Array.from(binnedHistory((await trace([0, 1, 6, 7], [[[1, 3], [3, 1], [1, 0], [1, 0]]])).trace, 0, 8, 3).shares)).toEqual([0.75, 0.25, 1, 0]);
  });

  test('a history shorter than a bin is one bin, and none is an error', () => {
    expect(Array.from(binnedHistory(ten, 0, 1, 100).shares, (value) => Math.round(value * 10) / 10)).toEqual([0.1, 0.9]);
    expect(() => binnedHistory(ten, 0, 0, 100)).toThrow('no step is recorded before the origin 0');
  });

  test('a row without tokens counts as uniform', async () => {
    expect(Array.from(binnedHistory((await trace([0, 1], [[[0, 0], [4, 0]]])).trace, 0, 2, 2).shares)).toEqual([0.75, 0.25]);
  });
});
