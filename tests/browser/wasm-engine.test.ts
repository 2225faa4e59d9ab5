/** The CPU's engine as browsers run it: relaxed SIMD where they have it, and several lanes. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BETA1 } from '../../workers/lstm/course.ts';
import type { Engine, Entry, Session } from '../../workers/lstm/engine.ts';
import { referenceEngine } from '../../workers/lstm/reference/engine.ts';
import { gradientOfStep } from '../../workers/lstm/reference/step.ts';
import { createWasmEngine } from '../../workers/lstm/wasm/engine.ts';
import { createWasmPool } from '../../workers/lstm/wasm/pool.ts';
import { distance, phaseOf, runOut } from '../unit/lstm/entries.ts';
import { entryIn, grid, trained } from '../unit/lstm/grid.ts';

let engine: Engine;
beforeAll(async () => {
  await tf.setBackend('cpu');
  engine = await createWasmEngine();
});

test.each(grid)('a step has the reference’s gradient: %s', async (_, one) => {
  const entry = entryIn(one, { clipNorm: 0 });
  const [{ first }] = await trained(engine, [entry], 1);
  expect(distance(first.map((value) => value / (1 - BETA1)), gradientOfStep(entry, 1).gradient)).toBeLessThan(1e-6);
});

const small = grid.filter(([, { network: { hidden, bins, inputs } }]) => hidden * bins * inputs < 300);
test.each(small)('ten steps end at the reference’s weights: %s', async (_, one) => {
  const entry = entryIn(one);
  const [[mine], [reference]] = await Promise.all([trained(engine, [entry], 10), trained(referenceEngine, [entry], 10)]);
  expect(distance(mine.weights, reference.weights)).toBeLessThan(1e-4);
});

describe('lanes', () => {
  const entries = small.slice(0, 5).map(([, one], i): Entry => entryIn(one, {}, i + 1));
  const lanes: Worker[] = [];
  const sessions: Session[] = [];

  function startLane(): Worker {
    const lane = new Worker(new URL('../../workers/lstm/wasm/lane.worker.ts', import.meta.url), { type: 'module' });
    lanes.push(lane);
    return lane;
  }

  async function openOn(count: number, some = entries): Promise<Session> {
    const session = await (await createWasmPool(count, startLane)).open(some);
    sessions.push(session);
    return session;
  }

  afterEach(() => {
    for (const session of sessions.splice(0)) session.close();
    lanes.length = 0;
  });

  test('train, look, keep and forecast as one engine does, whatever their number', async () => {
    const course = async (session: Session): Promise<unknown> => {
      const first = await session.look(1);
      entries.forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { until: 20 }), false));
      const ran = await runOut(session);
      session.keep(2);
      entries.slice(0, 3).forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { from: 20, until: 25, patience: null }), true));
      const finished = await runOut(session);
      const states = await Promise.all(entries.map((_, model) => session.state(model)));
      const forecasts = await Promise.all(entries.map((_, model) => session.forecast(model)));
      return { first, ran, finished, states, forecasts };
    };
    const one = await engine.open(entries);
    const expected = await course(one);
    one.close();
    for (const count of [2, 3, 8]) {
      lanes.length = 0;
      expect(await course(await openOn(count))).toEqual(expected);
      expect(lanes).toHaveLength(Math.min(count, entries.length));
    }
  });

  test('are not started for a model that is alone', async () => {
    const session = await openOn(4, entries.slice(0, 1));
    session.begin(0, phaseOf(entries[0].examples, { until: 10, patience: null }), false);
    await runOut(session);
    expect((await session.state(0)).iteration).toBe(10);
    expect(lanes).toEqual([]);
  });

  test('reject what waits when one of them dies, and all that is asked later', async () => {
    const session = await openOn(2);
    entries.forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { until: 1e9, patience: null }), false));
    const waiting = session.advance();
    lanes[1].dispatchEvent(new ErrorEvent('error', { message: 'no memory' }));
    await expect(waiting).rejects.toMatchObject({ code: 'worker-died', message: 'a background worker stopped: no memory' });
    session.begin(0, phaseOf(entries[0].examples), false);
    await expect(session.advance()).rejects.toMatchObject({ code: 'worker-died' });
    await expect(session.state(1)).rejects.toMatchObject({ code: 'worker-died' });
    expect(lanes).toHaveLength(2);
  });

  test('pass on what goes wrong in them', async () => {
    const session = await openOn(2);
    session.begin(0, { ...phaseOf(entries[0].examples), schedule: null as never }, false);
    await expect(session.advance()).rejects.toMatchObject({ code: 'internal' });
  });
});
