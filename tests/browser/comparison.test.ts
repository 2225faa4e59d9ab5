/** A comparison on workers of its own, in a real browser: the same as without workers, whatever happens to them. */
import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCompare, type ComparisonWorkers } from '../../src/app/comparison-run.ts';
import type { OpenTrace, Session } from '../../src/app/session.ts';
import { compareLayer } from '../../src/forecast/comparison/compare-layer.ts';
import type { ComparisonPoint, ComparisonReference, ComparisonResult, ComparisonSettings, Contender } from '../../src/forecast/comparison/types.ts';
import { layerShares } from '../../src/forecast/layer-shares.ts';
import { GatecastError } from '../../src/errors.ts';
import type { Progress } from '../../src/progress.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { TraceWorkerApi } from '../../workers/contract.ts';
import { samples } from '../../src/trace/samples.ts';

let trace: WorkerClient<TraceWorkerApi>;
let session: Session;
let forecastWorkers: Worker[];
let gpuWorkers: Worker[];

beforeEach(async () => {
  trace = new WorkerClient(() => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' }));
  const { id, url } = samples[0];
  const info = await trace.call('open', { origin: { kind: 'sample', id, url } });
  const open: OpenTrace = { ref: { kind: 'sample', id, mapping: {} }, info };
  session = { trace: signal(open), workers: { trace } } as unknown as Session;
  forecastWorkers = [];
  gpuWorkers = [];
});

afterEach(() => trace.kill());

function workers(cores: number): ComparisonWorkers {
  const started = (all: Worker[], worker: Worker): Worker => {
    all.push(worker);
    return worker;
  };
  return {
    cores,
    startForecast: () => started(forecastWorkers, new Worker(new URL('../../workers/forecast.worker.ts', import.meta.url), { type: 'module' })),
    startGpu: () => started(gpuWorkers, new Worker(new URL('../../workers/gpu.worker.ts', import.meta.url), { type: 'module' })),
  };
}

const contender = (id: string, values: Contender['values'] = {}): Contender => ({ key: id, id, label: id, values });
const settings: ComparisonSettings = {
  layers: [0, 3, 7], contenders: [contender('chosen-average'), contender('ridge', { pool: 'all' })],
  firstOriginStep: 2000, lastOriginStep: 6000, everySteps: 500, horizons: [500, 1000], refitEvery: 1, coverage: 0.8, coldShare: 0.001, seed: 1,
};

type Place = Pick<ComparisonPoint, 'layer' | 'originStep' | 'horizon'> & { readonly contender?: number };

const byPlace = (a: Place, b: Place): number => a.layer - b.layer || a.originStep - b.originStep || a.horizon - b.horizon || (a.contender ?? 0) - (b.contender ?? 0);

/** In one order, and without times, which no two runs have alike. */
function ordered({ points, references }: Pick<ComparisonResult, 'points' | 'references'>): Pick<ComparisonResult, 'points' | 'references'> {
  return { points: points.map((point) => ({ ...point, elapsedMs: 0 })).toSorted(byPlace), references: references.toSorted(byPlace) };
}

/** What the comparison is without any worker but the trace's. */
async function expected({ layers, ...rest }: ComparisonSettings = settings): Promise<ReturnType<typeof ordered>> {
  const count = session.trace.peek()?.info.layers.length ?? 0;
  const shares = await Promise.all(Array.from({ length: count }, async (_, layer) => {
    const block = await trace.call('layerBlock', { layer });
    return layerShares(block.values, block.steps, block.experts);
  }));
  const points: ComparisonPoint[] = [];
  const references: ComparisonReference[] = [];
  for (const layer of layers) {
    for await (const batch of compareLayer(layer, shares[layer], { layers, ...rest }, { others: shares.filter((_, other) => other !== layer) })) {
      points.push(...batch.points);
      references.push(...batch.references);
    }
  }
  return ordered({ points, references });
}

const ignore = (): void => {};

describe('a comparison on workers', () => {
  test('gives the same as the comparison alone, on as many workers as there are cores but one, and ends them', async () => {
    const progress: Progress[] = [];
    const results: ComparisonResult[] = [];
    const compare = createCompare(session, () => 'cpu', workers(3));
    const result = await compare(settings, { onProgress: (one) => progress.push(one), onResult: (one) => results.push(one) });
    expect(ordered(result)).toEqual(await expected());
    expect(result.settings).toBe(settings);
    expect(results.at(-1)).toEqual(result);
    expect(forecastWorkers).toHaveLength(2);
    expect(progress[0]).toMatchObject({ done: 0, total: 27, unit: 'origins' });
    expect(progress.at(-1)).toMatchObject({ done: 27, total: 27 });
    expect(progress.every(({ done }, i) => i === 0 || done >= progress[i - 1].done)).toBe(true);
  });

  test('when cancelled has told all that came', async () => {
    const controller = new AbortController();
    const long = { ...settings, layers: [0, 1, 2, 3], everySteps: 2 };
    let newest: ComparisonResult | undefined;
    const work = createCompare(session, () => 'cpu', workers(2))(long, {
      signal: controller.signal,
      onResult: (result) => {
        newest = result;
        controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(newest?.points.length).toBeGreaterThan(0);
    const last = Math.max(...(newest?.points ?? []).map(({ originStep }) => originStep));
    expect(ordered(newest ?? { points: [], references: [] })).toEqual(await expected({ ...long, layers: [0], lastOriginStep: last }));
  });

  test('goes on when a worker dies, and counts nothing twice', async () => {
    const long = { ...settings, everySteps: 50 };
    let died = false;
    const result = await createCompare(session, () => 'cpu', workers(2))(long, {
      onResult: () => {
        if (!died) forecastWorkers[0].terminate();
        died = true;
      },
    });
    expect(forecastWorkers).toHaveLength(2);
    expect(ordered(result)).toEqual(await expected(long));
  });

  test('ends with the error of a contender, and of what has no origin', async () => {
    const bad = { ...settings, contenders: [contender('sliding-average', { windowSteps: -1 })] };
    const error: unknown = await createCompare(session, () => 'cpu', workers(3))(bad, { onResult: ignore }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GatecastError);
    expect(error).toMatchObject({ code: 'bad-setting', where: 'window' });
    await expect(createCompare(session, () => 'cpu', workers(3))({ ...settings, horizons: [9000] }, { onResult: ignore })).rejects.toMatchObject({ code: 'bad-setting', where: 'origins' });
  });
});

describe('the LSTM in a comparison', () => {
  const lstm = contender('lstm', { windowSteps: 500, binSteps: 100, hiddenUnits: 4, iterations: 20, batchSize: 32, patience: 10 });
  const trained: ComparisonSettings = { ...settings, layers: [0, 1], contenders: [contender('chosen-average'), lstm], everySteps: 1000, horizons: [500], refitEvery: 2 };

  test.each(['pooled', 'residual', 'gate', 'joint'])('%s, is trained at every second origin and judged beside the others', async (form) => {
    const asked: string[] = [];
    const { startGpu, ...rest } = workers(3);
    const compare = createCompare(session, () => 'wasm', {
      ...rest,
      startGpu() {
        const worker = startGpu();
        const post = worker.postMessage.bind(worker) as (message: unknown, options?: StructuredSerializeOptions) => void;
        worker.postMessage = (message: unknown, options?: unknown) => {
          asked.push(...['train', 'forecastWith'].filter((method) => JSON.stringify(message).includes(`"${method}"`)));
          post(message, options as StructuredSerializeOptions);
        };
        return worker;
      },
    });
    const result = await compare({ ...trained, contenders: [trained.contenders[0], { ...lstm, values: { ...lstm.values, form } }] }, { onResult: ignore });
    const places = (index: number): readonly string[] => result.points.filter((point) => point.contender === index).map(({ layer, originStep, horizon }) => `${layer} ${originStep} ${horizon}`).toSorted();
    expect(places(1)).toEqual(places(0));
    expect(places(1)).toHaveLength(10);
    expect(asked).toEqual(['train', 'forecastWith', 'train', 'forecastWith', 'train']);
    for (const { contender: index, scores, elapsedMs } of result.points) {
      // Loads of this trace hardly move: nothing that forecasts errs by more.
      if (index === 1) expect(scores.loadBlock).toBeLessThan(20);
      if (index === 1) expect(elapsedMs).toBeGreaterThan(0);
    }
    expect(gpuWorkers).toHaveLength(1);
  }, 60_000);

  test('and Auto share the networks that they have in common, all horizons in one training', async () => {
    const usual = (form: string): Contender => ({ ...contender('lstm', { form, iterations: 80 }), key: form });
    const asked: number[] = [];
    const { startGpu, ...rest } = workers(3);
    const compare = createCompare(session, () => 'wasm', {
      ...rest,
      startGpu() {
        const worker = startGpu();
        const post = worker.postMessage.bind(worker) as (message: unknown, options?: StructuredSerializeOptions) => void;
        worker.postMessage = (message: unknown, options?: unknown) => {
          const models = JSON.stringify(message).match(/"layers":\[0,1\],"originStep"/g);
          if (models && JSON.stringify(message).includes('"train"')) asked.push(models.length);
          post(message, options as StructuredSerializeOptions);
        };
        return worker;
      },
    });
    const contenders = [contender('combination'), usual('residual'), usual('gate'), contender('auto')];
    const result = await compare({ ...trained, contenders, everySteps: 2000, horizons: [500, 1000], refitEvery: 1 }, { onResult: ignore });
    // Three origins: a network each of the residual and the gate; Auto needs none of its own.
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(6);
    const error = (index: number, horizon: number): number => result.points
      .filter((point) => point.contender === index && point.horizon === horizon).reduce((sum, { scores }) => sum + scores.loadBlock, 0);
    for (const horizon of [0, 1]) {
      expect(result.points.filter((point) => point.contender === 3 && point.horizon === horizon)).toHaveLength(6);
      // A mean of three is at most as bad as they are in the mean.
      expect(error(3, horizon)).toBeLessThanOrEqual((error(0, horizon) + error(1, horizon) + error(2, horizon)) / 3 + 1e-6);
    }
  }, 60_000);

  test('Auto, where too little is known to train on, is the combination', async () => {
    const early = { ...trained, contenders: [contender('combination'), contender('auto')], firstOriginStep: 150, lastOriginStep: 150 };
    const { points } = await createCompare(session, () => 'wasm', workers(3))(early, { onResult: ignore });
    const [combination, auto] = [0, 1].map((index) => points.filter((point) => point.contender === index).toSorted((a, b) => a.layer - b.layer).map(({ scores }) => scores.loadBlock));
    expect(auto).toHaveLength(2);
    auto.forEach((error, i) => expect(error).toBeCloseTo(combination[i], 6));
  });

  test('where no origin has enough of a history says so', async () => {
    const early = { ...trained, firstOriginStep: 150, lastOriginStep: 150 };
    await expect(createCompare(session, () => 'wasm', workers(3))(early, { onResult: ignore })).rejects.toMatchObject({ code: 'bad-setting' });
  });
});
