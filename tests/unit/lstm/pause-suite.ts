/** What pauses of a search have to leave as it is, on whatever engine: the same tests for all of them, in Node and in the browser. */
import { describe, expect, test } from 'vitest';
import type { Checkpoint, ModelSpec, TrainedModel, TrainRequest } from '../../../workers/contract.ts';
import type { Engine } from '../../../workers/lstm/engine.ts';
import { FINISHING } from '../../../workers/lstm/schedule.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { bank } from './banks.ts';
import { noisy, quiet, request } from './support.ts';

/** Kernels take seconds to compile where the GPU is software, ms. */
const LONG = 120_000;

const histories = [noisy(1), noisy(2, { layer: 1, experts: 6 })];
const banks = [bank(0, 4, 3), bank(1, 6, 4)];

type Settings = Parameters<typeof request>[1];
const courses: Readonly<Record<string, Settings>> = {
  'at a constant rate': {},
  'on a cosine, in shuffled epochs': { rateSchedule: 'cosine', drawOrder: 'shuffled' },
  'between two cuts of the rate': { rateSchedule: 'plateau', learningRate: 0.1 },
  'with two layers and dropout, clipped hard': { layers: 2, inputDropout: 0.2, layerDropout: 0.2, clipNorm: 0.01 },
  'of the joint form, with coupled decay': { form: 'joint', decay: 'coupled' },
  'of a residual on the bank, which holds nothing back, on a cosine': { form: 'residual', rateSchedule: 'cosine' },
  'of a gate on the bank, which holds nothing back': { form: 'gate' },
};

/** All of a result but the time that it took. */
function numbersOf({ forecasts, losses, checkpoint, ended }: TrainedModel): Omit<TrainedModel, 'elapsedMs'> {
  return { forecasts, losses, checkpoint, ended };
}

/** Declares the tests. @param engine of the device under test */
export function testPauses(engine: () => Engine): void {
  const asked = (settings: Settings): TrainRequest => request(histories, { iterations: 50, patience: 50, batchSize: 8, ...settings }, { banks });
  const train = async (one: TrainRequest, resume: readonly Checkpoint[] = []) => (await trainModels({ ...one, resume }, engine(), quiet())).map(numbersOf);
  const pausing = (one: TrainRequest, ...pauses: readonly (number | undefined)[]): TrainRequest => ({
    ...one, models: one.models.map((spec, model): ModelSpec => ({ ...spec, pauseAt: pauses[model] })),
  });

  describe('a search that paused twice ends at the numbers of one that never did', () => {
    test.each(Object.entries(courses))('%s', async (_, settings) => {
      const { rateSchedule } = settings!;
      const whole = asked(settings);
      const [straight] = await train(whole);
      const [first] = await train(pausing(whole, 11));
      expect([first.ended, first.checkpoint.iteration]).toEqual(['paused', 20]);
      expect(first.losses).toEqual(straight.losses.filter(({ iteration }) => iteration <= 20));
      const [second] = await train(pausing(whole, 40), [first.checkpoint]);
      expect([second.ended, second.checkpoint.iteration]).toEqual(['paused', 40]);
      if (rateSchedule === 'plateau') expect(second.checkpoint.rateScale).toBeLessThan(1);
      const [last] = await train(whole, [second.checkpoint]);
      expect(last).toEqual(straight);
      // One that is further than the pause that it is asked for waits where it is.
      expect(await train(pausing(whole, 20), [second.checkpoint])).toEqual([second]);
    }, LONG);
  });

  test('the forecasts of a pause are those of the best weights so far, which its checkpoint holds', async () => {
    const whole = asked({ learningRate: 0.1 });
    const [{ forecasts, checkpoint, losses }] = await train(pausing(whole, 30));
    const best = losses.reduce((a, b) => (b.validation < a.validation ? b : a));
    expect(checkpoint.bestIteration).toBe(best.iteration);
    expect(checkpoint.bestLoss).toBe(best.validation);
    const [there] = await train(pausing(whole, best.iteration));
    expect(forecasts).toEqual(there.forecasts);
    expect(there.checkpoint.bestWeights).toEqual(checkpoint.bestWeights);
    expect(there.checkpoint.weights).toEqual(there.checkpoint.bestWeights);
  }, LONG);

  test('at its best iteration, before its patience ends and just where it does', async () => {
    const whole = asked({ iterations: 200, patience: 20, learningRate: 0.1 });
    const [straight] = await train(whole);
    expect(straight.ended).toBe('no-improvement');
    const end = straight.checkpoint.iteration - FINISHING;
    expect(end).toBeLessThan(200);
    for (const pauseAt of [end - 20, end - 10]) {
      const [paused] = await train(pausing(whole, pauseAt));
      expect([paused.ended, paused.checkpoint.iteration, paused.checkpoint.bestIteration]).toEqual(['paused', pauseAt, end - 20]);
      expect(await train(whole, [paused.checkpoint])).toEqual([straight]);
    }
    for (const pauseAt of [end, end + 10, 200]) expect(await train(pausing(whole, pauseAt))).toEqual([straight]);
  }, LONG);

  test('of some models of a launch, the others take no notice, nor do those that go on beside others', async () => {
    const one = asked({});
    const models = [1, 2, 3].map((seed, model): ModelSpec => ({ ...one.models[0], seed, settings: { ...one.models[0].settings, iterations: [50, 45, 50][model] } }));
    const all = { ...one, models };
    const straight = await train(all);
    const paused = await train(pausing(all, 10, undefined, 30));
    expect(paused.map(({ ended, checkpoint: { iteration } }) => [ended, iteration])).toEqual([['paused', 10], ['all-iterations', 45 + FINISHING], ['paused', 30]]);
    expect(paused[1]).toEqual(straight[1]);
    expect(await train(all, paused.map(({ checkpoint }) => checkpoint))).toEqual(straight);
    // The last one is dropped.
    const kept = await train({ ...all, models: models.slice(0, 1) }, [paused[0].checkpoint]);
    expect(kept).toEqual(straight.slice(0, 1));
  }, LONG);

  test('before it began, at once', async () => {
    const whole = asked({});
    const [{ ended, checkpoint, losses }] = await train(pausing(whole, 0));
    expect([ended, checkpoint.iteration, losses.map(({ iteration }) => iteration)]).toEqual(['paused', 0, [0]]);
    expect(await train(whole, [checkpoint])).toEqual(await train(whole));
  }, LONG);
}
