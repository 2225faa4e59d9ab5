/** What every engine has to do, on whatever device it runs: the same tests for all of them, in Node and in the browser. */
import { describe, expect, test } from 'vitest';
import type { Engine, Entry } from '../../../workers/lstm/engine.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { agreement, grid, gridEntries, trainGrid, type GridCase, type Trained } from './engine-grid.ts';

/** Kernels take seconds to compile where the GPU is software, ms. */
const LONG = 120_000;

const known = new Map<GridCase, readonly Trained[]>();
async function reference(one: GridCase): Promise<readonly Trained[]> {
  const trained = known.get(one) ?? await trainGrid(referenceEngine, gridEntries(one));
  known.set(one, trained);
  return trained;
}

/** Gradients, weights, losses and forecasts of every model are the plain engine's, to float32. */
export async function expectAgreement(engine: Engine, one: GridCase): Promise<void> {
  const right = await reference(one);
  const mine = await trainGrid(engine, gridEntries(one));
  mine.forEach((trained, model) => {
    const { gradient, weights, bestWeights, forecast, losses } = agreement(trained, right[model]);
    expect(gradient).toBeLessThan(1e-6);
    expect(weights).toBeLessThan(1e-4);
    expect(bestWeights).toBeLessThan(1e-4);
    expect(forecast).toBeLessThan(1e-4);
    expect(losses).toBeLessThan(1e-6);
    expect(trained.last.bestIteration).toBe(right[model].last.bestIteration);
  });
}

/** Declares the tests. @param engine of the device under test; TensorFlow.js stays on its cpu backend for the reference */
export function testEngine(engine: () => Engine): void {
  describe('agrees with the plain engine', () => {
    test.each(Object.keys(grid))('%s', async (name) => {
      await expectAgreement(engine(), grid[name]);
    }, LONG);
  });

  const one: GridCase = { network: { inputs: 1, targets: 1, hidden: 4 } };
  const many = (count: number): Entry[] => {
    const [entry] = gridEntries(one);
    return Array.from({ length: count }, (_, i) => ({ ...entry, drawing: { ...entry.drawing, seed: 100 + i } }));
  };

  test('trains a model alone and among 64 others to the same weights, bit for bit', async () => {
    const entries = many(65);
    const alone = await trainGrid(engine(), [entries[40]]);
    const among = await trainGrid(engine(), entries);
    expect(among[40].last.weights).toEqual(alone[0].last.weights);
    expect(among[40].looks).toEqual(alone[0].looks);
    expect(among[41].last.weights).not.toEqual(alone[0].last.weights);
  }, LONG);

  test('gives the same weights twice', async () => {
    const [first] = await trainGrid(engine(), many(1));
    const [again] = await trainGrid(engine(), many(1));
    expect(again.last).toEqual(first.last);
    expect(again.forecast).toEqual(first.forecast);
  }, LONG);

  test('trains models of different networks in turns', async () => {
    const other: GridCase = { network: { inputs: 2, targets: 2, hidden: 4 } };
    const right = [...await reference(one), ...await reference(other)];
    const mine = await trainGrid(engine(), [...gridEntries(one), ...gridEntries(other)]);
    mine.forEach((trained, model) => expect(agreement(trained, right[model]).weights).toBeLessThan(1e-4));
  }, LONG);

  test('ends phases as the plain engine does: by patience, by their last step, and never leaves the best weights', async () => {
    const run = async (engine: Engine): Promise<unknown> => {
      const entries = many(3).map((entry, i) => ({ ...entry, update: { ...entry.update, learningRate: [0.3, 0.001, 0.05][i] } }));
      const session = await engine.open(entries);
      try {
        const ends: unknown[] = [];
        for (const [model, { examples }] of entries.entries()) {
          await session.look(model);
          session.begin(model, { samples: examples.training, schedule: { kind: 'plateau', factor: 0.5, patience: 10 }, from: 0, until: [200, 25, 60][model], patience: [20, 1000, 30][model] }, false);
        }
        for (let advances = await session.advance(); advances.length > 0; advances = await session.advance()) {
          for (const { model, iteration, end, bestIteration } of advances) if (end !== 'running') ends.push({ model, iteration, end, bestIteration });
        }
        // Then the best weights again, on a falling rate, without validation.
        entries.forEach(({ examples }, model) => session.begin(model, { samples: examples.all, schedule: { kind: 'linear', over: 15 }, from: 300, until: 315, patience: null }, true));
        session.keep(1);
        return ends;
      } finally {
        session.close();
      }
    };
    const mine = await run(engine()) as { readonly model: number }[];
    const right = await run(referenceEngine) as { readonly model: number }[];
    const sorted = (ends: { readonly model: number }[]): unknown => ends.toSorted((a, b) => a.model - b.model);
    expect(sorted(mine)).toEqual(sorted(right));
  }, LONG);

  test('stops a model whose numbers break, says so, and leaves the others alone', async () => {
    const entries = many(2).map((entry, i) => (i === 0 ? { ...entry, update: { ...entry.update, learningRate: 1e38, clipNorm: 0 } } : entry));
    const session = await engine().open(entries);
    try {
      const ends = new Map<number, string>();
      for (const [model, { examples }] of entries.entries()) {
        await session.look(model);
        session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: 30, patience: 1000 }, false);
      }
      for (let advances = await session.advance(); advances.length > 0; advances = await session.advance()) for (const { model, end } of advances) ends.set(model, end);
      expect(ends).toEqual(new Map([[0, 'diverged'], [1, 'limit']]));
      const broken = await session.state(0);
      expect(broken.bestWeights.every(Number.isFinite)).toBe(true);
      expect(broken.bestLoss).toBeLessThan(Infinity);
      const [alone] = await trainGrid(engine(), [entries[1]]);
      expect(alone.last.iteration).toBe(11);
    } finally {
      session.close();
    }
  }, LONG);

  test('goes on from a state that it gave away to the same numbers', async () => {
    const [entry] = many(1);
    const phase = { samples: entry.examples.training, schedule: { kind: 'cosine', floor: 0.1, over: 40 }, from: 0, until: 40, patience: 1000 } as const;
    const run = async (from: Entry, until: number): Promise<Entry> => {
      const session = await engine().open([from]);
      try {
        session.begin(0, phase, false);
        let iteration = from.state.iteration;
        while (iteration < until) for (const advance of await session.advance()) iteration = advance.iteration;
        return { ...from, state: await session.state(0) };
      } finally {
        session.close();
      }
    };
    const whole = await run(entry, 40);
    // A block ends where it likes; what it gave is gone on from.
    const part = await run(entry, 10);
    const rest = await run(part, 40);
    expect(part.state.iteration).toBeGreaterThanOrEqual(10);
    expect(rest.state.weights).toEqual(whole.state.weights);
    expect(rest.state.bestLoss).toBe(whole.state.bestLoss);
  }, LONG);

  test('models that begin beside one that goes on learn as they do alone', async () => {
    const [begins, , goesOn] = many(3);
    const [{ last }] = await trainGrid(engine(), [goesOn]);
    const { iteration, weights, first, second, bestWeights, bestLoss, bestIteration, rateScale, cutAt } = last;
    const further = { ...goesOn, state: { iteration, weights, first, second, bestWeights, bestLoss, bestIteration, rateScale, cutAt } };
    const run = async (entries: readonly Entry[]) => {
      const session = await engine().open(entries);
      try {
        for (const [model, { examples, state }] of entries.entries()) {
          session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: state.iteration, until: state.iteration + 20, patience: 1000 }, false);
        }
        while ((await session.advance()).length > 0);
        return await Promise.all(entries.map((_, model) => session.state(model)));
      } finally {
        session.close();
      }
    };
    const [[fresh], [further20]] = [await run([begins]), await run([further])];
    expect(await run([further, begins, further, begins])).toEqual([further20, fresh, further20, fresh]);
  }, LONG);

  test('answers as models stand when they are asked, while the next block runs', async () => {
    const entries = many(3);
    const run = async (waits: boolean) => {
      const session = await engine().open(entries);
      try {
        for (const [model, { examples }] of entries.entries()) {
          await session.look(model);
          session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: 60, patience: 1000 }, false);
        }
        const reached = entries.map(() => 0);
        while (Math.min(...reached) < 20) for (const { model, iteration } of await session.advance()) reached[model] = iteration;
        const answers = Promise.all(entries.map((_, model) => session.state(model)));
        if (waits) await answers;
        while ((await session.advance(true)).length > 0);
        const states = await answers;
        expect(states.map(({ iteration }) => iteration)).toEqual(reached);
        // Nobody else holds what was given.
        const last = await Promise.all(entries.map((_, model) => session.state(model)));
        expect(last.map(({ iteration }) => iteration)).toEqual([60, 60, 60]);
        return { states, last };
      } finally {
        session.close();
      }
    };
    const beside = await run(false);
    // How far a block goes is the device's matter, so that what was read is gone on from.
    for (const [model, state] of beside.states.entries()) {
      const session = await engine().open([{ ...entries[model], state }]);
      session.begin(0, { samples: entries[model].examples.training, schedule: { kind: 'constant' }, from: 0, until: 60, patience: 1000 }, false);
      while ((await session.advance()).length > 0);
      expect(await session.state(0)).toEqual(beside.last[model]);
      session.close();
    }
    expect((await run(true)).last).toEqual(beside.last);
  }, LONG);

  test('closed in the middle of a block, neither hangs nor fails', async () => {
    const [entry] = many(1);
    const session = await engine().open([entry]);
    session.begin(0, { samples: entry.examples.training, schedule: { kind: 'constant' }, from: 0, until: 1000, patience: 1000 }, false);
    // Long enough for blocks that are submitted ahead.
    for (let block = 0; block < 3; block++) await session.advance(true);
    const advancing = session.advance(true);
    session.close();
    expect(await advancing).toBeInstanceOf(Array);
    expect(await session.advance(true)).toEqual([]);
  }, LONG);
}
