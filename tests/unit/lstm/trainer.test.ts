import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BinnedHistory, Checkpoint, LossPoint, TrainedModel, TrainReport, TrainRequest } from '../../../workers/contract.ts';
import { buffersOf } from '../../../workers/lstm/checkpoint.ts';
import type { Engine } from '../../../workers/lstm/engine.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { FINISHING } from '../../../workers/lstm/schedule.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { scriptedEngine } from './scripted.ts';
import { history, noisy, quiet, request } from './support.ts';

type Settings = Parameters<typeof request>[1];

afterEach(() => void vi.restoreAllMocks());

/** Shares that swing back to their level within some 400 steps: their last mean says where they go next. */
function swinging(): BinnedHistory {
  return history((grain, expert) => 1 + 0.5 * Math.sin((2 * Math.PI * (grain + 5 * expert)) / 20), { bins: 80 });
}

/** A model a layer. */
function several(layers: number, settings: Settings = {}): TrainRequest {
  const histories = Array.from({ length: layers }, (_, layer) => noisy(layer, { layer }));
  const asked = request(histories, settings);
  return { ...asked, models: histories.map(({ layer }) => ({ ...asked.models[0], layers: [layer] })) };
}

/** Many checkpoints of a training: the clock runs so fast that each step is a block, and every few blocks are kept. */
async function checkpointsOf(asked: TrainRequest): Promise<readonly Checkpoint[]> {
  let clock = 0;
  const fast = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000));
  const work = quiet();
  await trainModels(asked, referenceEngine, work);
  fast.mockRestore();
  return work.reports.flatMap(({ checkpoints }) => checkpoints);
}

/** All of a result but the time that it took. */
function numbersOf({ forecasts, losses, checkpoint, ended }: TrainedModel): Omit<TrainedModel, 'elapsedMs'> {
  return { forecasts, losses, checkpoint, ended };
}

describe('training', () => {
  test('learns a pattern that the base does not know', async () => {
    const [{ losses, ended, checkpoint, forecasts }] = await trainModels(
      request([swinging()], { hiddenUnits: 8, iterations: 150, patience: 150, batchSize: 16 }, { horizonSteps: 300 }), referenceEngine, quiet(),
    );
    const [untrained] = losses;
    expect(untrained).toMatchObject({ iteration: 0, train: NaN });
    expect(Math.min(...losses.map(({ validation }) => validation))).toBeLessThan(0.3 * untrained.validation);
    expect(losses.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 16 }, (_, i) => 10 * i));
    expect(ended).toBe('all-iterations');
    expect(checkpoint.iteration).toBe(150 + FINISHING);
    // The next 300 steps of expert 0: grains 80 to 85 of 1 + 0.5 sin(2πg/20), of a sum that is 4 throughout.
    const truth = Array.from({ length: 6 }, (_, i) => 1 + 0.5 * Math.sin((2 * Math.PI * (80 + i)) / 20)).reduce((a, b) => a + b) / 24;
    const base = 0.25;
    expect(Math.abs(forecasts[0].mean[0] - truth)).toBeLessThan(0.3 * Math.abs(base - truth));
  }, 20_000);

  test('gives the same numbers twice, and others for another seed', async () => {
    const run = async (seed: number) => numbersOf((await trainModels(request([noisy(1)], { iterations: 10, patience: 10 }, { seed }), referenceEngine, quiet()))[0]);
    const one = await run(1);
    expect(await run(1)).toEqual(one);
    expect((await run(2)).forecasts).not.toEqual(one.forecasts);
  }, 20_000);

  test.each(['pooled', 'joint'] as const)('goes on from any checkpoint to the same result (%s)', async (form) => {
    // Ends with its patience after 20 or 30 iterations of 40.
    const asked = request([noisy(1), noisy(2, { layer: 1 })], { form, iterations: 40, patience: 20, batchSize: 8, rateSchedule: 'plateau' });
    const [whole] = await trainModels(asked, referenceEngine, quiet());
    const end = whole.checkpoint.iteration - FINISHING;
    const checkpoints = await checkpointsOf(asked);
    const searching = checkpoints.filter(({ iteration }) => iteration < end);
    const finishing = checkpoints.filter(({ iteration }) => iteration > end);
    expect(searching.some(({ iteration }) => iteration % 10 > 0)).toBe(true);
    for (const checkpoint of [searching[0], searching.at(-1)!, finishing[0], finishing.at(-2)!, whole.checkpoint]) {
      const { iteration } = checkpoint;
      const [resumed] = await trainModels({ ...asked, resume: [checkpoint] }, referenceEngine, quiet());
      const { losses, checkpoint: reached, ...rest } = numbersOf(resumed);
      expect({ ...rest, ...reached, losses: [] }, `from iteration ${iteration}`).toEqual({ ...whole.checkpoint, forecasts: whole.forecasts, ended: whole.ended, losses: [] });
      // The mean of a resumed training's first batches leaves out those before.
      expect(losses.map((point) => point.validation)).toEqual(whole.losses.map((point) => point.validation));
      expect(losses.map((point) => Math.abs(point.iteration - iteration) < 10 || point.train)).toEqual(whole.losses.map((point) => Math.abs(point.iteration - iteration) < 10 || point.train));
    }
  }, 30_000);

  test('side by side each model learns what it learns alone', async () => {
    const asked = several(2, { iterations: 20, patience: 20, batchSize: 8 });
    const together = await trainModels(asked, referenceEngine, quiet());
    for (const [model, spec] of asked.models.entries()) {
      const [alone] = await trainModels({ ...asked, models: [spec] }, referenceEngine, quiet());
      expect({ ...together[model].checkpoint, model: 0 }).toEqual(alone.checkpoint);
      expect(together[model].forecasts).toEqual(alone.forecasts);
    }
  }, 20_000);

  test('learns as it is asked to: two layers, dropout, shuffled samples, another loss', async () => {
    const run = async (settings: Settings): Promise<Float64Array> => (
      await trainModels(request([noisy(1)], { iterations: 10, patience: 10, batchSize: 8, ...settings }), referenceEngine, quiet())
    )[0].forecasts[0].mean;
    const plain = await run({});
    for (const settings of [
      { layers: 2 }, { inputDropout: 0.2 }, { drawOrder: 'shuffled' }, { loss: 'huber' }, { rateSchedule: 'cosine' }, { clipNorm: 0.01 }, { decay: 'coupled', weightDecay: 0.1 },
    ] as const) expect(await run(settings), `with ${JSON.stringify(settings)}`).not.toEqual(plain);
    expect(await run({ layers: 2, layerDropout: 0.2 })).not.toEqual(await run({ layers: 2 }));
  }, 30_000);

  test('a learning rate that blows up ends as diverged and never gives weights that are no numbers', async () => {
    const [{ checkpoint, forecasts, ended }] = await trainModels(request([swinging()], { learningRate: 1e38, iterations: 20 }), referenceEngine, quiet());
    expect(ended).toBe('diverged');
    expect(Object.values(checkpoint.bestWeights).every(({ values }) => values.every(Number.isFinite))).toBe(true);
    expect(forecasts[0].mean.every(Number.isFinite)).toBe(true);
  });

  test('refuses a checkpoint of another network', async () => {
    const [{ checkpoint }] = await trainModels(request([noisy(1)]), scriptedEngine(), quiet());
    await expect(trainModels({ ...request([noisy(1)], { hiddenUnits: 8 }), resume: [checkpoint] }, scriptedEngine(), quiet()))
      .rejects.toMatchObject({ code: 'bad-setting', where: 'lstm.kernel' });
  });

  test('leaves no tensor behind: done or cancelled', async () => {
    const before = tf.memory().numTensors;
    await trainModels(request([noisy(1)], { iterations: 10, patience: 10 }), referenceEngine, quiet());
    expect(tf.memory().numTensors).toBe(before);
    const controller = new AbortController();
    const cancelled = trainModels(request([noisy(1)], { iterations: 5000, patience: 1000 }), referenceEngine, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the course of each model', () => {
  test('searches, finishes from its best weights and keeps what it finished with', async () => {
    const engine = scriptedEngine({ validation: (_, iteration) => Math.abs(iteration - 20) });
    const [{ ended, losses, checkpoint }] = await trainModels(several(1, { iterations: 400, patience: 30 }), engine, quiet());
    expect(engine.asked.filter((one) => !one.startsWith('forecast'))).toEqual(['begin 0 0-400', 'begin 0 50-100 from best', 'keep 0', 'close']);
    expect(engine.asked.slice(-3)).toEqual(['keep 0', 'forecast 0', 'close']);
    expect(ended).toBe('no-improvement');
    expect(losses.map(({ iteration }) => iteration)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(checkpoint).toMatchObject({ iteration: 100, bestIteration: 20, bestLoss: 0, diverged: false });
    expect(checkpoint.bestWeights['lstm.kernel'].values[0]).toBe(100);
  });

  test('goes its own way: models of one session end when each is done', async () => {
    const engine = scriptedEngine({ validation: (model, iteration) => (model === 0 ? 1 + iteration : 1 / (1 + iteration)) });
    const trained = await trainModels(several(2, { iterations: 60, patience: 20 }), engine, quiet());
    expect(trained.map(({ ended, checkpoint }) => [ended, checkpoint.iteration])).toEqual([['no-improvement', 20 + FINISHING], ['all-iterations', 60 + FINISHING]]);
    expect(trained[0].elapsedMs).toBeLessThanOrEqual(trained[1].elapsedMs);
  });

  test('a model whose numbers break ends as diverged with the best weights it had; the others go on', async () => {
    const asked = several(3, { iterations: 40, patience: 40 });
    const work = quiet();
    const trained = await trainModels(asked, scriptedEngine({ validation: (model, iteration) => (model === 1 && iteration > 20 ? NaN : 1 / (1 + iteration)) }), work);
    expect(trained.map(({ ended }) => ended)).toEqual(['all-iterations', 'diverged', 'all-iterations']);
    const { checkpoint, losses, forecasts } = trained[1];
    expect(checkpoint).toMatchObject({ diverged: true, iteration: 30, bestIteration: 20 });
    expect(checkpoint.weights['lstm.kernel'].values[0]).toBe(20);
    expect(checkpoint.weights).toEqual(checkpoint.bestWeights);
    expect(losses.map(({ iteration }) => iteration)).toEqual([0, 10, 20]);
    expect(forecasts[0].mean.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    expect(work.reports.at(-1)!.models.map(({ ended }) => ended)).toEqual(trained.map(({ ended }) => ended));
    // It stays so when the training is resumed.
    const again = await trainModels({ ...asked, resume: trained.map((one) => one.checkpoint) }, scriptedEngine(), quiet());
    expect(again.map(({ ended }) => ended)).toEqual(trained.map(({ ended }) => ended));
    expect(again[1].checkpoint).toEqual(checkpoint);
  });
});

describe('a pause', () => {
  /** Model `n` of the request pauses at the `n`th of these. */
  const pausing = (asked: TrainRequest, ...pauses: readonly (number | undefined)[]): TrainRequest => (
    { ...asked, models: asked.models.map((spec, model) => ({ ...spec, pauseAt: pauses[model] })) }
  );
  const better = (_: number, iteration: number): number => 1 / (1 + iteration);

  test('ends the search at the next validation, with forecasts, and no step is asked for after it', async () => {
    const engine = scriptedEngine({ validation: (_, iteration) => Math.abs(iteration - 20) });
    const work = quiet();
    const [{ ended, losses, checkpoint }] = await trainModels(pausing(several(1, { iterations: 400, patience: 100 }), 31), engine, work);
    expect(engine.asked.filter((one) => !one.startsWith('forecast'))).toEqual(['begin 0 0-40', 'close']);
    expect(ended).toBe('paused');
    expect(losses.map(({ iteration }) => iteration)).toEqual([0, 10, 20, 30, 40]);
    expect(checkpoint).toMatchObject({ iteration: 40, bestIteration: 20, bestLoss: 0, diverged: false });
    expect(checkpoint.weights['lstm.kernel'].values[0]).toBe(40);
    expect(checkpoint.bestWeights['lstm.kernel'].values[0]).toBe(20);
    const last = work.reports.at(-1)!;
    expect(last).toMatchObject({ done: 40, total: 40, models: [{ ended: 'paused', iteration: 40 }] });
    // The answer has it.
    expect(last.checkpoints).toEqual([]);
  });

  test('where all models are further already takes no step', async () => {
    const asked = several(2, { iterations: 400, patience: 100 });
    const paused = await trainModels(pausing(asked, 40, 60), scriptedEngine(), quiet());
    const engine = scriptedEngine();
    const again = await trainModels({ ...pausing(asked, 40, 20), resume: paused.map(({ checkpoint }) => checkpoint) }, engine, quiet());
    expect(engine.asked).toEqual(['forecast 0', 'forecast 1', 'close']);
    expect(again.map(numbersOf)).toEqual(paused.map(numbersOf));
  });

  test('does not come to a search that is over before: by patience, or by numbers that break', async () => {
    const validation = (model: number, iteration: number): number => (model === 0 ? 1 + iteration : iteration > 20 ? NaN : better(model, iteration));
    const trained = await trainModels(pausing(several(3, { iterations: 400, patience: 30 }), 50, 50, 20), scriptedEngine({ validation }), quiet());
    expect(trained.map(({ ended, checkpoint }) => [ended, checkpoint.iteration])).toEqual([['no-improvement', 30 + FINISHING], ['diverged', 30], ['paused', 20]]);
  });

  test('counts towards the progress, which grows to its total', async () => {
    const work = quiet();
    const validation = (model: number, iteration: number): number => (model === 1 ? 1 + iteration : better(model, iteration));
    let clock = 0;
    const fast = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000));
    await trainModels(pausing(several(3, { iterations: 100, patience: 30 }), 50, 50), scriptedEngine({ validation }), work);
    fast.mockRestore();
    const done = work.reports.map((report) => report.done);
    expect(done.length).toBeGreaterThan(5);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(50 + 50 + 100 + FINISHING);
    expect(new Set(work.reports.map(({ total }) => total))).toEqual(new Set([50 + 50 + 100 + FINISHING]));
  });
});

describe('what a training reports', () => {
  test('the forecasts of every model from the first report on, and each of its losses once, those of its layers apart', async () => {
    const work = quiet();
    const asked = request([noisy(1), noisy(2, { layer: 1, experts: 6 })], { iterations: 20, patience: 20, batchSize: 8 });
    let clock = 0;
    const fast = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000));
    const [{ losses, forecasts }] = await trainModels(asked, referenceEngine, work);
    fast.mockRestore();
    const told: LossPoint[] = [];
    for (const { models } of work.reports) {
      expect(models).toHaveLength(1);
      expect(models[0].forecasts.map(({ layer, mean }) => [layer, mean.length])).toEqual([[0, 4], [1, 6]]);
      expect(models[0].firstPoint).toBe(told.length);
      told.push(...models[0].losses);
    }
    expect(work.reports.length).toBeGreaterThan(3);
    expect(losses[0]).toMatchObject({ iteration: 0, train: NaN });
    expect(told).toEqual(losses);
    expect(work.reports.at(-1)!.models[0]).toMatchObject({ model: 0, forecasts, ended: 'all-iterations', iteration: 20 + FINISHING });
    for (const { validation, parts } of losses) expect((4 * parts[0] + 6 * parts[1]) / 10).toBeCloseTo(validation, 6);
  }, 20_000);

  test('no losses by layer where one sample holds several layers', async () => {
    const [{ losses }] = await trainModels(request([noisy(1), noisy(2, { layer: 1 })], { form: 'joint', iterations: 10, patience: 10, batchSize: 4 }), referenceEngine, quiet());
    expect(losses.map(({ parts }) => parts)).toEqual([[], []]);
  }, 20_000);
});

describe('what a training reports, in simulated time', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** Lets time go by until the work is done, 5 ms whenever nothing else is to do. */
  async function simulated<Result>(work: Promise<Result>): Promise<Result> {
    const state = { done: false };
    const end = (): void => {
      state.done = true;
    };
    work.then(end, end);
    while (!state.done) {
      await vi.advanceTimersByTimeAsync(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  }

  test('progress that grows to the total, over all models, however early they end', async () => {
    const work = quiet();
    await simulated(trainModels(several(2, { iterations: 200, patience: 20 }), scriptedEngine({ validation: (model, iteration) => (model === 0 ? 1 + iteration : 1 / (1 + iteration)), blockMs: 40 }), work));
    const done = work.reports.map((report) => report.done);
    expect(done.length).toBeGreaterThan(3);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(2 * (200 + FINISHING));
    expect(new Set(work.reports.map(({ total }) => total))).toEqual(new Set([2 * (200 + FINISHING)]));
  });

  test('the steps that one model does in a second', async () => {
    const work = quiet();
    await simulated(trainModels(several(3, { iterations: 100, patience: 100 }), scriptedEngine({ blockMs: 50 }), work));
    // Ten steps a block of 50 ms, or a little more.
    const { stepsPerSecond } = work.reports.at(-1)!;
    expect(stepsPerSecond).toBeLessThanOrEqual(200);
    expect(stepsPerSecond).toBeGreaterThan(150);
  });

  test.each([10, 90, 190, 280])('at least every 300 ms, and not with every short block: blocks of %i ms', async (blockMs) => {
    const times: number[] = [];
    await simulated(trainModels(several(1, { iterations: 10 * Math.ceil(900 / blockMs), patience: 1000 }), scriptedEngine({ blockMs }), { ...quiet(), onProgress: () => times.push(performance.now()) }));
    // The last report comes at the end, whenever that is.
    const gaps = times.slice(1, -1).map((time, i) => time - times[i]);
    expect(Math.min(...gaps)).toBeGreaterThan(140);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(300 + 15);
  });

  test('a checkpoint of every model that trains, every few seconds, and one of each that has ended', async () => {
    const work = quiet();
    const asked = several(2, { iterations: 100, patience: 100 });
    const [short, long] = asked.models;
    const trained = await simulated(trainModels(
      { ...asked, models: [{ ...short, settings: { ...short.settings, iterations: 10 } }, long] }, scriptedEngine({ blockMs: 250 }), work,
    ));
    const seen = work.reports.flatMap(({ checkpoints }) => checkpoints);
    // What is there at the end is in the answer.
    expect(seen.map(({ model }) => model)).toEqual([0, 1]);
    expect(seen[0]).toEqual(trained[0].checkpoint);
    // Two seconds are eight blocks of ten steps.
    expect(Math.abs(seen[1].iteration - 80)).toBeLessThanOrEqual(10);
  });

  test('a checkpoint as the model stood when it was asked for, however far it gets until that is answered, and gives its numbers away', async () => {
    const told: { readonly report: TrainReport; readonly transfer: readonly Transferable[] }[] = [];
    const trained = await simulated(trainModels(several(2, { iterations: 200, patience: 200 }), scriptedEngine({ blockMs: 250, stateMs: 700 }), {
      ...quiet(), onProgress: (report, transfer = []) => void told.push({ report, transfer }),
    }));
    const seen = told.flatMap(({ report }) => report.checkpoints);
    expect(seen.length).toBeGreaterThan(1);
    for (const { iteration, losses, weights } of seen) {
      expect(losses.at(-1)!.iteration).toBe(iteration);
      expect(weights['lstm.kernel'].values[0]).toBe(iteration);
    }
    for (const { report: { checkpoints }, transfer } of told) expect(new Set(transfer)).toEqual(new Set(checkpoints.flatMap(buffersOf)));
    const kept = new Set(trained.flatMap(({ checkpoint }) => buffersOf(checkpoint)));
    expect(told.flatMap(({ transfer }) => transfer).filter((buffer) => kept.has(buffer as ArrayBuffer))).toEqual([]);
  });

  test.each(['state', 'forecast'] as const)('nothing more once what goes on beside the steps has failed (%s)', async (method) => {
    const engine = scriptedEngine({ blockMs: 100 });
    let blocks = 0;
    const failing: Engine = {
      async open(entries) {
        const session = await engine.open(entries);
        const fails = async (): Promise<never> => {
          await new Promise((resolve) => setTimeout(resolve, 150));
          throw new Error('lost');
        };
        return {
          ...session, [method]: fails,
          advance() {
            blocks++;
            return session.advance();
          },
        };
      },
    };
    await expect(simulated(trainModels(several(2, { iterations: 5000, patience: 5000 }), failing, quiet()))).rejects.toThrow('lost');
    expect(engine.asked.at(-1)).toBe('close');
    // Forecasts are asked for at the start, states after two seconds.
    expect(blocks).toBeLessThan(method === 'state' ? 30 : 5);
  });

  test('no forecasts but the last ones where it asks for no others', async () => {
    const work = quiet();
    const engine = scriptedEngine({ blockMs: 100, validation: (model, iteration) => (model === 0 ? 1 + iteration : 1 / (1 + iteration)) });
    await simulated(trainModels({ ...several(2, { iterations: 200, patience: 20 }), onlyFinalForecasts: true }, engine, work));
    expect(engine.asked.filter((one) => one.startsWith('forecast'))).toEqual(['forecast 0', 'forecast 1']);
    for (const { models } of work.reports) expect(models.map(({ forecasts }) => forecasts.length)).toEqual(models.map(({ ended }) => (ended ? 1 : 0)));
    expect(work.reports.some(({ models: [first, second] }) => first.ended && !second.ended)).toBe(true);
  });

  test('forecasts of new best weights as long as they take little of the time', async () => {
    const count = async (forecastMs: number): Promise<number> => {
      const engine = scriptedEngine({ forecastMs, blockMs: 5 });
      await simulated(trainModels(several(1, { iterations: 200, patience: 200 }), engine, quiet()));
      return engine.asked.filter((one) => one.startsWith('forecast')).length;
    };
    // Of some twenty blocks every other one, at which the device stops for it.
    expect(await count(0)).toBeGreaterThan(9);
    // At the beginning and at the end.
    expect(await count(300)).toBe(2);
  });

  test('nothing after a cancel, which is answered between two blocks and closes the session', async () => {
    const controller = new AbortController();
    const engine = scriptedEngine({ blockMs: 100 });
    const work = quiet(controller.signal);
    const running = trainModels(several(2, { iterations: 5000, patience: 1000 }), engine, work);
    let asked = 0;
    setTimeout(() => {
      asked = performance.now();
      controller.abort();
    }, 250);
    await expect(simulated(running)).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - asked).toBeLessThan(100 + 15);
    expect(engine.asked.at(-1)).toBe('close');
    const { length } = work.reports;
    await vi.advanceTimersByTimeAsync(1000);
    expect(work.reports).toHaveLength(length);
  });
});
