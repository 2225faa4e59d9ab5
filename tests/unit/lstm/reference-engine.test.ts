import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Entry, ModelState, Session } from '../../../workers/lstm/engine.ts';
import type { Phase } from '../../../workers/lstm/course.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { gradientOfStep } from '../../../workers/lstm/reference/step.ts';
import { distance, entryOf, examplesOf, filled, networkOf, phaseOf, runOut, startOf, type Ran } from './entries.ts';
import { forecastsOf, lossOf, rowsOf } from './float64.ts';
import './support.ts';

const network = networkOf({ statics: 1 });
const samples = filled(network, 24);
const examples = { ...examplesOf(network, samples), training: { from: 0, count: 16 }, validation: Uint32Array.of(16, 17, 18, 20, 23), parts: [2, 5] };
const drawing = { order: 'random', seed: 3, batchSize: 4 } as const;
const entry = (part: Parameters<typeof entryOf>[2] = {}): Entry => entryOf(network, examples, { drawing, ...part });

/** Loss of samples in double precision. */
function exactLoss(weights: Float32Array, indices: readonly number[]): number {
  const losses = indices.map((sample) => {
    const { window, statics } = rowsOf(network, samples)[sample];
    return lossOf(network, Float64Array.from(weights), {
      rows: 1, windows: Float32Array.from(window), statics: Float32Array.from(statics), candidates: new Float32Array(),
      targets: samples.targets.subarray(sample * 2, sample * 2 + 2),
    });
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

const opened: Session[] = [];
async function open(...entries: Entry[]): Promise<Session> {
  const session = await referenceEngine.open(entries);
  opened.push(session);
  return session;
}
afterEach(() => {
  vi.restoreAllMocks();
  for (const session of opened.splice(0)) session.close();
});

/** A model after a phase, and what was seen on the way. */
async function after(one: Entry, phase: Phase, fromBest = false): Promise<ModelState & Ran> {
  const session = await open(one);
  session.begin(0, phase, fromBest);
  const { looks, end } = (await runOut(session)).get(0)!;
  return { ...await session.state(0), looks, end };
}

describe('a phase', () => {
  test('is looked at every ten steps from where it began, and at its end', async () => {
    const state = { ...startOf(network), iteration: 4 };
    const { looks, end, iteration } = await after(entry({ state }), phaseOf(examples, { from: 4, until: 29 }));
    expect(looks.map((look) => look.iteration)).toEqual([14, 24, 29]);
    expect([end, iteration]).toEqual(['limit', 29]);
  });

  test('tells the mean loss of the batches since the last look, and of the validation samples by part', async () => {
    const one = entry({ update: { learningRate: 0 } });
    const { looks: [first, second] } = await after(one, phaseOf(examples, { until: 15 }));
    const mean = (from: number, to: number): number => {
      const losses = Array.from({ length: to - from }, (_, i) => gradientOfStep(one, from + i + 1).loss);
      return losses.reduce((a, b) => a + b, 0) / losses.length;
    };
    expect(first.train).toBeCloseTo(mean(0, 10), 5);
    expect(second.train).toBeCloseTo(mean(10, 15), 5);
    expect(first.validation).toBeCloseTo(exactLoss(one.state.weights, [16, 17, 18, 20, 23]), 5);
    expect(first.parts[0]).toBeCloseTo(exactLoss(one.state.weights, [16, 17]), 5);
    expect(first.parts[1]).toBeCloseTo(exactLoss(one.state.weights, [18, 20, 23]), 5);
  });

  test('trains on the samples that it names', async () => {
    const all = entry({ drawing: { order: 'shuffled', seed: 1, batchSize: 6 }, update: { learningRate: 0 } });
    // Four batches of six are all 24 samples once.
    const { looks } = await after(all, phaseOf(examples, { samples: examples.all, until: 4, patience: null }));
    expect(looks[0].train).toBeCloseTo(exactLoss(all.state.weights, Array.from({ length: 24 }, (_, i) => i)), 5);
  });

  test('that does not validate ends at its limit alone, and leaves the best weights', async () => {
    const start = { ...startOf(network), bestWeights: startOf(network).weights.map((weight) => 2 * weight), bestLoss: 0.5, bestIteration: 0 };
    const made = await after(entry({ state: start }), phaseOf(examples, { until: 30, patience: null }));
    expect(made.looks.map(({ iteration, validation, parts }) => [iteration, validation, parts])).toEqual([[10, NaN, []], [20, NaN, []], [30, NaN, []]]);
    expect([made.end, made.bestLoss, made.bestIteration]).toEqual(['limit', 0.5, 0]);
    expect(made.bestWeights).toEqual(start.bestWeights);
    expect(made.weights).not.toEqual(start.weights);
  });

  test('ends when its patience is over', async () => {
    const made = await after(entry({ state: { ...startOf(network), bestLoss: 0 } }), phaseOf(examples, { until: 100, patience: 25 }));
    expect([made.end, made.iteration, made.bestLoss]).toEqual(['patience', 30, 0]);
    expect(made.bestWeights).toEqual(startOf(network).weights);
  });

  test('keeps the weights of its best validation', async () => {
    const fast = { update: { learningRate: 0.1 } };
    const made = await after(entry(fast), phaseOf(examples, { until: 100, patience: 1000 }));
    const losses = made.looks.map(({ validation }) => validation);
    expect(made.bestLoss).toBe(Math.min(...losses));
    expect(made.bestIteration).toBe(10 * (1 + losses.indexOf(made.bestLoss)));
    expect(made.bestIteration).toBeLessThan(100);
    const there = await after(entry(fast), phaseOf(examples, { until: made.bestIteration, patience: 1000 }));
    expect(made.bestWeights).toEqual(there.weights);
  });

  test('cuts the rate on a plateau, and trains on at the rate that is left', async () => {
    const hopeless = { ...startOf(network), bestLoss: 0 };
    const made = await after(entry({ state: hopeless }), phaseOf(examples, { schedule: { kind: 'plateau', factor: 0.5, patience: 10 }, until: 30 }));
    expect([made.rateScale, made.cutAt]).toEqual([0.125, 30]);
    let state: ModelState = hopeless;
    for (const [i, learningRate] of [0.01, 0.005, 0.0025].entries()) {
      state = await after(entry({ state, update: { learningRate } }), phaseOf(examples, { from: 10 * i, until: 10 * (i + 1) }));
    }
    expect(made.weights).toEqual(state.weights);
  });

  test('follows a schedule over its own steps', async () => {
    const state = { ...startOf(network), iteration: 20 };
    const made = await after(entry({ state }), phaseOf(examples, { schedule: { kind: 'linear', over: 2 }, from: 20, until: 22 }));
    const first = await after(entry({ state }), phaseOf(examples, { from: 20, until: 21 }));
    const second = await after(entry({ state: first, update: { learningRate: 0.005 } }), phaseOf(examples, { from: 21, until: 22 }));
    expect(made.weights).toEqual(second.weights);
  });

  test('may start from the best weights; the moments stay', async () => {
    const state = { ...startOf(network), iteration: 10, bestWeights: startOf(network).weights.map((weight) => weight / 2), first: startOf(network).first.fill(0.25), second: startOf(network).second.fill(1) };
    const still = { state, update: { learningRate: 0 } };
    const phase = phaseOf(examples, { from: 10, until: 11, patience: null });
    const fromBest = await after(entry(still), phase, true);
    const fromNewest = await after(entry(still), phase, false);
    expect(fromBest.weights).toEqual(state.bestWeights);
    expect(fromNewest.weights).toEqual(state.weights);
    const { gradient } = gradientOfStep(entry({ state: { ...state, weights: state.bestWeights }, update: { clipNorm: 0 } }), 11);
    const norm = Math.hypot(...gradient);
    expect(distance(fromBest.first, gradient.map((slope) => 0.9 * 0.25 + 0.1 * slope * Math.min(1, 1 / norm)))).toBeLessThan(1e-6);
  });

  test('that has no step left ends at once', async () => {
    const made = await after(entry({ state: { ...startOf(network), iteration: 20 } }), phaseOf(examples, { until: 20 }));
    expect([made.end, made.looks, made.iteration]).toEqual(['limit', [], 20]);
  });
});

describe('a model that diverges', () => {
  const broken = { ...examples, values: examples.values.slice() };
  broken.values[0] = NaN;

  test('is stopped and keeps its best weights, while the others go on', async () => {
    const state = { ...startOf(network), bestLoss: 0.125, bestIteration: 0 };
    const session = await open(entryOf(network, broken, { state }), entry());
    session.begin(0, phaseOf(broken, { until: 40, patience: null }), false);
    session.begin(1, phaseOf(examples, { until: 40 }), false);
    const ran = await runOut(session);
    expect([ran.get(0)!.end, ran.get(0)!.looks.map(({ train }) => train)]).toEqual(['diverged', [NaN]]);
    expect([ran.get(1)!.end, ran.get(1)!.looks.length]).toEqual(['limit', 4]);
    const { bestWeights, bestLoss } = await session.state(0);
    expect([bestWeights, bestLoss]).toEqual([state.bestWeights, 0.125]);
    expect((await session.state(1)).weights).toEqual((await after(entry(), phaseOf(examples, { until: 40 }))).weights);
  });

  test('is stopped when its validation is no number', async () => {
    // Sample 23 validates and does not train.
    const values = examples.values.slice();
    values[23 * network.bins * network.inputs] = NaN;
    const unseen = { ...examples, values };
    const { looks, end, bestLoss } = await after(entryOf(network, unseen, { drawing }), phaseOf(unseen));
    expect([looks.length, looks[0].validation, end, bestLoss]).toEqual([1, NaN, 'diverged', Infinity]);
    expect(looks[0].train).toBeGreaterThan(0);
  });
});

describe('a session', () => {
  test('goes on from a state as if it had not been interrupted', async () => {
    const part = { update: { weightDecay: 0.1, inputDropout: 0.2 }, drawing: { ...drawing, order: 'shuffled' } } as const;
    const phase = phaseOf(examples, { until: 40, schedule: { kind: 'plateau', factor: 0.5, patience: 10 }, patience: 30 });
    const { looks, end, ...whole } = await after(entry(part), phase);
    // Read in the middle of the steps between two looks: steps of 60 ms fill a block after two.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 60));
    const session = await open(entry(part));
    session.begin(0, phase, false);
    while ((await session.state(0)).iteration < 15) await session.advance();
    const state = await session.state(0);
    expect(state.iteration % 10).not.toBe(0);
    const resumed = await after(entry({ ...part, state }), phase);
    expect(resumed).toMatchObject(whole);
    expect([resumed.end, resumed.looks.at(-1)]).toEqual([end, looks.at(-1)]);
  });

  test('gives a model the same weights alone and among others', async () => {
    const wide = networkOf({ hidden: 5, layers: 2, statics: 1 });
    const wideExamples = examplesOf(wide, filled(wide, 9));
    const session = await open(entryOf(wide, wideExamples), entry(), entry({ drawing: { ...drawing, seed: 4 } }));
    session.begin(0, phaseOf(wideExamples, { until: 12 }), false);
    session.begin(1, phaseOf(examples), false);
    session.begin(2, phaseOf(examples), false);
    await runOut(session);
    const [, one, other] = await Promise.all([0, 1, 2].map((model) => session.state(model)));
    expect(one.weights).toEqual((await after(entry(), phaseOf(examples))).weights);
    expect(other.weights).not.toEqual(one.weights);
  });

  test('of slow steps ends a block in time, and every model gets its turn', async () => {
    const session = await open(entry(), entry(), entry());
    for (const model of [0, 1, 2]) session.begin(model, phaseOf(examples, { until: 12 }), false);
    // Every reading of the clock is 60 ms after the last: a block has room for two steps.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 60));
    const first = await session.advance();
    expect(first.map(({ model, iteration, end, looks }) => [model, iteration, end, looks.length])).toEqual([
      [0, 2, 'running', 0], [1, 0, 'running', 0], [2, 0, 'running', 0],
    ]);
    const seen: number[][] = [];
    for (;;) {
      const advances = await session.advance();
      if (advances.length === 0) break;
      const before = seen.at(-1) ?? first.map(({ iteration }) => iteration);
      seen.push([0, 1, 2].map((model) => advances.find((advance) => advance.model === model)?.iteration ?? before[model]));
      expect(seen.at(-1)!.reduce((a, b) => a + b, 0) - before.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(2);
    }
    expect(seen.at(-1)).toEqual([12, 12, 12]);
    // All are looked at after ten steps before one goes on.
    expect(seen).toContainEqual([10, 10, 10]);
  });

  test('does nothing while no phase runs', async () => {
    const session = await open(entry());
    expect(await session.advance()).toEqual([]);
  });

  test('validates the newest weights when asked; the first time they are the best', async () => {
    const state = { ...startOf(network), iteration: 7, bestWeights: startOf(network).first };
    const session = await open(entry({ state }), entry({ state: { ...state, bestLoss: 2, bestIteration: 5 } }));
    const look = await session.look(0);
    expect(look.validation).toBeCloseTo(exactLoss(state.weights, [16, 17, 18, 20, 23]), 5);
    expect(look.parts[1]).toBeCloseTo(exactLoss(state.weights, [18, 20, 23]), 5);
    expect([look.iteration, look.train]).toEqual([7, NaN]);
    expect(await session.state(0)).toMatchObject({ bestLoss: look.validation, bestIteration: 7, bestWeights: state.weights });
    expect(await session.look(1)).toEqual(look);
    expect(await session.state(1)).toMatchObject({ bestLoss: 2, bestIteration: 5, bestWeights: state.bestWeights });
  });

  test('keeps the weights of a phase that does not validate when told to, with the best loss as it is', async () => {
    const session = await open(entry({ state: { ...startOf(network), bestLoss: 0.125, bestIteration: 0 } }));
    session.begin(0, phaseOf(examples, { until: 5, patience: null }), false);
    await runOut(session);
    session.keep(0);
    const { weights, bestWeights, bestLoss, bestIteration } = await session.state(0);
    expect(weights).not.toEqual(startOf(network).weights);
    expect([bestWeights, bestLoss, bestIteration]).toEqual([weights, 0.125, 0]);
  });

  test('forecasts all queries with the best weights, however many there are', async () => {
    const queries = Uint32Array.from({ length: 5000 }, (_, i) => (i * 7) % 24);
    const many = { ...examples, queries };
    const bestWeights = startOf(network).weights.map((weight) => weight / 2);
    const session = await open(entryOf(network, many, { drawing, state: { ...startOf(network), bestWeights } }));
    const expected = rowsOf(network, samples).map((row) => forecastsOf(network, Float64Array.from(bestWeights), row));
    expect(distance(await session.forecast(0), [...queries].flatMap((query) => expected[query]))).toBeLessThan(1e-6);
  });

  test('hands out states that later steps do not change', async () => {
    const session = await open(entry());
    const state = await session.state(0);
    state.weights.fill(9);
    expect((await session.state(0)).weights).toEqual(startOf(network).weights);
  });

  test('leaves no tensors behind, closed at the end or in the middle of a block', async () => {
    const before = tf.memory().numTensors;
    const session = await open(entry(), entry({ update: { inputDropout: 0.1 } }));
    session.begin(0, phaseOf(examples), false);
    session.begin(1, phaseOf(examples), true);
    await session.advance();
    const held = tf.memory().numTensors;
    await runOut(session);
    session.begin(0, phaseOf(examples, { from: 20, until: 60 }), true);
    session.keep(1);
    await session.look(0);
    await session.forecast(0);
    expect(tf.memory().numTensors).toBe(held);
    const unfinished = [session.advance(), session.look(1), session.forecast(1), session.state(1)];
    session.close();
    expect((await Promise.all(unfinished))[0]).toEqual([]);
    session.close();
    expect(tf.memory().numTensors).toBe(before);
  });
});
