import { describe, expect, test } from 'vitest';
import { gaussian, random } from '../../../src/random.ts';
import { defaultStatesSettings } from '../../../src/states/boundary.ts';
import { statesPicture } from '../../../src/states/states-picture.ts';
import { settlingSummary } from '../../../src/states/summary.ts';
import type { LayerStates } from '../../../src/states/types.ts';
import type { Trace } from '../../../src/trace/trace.ts';

const experts = 8;
const tokens = 8192;

/** A layer whose shares at each row are `share` of expert 0 and the rest in equal parts, with noise of 15 % from step to step. */
function layer(rows: number, share: (row: number) => number, seed: number): Trace['layers'][number] {
  const next = random(seed);
  const values = new Uint32Array(rows * experts);
  for (let row = 0; row < rows; row++) {
    const first = share(row);
    for (let expert = 0; expert < experts; expert++) {
      const mean = tokens * (expert === 0 ? first : (1 - first) / (experts - 1));
      values[row * experts + expert] = Math.max(0, Math.round(mean * (1 + 0.15 * gaussian(next))));
    }
  }
  return { name: String(seed), experts, values };
}

function traceOf(rows: number, layers: Trace['layers'], strideSteps = 1): Trace {
  const steps = Float64Array.from({ length: rows }, (_, row) => row * strideSteps);
  return { name: 'made', format: 'NPY', fingerprint: '', kind: 'counts', steps, layers };
}

const settings = { ...defaultStatesSettings, columns: 100 };
const wobble = (row: number): number => 0.3 + 0.2 * Math.sin(row / 60);

describe('states of a layer', () => {
  test('a stationary layer is stable from the start', async () => {
    const { layers } = await statesPicture(traceOf(3000, [layer(3000, () => 0.125, 1)]), settings);
    expect(layers[0].spans).toEqual([{ fromStep: 0, toStep: 3000, state: 'stable' }]);
    expect(layers[0].boundaryStep).toBe(0);
    expect(layers[0].reason).toBe('Drift was at most 5 % from the start and stayed there for 300 steps.');
  });

  test('a layer that swings until step 2,000 settles within a drift window of it', async () => {
    const { layers } = await statesPicture(traceOf(5000, [layer(5000, (row) => (row < 2000 ? wobble(row) : 0.3), 2)]), settings);
    expect(layers[0].spans.map(({ state }) => state)).toEqual(['transient', 'stable']);
    expect(Math.abs((layers[0].boundaryStep ?? NaN) - 2000)).toBeLessThanOrEqual(settings.driftSteps);
  });

  const shaken = (row: number): number => (row >= 3000 && row < 4000 ? wobble(row) : 0.3);

  test('a stable layer that loses its balance becomes transient and settles again', async () => {
    const { layers } = await statesPicture(traceOf(7000, [layer(7000, shaken, 3)]), settings);
    expect(layers[0].spans.map(({ state }) => state)).toEqual(['stable', 'transient', 'stable']);
    expect(Math.abs(layers[0].spans[1].fromStep - 3000)).toBeLessThanOrEqual(settings.driftSteps);
    expect(Math.abs(layers[0].spans[2].fromStep - 4000)).toBeLessThanOrEqual(settings.driftSteps);
    expect(layers[0].reason).toMatch(/^Drift rose over 7.5 % at step [23],\d{3}, fell under 5 % again at step [34],\d{3} and stayed there/);
  });

  test('without re-arming the first boundary is the last', async () => {
    const { layers } = await statesPicture(traceOf(7000, [layer(7000, shaken, 3)]), { ...settings, rearm: false });
    expect(layers[0].spans).toEqual([{ fromStep: 0, toStep: 7000, state: 'stable' }]);
  });

  test('one sudden change of level is seen', async () => {
    const { layers } = await statesPicture(traceOf(4000, [layer(4000, (row) => (row < 2000 ? 0.125 : 0.3), 4)]), settings);
    expect(layers[0].spans.map(({ state }) => state)).toEqual(['stable', 'transient', 'stable']);
    expect(Math.abs(layers[0].spans[1].fromStep - 2000)).toBeLessThanOrEqual(settings.driftSteps);
  });

  test('the rows after a boundary, its hold time and one window do not move it', async () => {
    const made = (rows: number): Trace => traceOf(rows, [layer(rows, (row) => (row < 2000 ? wobble(row) : row < 4000 ? 0.3 : wobble(row)), 5)]);
    const whole = (await statesPicture(made(8000), settings)).layers[0].spans;
    const boundary = whole[1].fromStep;
    const cut = (await statesPicture(made(boundary + settings.holdSteps + settings.driftSteps), settings)).layers[0];
    expect(cut.boundaryStep).toBe(boundary);
  });

  test('with every tenth step recorded, widths are still in steps', async () => {
    const { layers } = await statesPicture(traceOf(500, [layer(500, (row) => (row < 200 ? wobble(row * 10) : 0.3), 6)], 10), { ...settings, threshold: 10 });
    expect(layers[0].spans.map(({ state }) => state)).toEqual(['transient', 'stable']);
    expect(Math.abs((layers[0].boundaryStep ?? NaN) - 2000)).toBeLessThanOrEqual(settings.driftSteps);
  });

  test('of a trace too short for its widths nothing is claimed, and what it needs is said', async () => {
    const { layers, criterion } = await statesPicture(traceOf(300, [layer(300, () => 0.125, 7), layer(300, wobble, 8)]), settings);
    const sentence = 'The trace is too short to tell: 200-step spans held for 300 steps need 700 steps, it has 300; choose shorter widths.';
    expect(layers).toEqual([0, 1].map((index) => ({ layer: index, spans: [], boundaryStep: null, tooShort: true, reason: sentence })));
    expect(settlingSummary({ layers }, ['0', '1'])).toBe(sentence);
    expect(criterion.every(Number.isNaN)).toBe(true);
  });

  test('one drift that could not be held is too little to tell', async () => {
    const { layers } = await statesPicture(traceOf(8000, [layer(8000, () => 0.125, 11)]), { ...settings, driftSteps: 4000, holdSteps: 1000 });
    expect(settlingSummary({ layers }, ['0'])).toBe('The trace is too short to tell: 4,000-step spans held for 1,000 steps need 9,000 steps, it has 8,000; choose shorter widths.');
  });

  test('a trace is long enough from the row on that can show a layer stable', async () => {
    // 20 + 20 rows have one drift, each further row one more: 30 drifts with 69 rows.
    const narrow = { ...settings, driftSteps: 20, holdSteps: 30, threshold: 90 };
    const of = async (rows: number): Promise<LayerStates> => (await statesPicture(traceOf(rows, [layer(rows, () => 0.125, 12)]), narrow)).layers[0];
    expect(await of(69)).toMatchObject({ tooShort: false, boundaryStep: 0, spans: [{ fromStep: 0, toStep: 69, state: 'stable' }] });
    expect(await of(68)).toMatchObject({ tooShort: true, boundaryStep: null, spans: [] });
  });

  test('of a sparse trace the steps are counted, not the rows', async () => {
    const { layers } = await statesPicture(traceOf(60, [layer(60, () => 0.125, 13)], 10), settings);
    expect(layers[0].reason).toContain('need 700 steps, it has 600;');
  });

  test('a hold time of one step is written in the singular', async () => {
    const { layers } = await statesPicture(traceOf(30, [layer(30, () => 0.125, 14)]), { ...settings, driftSteps: 20, holdSteps: 1 });
    expect(layers[0].reason).toContain('20-step spans held for 1 step need 41 steps');
  });

  test('one row, a dead layer and rows without tokens are no trouble', async () => {
    const one = await statesPicture(traceOf(1, [layer(1, () => 0.2, 8)]), settings);
    expect(one.layers[0]).toMatchObject({ spans: [], tooShort: true });
    const silent = await statesPicture(traceOf(1000, [{ name: '0', experts: 4, values: new Uint32Array(4000) }]), settings);
    expect(silent.layers[0].boundaryStep).toBe(0);
  });

  test('where tokens are few, the threshold line rises above the noise of routing', async () => {
    // 64 experts, 64 tokens a step, windows of 200: √(2/π) · 64 · √(2 · (1/64) · (63/64) / 12,800) = 7.92 %; twice that.
    const values = new Uint32Array(64 * 500).fill(1);
    const { criterionThreshold } = await statesPicture(traceOf(500, [{ name: '0', experts: 64, values }]), settings);
    expect(criterionThreshold[0]).toBeCloseTo(15.83, 2);
  });

  test('wrong widths are refused, and a cancelled search stops', async () => {
    const trace = traceOf(300, [layer(300, () => 0.125, 9)]);
    await expect(statesPicture(trace, { ...settings, longSteps: 0 })).rejects.toMatchObject({ code: 'bad-setting', where: 'longSteps' });
    await expect(statesPicture(trace, { ...settings, threshold: 0 })).rejects.toMatchObject({ code: 'bad-setting', where: 'threshold' });
    await expect(statesPicture(trace, settings, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('another threshold on the same trace gives what it would have given at first', async () => {
    const trace = traceOf(5000, [layer(5000, wobble, 10)]);
    await statesPicture(trace, settings);
    const again = await statesPicture(trace, { ...settings, threshold: 80 });
    const fresh = await statesPicture({ ...trace, layers: trace.layers.map((one) => ({ ...one })) }, { ...settings, threshold: 80 });
    expect(again).toEqual(fresh);
    expect(again.layers[0].boundaryStep).toBe(0);
    expect((await statesPicture(trace, { ...settings, columns: 7 })).criterion).toHaveLength(7);
  });
});

describe('the finding', () => {
  const names = ['0', '1', '2', '3'];
  const picture = (...boundaries: (number | null)[]): { layers: LayerStates[] } => ({
    layers: boundaries.map((boundaryStep, layer) => ({
      layer, boundaryStep, tooShort: false, reason: '',
      spans: boundaryStep === 0 ? [{ fromStep: 0, toStep: 9, state: 'stable' }] : [{ fromStep: 0, toStep: 5, state: 'transient' }, { fromStep: 5, toStep: 9, state: 'stable' }],
    })),
  });

  test.each<[(number | null)[], string]>([
    [[700, 1150, 3000, 800], '3 of 4 layers are stable after step 1,150; layer 2 settles last, at step 3,000.'],
    [[700, null, 800, null], '2 of 4 layers are stable after step 800; layers 1 and 3 are transient at the end.'],
    [[700, 900, 800, null], '3 of 4 layers are stable after step 900; layer 3 is transient at the end.'],
    [[null, null], 'None of the 2 layers is stable at the end of the trace.'],
    [[0, 0, 0], 'All 3 layers are stable from the start.'],
    [[1200], 'Layer 0 is stable after step 1,200.'],
    [[null], 'Layer 0 does not settle within the trace.'],
  ])('of boundaries %j reads "%s"', (boundaries, sentence) => {
    expect(settlingSummary(picture(...boundaries), names)).toBe(sentence);
  });
});
