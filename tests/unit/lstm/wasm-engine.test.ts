import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { BETA1, type Update } from '../../../workers/lstm/course.ts';
import type { Engine, Entry, ModelState } from '../../../workers/lstm/engine.ts';
import { forecastCount } from '../../../workers/lstm/network.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { gradientOfStep } from '../../../workers/lstm/reference/step.ts';
import { createWasmEngine } from '../../../workers/lstm/wasm/engine.ts';
import { distance, entryOf, examplesOf, filled, networkOf, phaseOf, runOut, startOf, type Ran } from './entries.ts';
import { testEngine } from './engine-suite.ts';
import { entryIn, grid, trained } from './grid.ts';
import './support.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine();
});
afterEach(() => void vi.restoreAllMocks());

describe('as every engine', () => {
  testEngine(() => engine);
});

describe('a step', () => {
  test.each(grid)('has the reference’s gradient: %s', async (_, one) => {
    const entry = entryIn(one, { clipNorm: 0 });
    const [{ first }] = await trained(engine, [entry], 1);
    const { gradient } = gradientOfStep(entry, 1);
    expect(distance(first.map((value) => value / (1 - BETA1)), gradient)).toBeLessThan(1e-6);
  });

  test('meets the mean loss of its batch', async () => {
    for (const [, one] of grid) {
      const entry = entryIn(one);
      const session = await engine.open([entry]);
      session.begin(0, phaseOf(entry.examples, { until: 1, patience: null }), false);
      const { looks: [{ train }] } = (await runOut(session)).get(0)!;
      expect(train / gradientOfStep(entry, 1).loss).toBeCloseTo(1, 5);
      session.close();
    }
  });
});

const updates: readonly (readonly [string, Partial<Update>])[] = [
  ['as it stands', {}],
  ['without clipping', { clipNorm: 0 }],
  ['clipped hard', { clipNorm: 0.01 }],
  ['with decoupled decay', { weightDecay: 0.1, decay: 'decoupled' }],
  ['with coupled decay', { weightDecay: 0.1, decay: 'coupled' }],
  ['at a high rate', { learningRate: 0.1 }],
];
describe('ten steps', () => {
  test.each(updates)('move weights and moments as the reference does, %s', async (_, update) => {
    const entry = entryIn({ network: networkOf({ inputs: 3, hidden: 7, statics: 2, dense: 6, bins: 6 }), rows: 23, update });
    const [[mine], [reference]] = await Promise.all([trained(engine, [entry], 10), trained(referenceEngine, [entry], 10)]);
    expect(mine.iteration).toBe(10);
    for (const part of ['weights', 'first', 'second'] as const) expect(distance(mine[part], reference[part])).toBeLessThan(1e-4);
  });

  test.each(grid.filter(([, { network: { hidden, bins } }]) => hidden * bins < 700))('end at the reference’s weights: %s', async (_, one) => {
    const entry = entryIn(one);
    const [[mine], [reference]] = await Promise.all([trained(engine, [entry], 10), trained(referenceEngine, [entry], 10)]);
    expect(distance(mine.weights, reference.weights)).toBeLessThan(1e-4);
  });
});

describe('models side by side', () => {
  const different = grid.slice(7, 10).map(([, one], i) => entryIn(one, { learningRate: 0.01 * (i + 1), weightDecay: 0.1 * i, clipNorm: i }, i + 1));

  test('get the weights that each gets alone, bit for bit', async () => {
    const together = await trained(engine, different, 25);
    for (const [i, entry] of different.entries()) {
      const [alone] = await trained(engine, [entry], 25);
      expect(together[i]).toEqual(alone);
    }
  });

  test('get them also when blocks end in the middle of a step', async () => {
    const together = await trained(engine, different, 12);
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000));
    expect(await trained(engine, different, 12)).toEqual(together);
  });

  test('get them also when others are looked at in the middle of a step', async () => {
    const [alone] = await trained(engine, [different[0]], 3);
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000));
    const session = await engine.open(different);
    session.begin(0, phaseOf(different[0].examples, { until: 3, patience: null }), false);
    while ((await session.advance()).length > 0) {
      await session.look(1);
      await session.forecast(0);
    }
    expect((await session.state(0)).weights).toEqual(alone.weights);
    session.close();
  });

  test('of one seed are the same, of another are not', async () => {
    const [, [, one]] = [grid[0], grid[7]];
    const [first, again, other] = await trained(engine, [entryIn(one), entryIn(one), { ...entryIn(one), drawing: { ...entryIn(one).drawing, seed: 2 } }], 10);
    expect(again).toEqual(first);
    expect(other.weights).not.toEqual(first.weights);
  });
});

describe('a session', () => {
  const network = networkOf({ statics: 1, bins: 6, hidden: 5 });
  const examples = {
    ...examplesOf(network, filled(network, 40)), training: { from: 0, count: 30 },
    validation: Uint32Array.of(30, 31, 33, 36, 39), parts: [2, 5], queries: Uint32Array.of(39, 4),
  };
  const entry = entryOf(network, examples, { drawing: { order: 'shuffled', seed: 3, batchSize: 7 } });

  /** What was seen of a course of two phases, and where it led. */
  async function course(on: Engine, one: Entry, phase: Parameters<typeof phaseOf>[1]): Promise<Ran & ModelState & { forecast: Float32Array }> {
    const session = await on.open([one]);
    session.begin(0, phaseOf(examples, phase), false);
    const ran = (await runOut(session)).get(0)!;
    const { iteration } = await session.state(0);
    session.begin(0, phaseOf(examples, { from: iteration, until: iteration + 5, patience: null, schedule: { kind: 'linear', over: 5 }, samples: examples.all }), true);
    await runOut(session);
    const state = await session.state(0);
    const forecast = await session.forecast(0);
    session.close();
    return { ...ran, ...state, forecast };
  }

  test.each([
    ['to its limit', { until: 34 }],
    ['until patience ends', { until: 2000, patience: 30, schedule: { kind: 'plateau', factor: 0.5, patience: 10 } }],
    ['on a cosine', { until: 40, schedule: { kind: 'cosine', floor: 0.1, over: 40 } }],
  ] as const)('goes the way of the reference %s', async (_, phase) => {
    const one = { ...entry, update: { ...entry.update, learningRate: 0.05 } };
    const [mine, reference] = await Promise.all([course(engine, one, phase), course(referenceEngine, one, phase)]);
    expect(mine.end).toBe(reference.end);
    expect(mine.looks.map(({ iteration }) => iteration)).toEqual(reference.looks.map(({ iteration }) => iteration));
    mine.looks.forEach(({ train, validation, parts }, i) => {
      const expected = reference.looks[i];
      expect([train, validation, ...parts].map((loss, j) => loss / [expected.train, expected.validation, ...expected.parts][j])).toEqual([1, 1, 1, 1].map((ratio) => expect.closeTo(ratio, 2) as unknown));
    });
    expect([mine.bestIteration, mine.iteration, mine.rateScale, mine.cutAt]).toEqual([reference.bestIteration, reference.iteration, reference.rateScale, reference.cutAt]);
    expect(mine.bestLoss / reference.bestLoss).toBeCloseTo(1, 2);
    expect(distance(mine.forecast, reference.forecast)).toBeLessThan(1e-2);
  });

  test('looks without training, and takes the first look as the best', async () => {
    const [mine, reference] = await Promise.all([engine, referenceEngine].map(async (on) => {
      const session = await on.open([entry]);
      const look = await session.look(0);
      return { look, state: await session.state(0) };
    }));
    expect(mine.look).toEqual({
      iteration: 0, train: NaN, validation: expect.closeTo(reference.look.validation, 5) as unknown,
      parts: reference.look.parts.map((part) => expect.closeTo(part, 5) as unknown),
    });
    expect(mine.state.bestLoss).toBe(mine.look.validation);
  });

  test.each(grid.filter(([name]) => /gate|pinball|two|pooled/.test(name)))('forecasts what the reference does: %s', async (_, one) => {
    const [mine, reference] = await Promise.all([engine, referenceEngine].map(async (on) => (await on.open([entryIn(one)])).forecast(0)));
    expect(mine).toHaveLength((one.rows + 3) * forecastCount(one.network));
    expect(distance(mine, reference)).toBeLessThan(1e-6);
  });

  test('goes on from a state as if it had never stopped', async () => {
    const [whole] = await trained(engine, [entry], 20);
    const [half] = await trained(engine, [entry], 10);
    const session = await engine.open([{ ...entry, state: half }]);
    session.begin(0, phaseOf(examples, { until: 20, patience: null }), false);
    await runOut(session);
    expect(await session.state(0)).toEqual(whole);
  });

  test('keeps the newest weights as the best when it is told to', async () => {
    const session = await engine.open([entry]);
    session.begin(0, phaseOf(examples, { until: 3, patience: null }), false);
    await runOut(session);
    session.keep(0);
    const { weights, bestWeights, bestLoss } = await session.state(0);
    expect(bestWeights).toEqual(weights);
    expect(bestLoss).toBe(Infinity);
  });

  test('names a model that diverges, keeps its best weights, and trains the others on', async () => {
    const wild = { ...entry, state: { ...entry.state, weights: entry.state.weights.map(() => NaN) } };
    const session = await engine.open([wild, entry]);
    session.begin(0, phaseOf(examples), false);
    session.begin(1, phaseOf(examples, { until: 30 }), false);
    const ran = await runOut(session);
    expect(ran.get(0)!.end).toBe('diverged');
    expect(ran.get(0)!.looks.map(({ iteration }) => iteration)).toEqual([10]);
    expect((await session.state(0)).bestWeights).toEqual(entry.state.bestWeights);
    expect(ran.get(1)!.end).toBe('limit');
    const [alone] = await trained(engine, [entry], 30);
    expect((await session.state(1)).weights).toEqual(alone.weights);
  });

  test('ends its block after a tenth of a second, in the middle of a step when need be', async () => {
    const slow = networkOf({ inputs: 16, bins: 64, hidden: 64, targets: 16 });
    const many = examplesOf(slow, filled(slow, 256));
    const one = entryOf(slow, many, { drawing: { order: 'random', seed: 1, batchSize: 256 } });
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 10));
    const session = await engine.open([one]);
    session.begin(0, phaseOf(many, { until: 10 }), false);
    // Thirty-two pieces a step: no block of sixty milliseconds holds one.
    expect(await session.advance()).toEqual([{ model: 0, iteration: 0, end: 'running', bestLoss: Infinity, bestIteration: 0, looks: [] }]);
    expect(clock).toBeLessThanOrEqual(100);
  });

  test('says how much memory it lacks', async () => {
    const huge = networkOf({ inputs: 512, bins: 1024, hidden: 256, layers: 2 });
    const state = startOf(network);
    const entries = Array.from({ length: 600 }, () => ({ ...entry, network: huge, state }));
    await expect(engine.open(entries)).rejects.toMatchObject({ code: 'out-of-memory' });
  });
});
