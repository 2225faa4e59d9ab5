/** Times a round of a sweep as the page trains it: many models of one shape from their first look to their forecasts. */
import { usualLstmValues, checkedLstmSettings } from '../../../src/forecast/lstm.ts';
import { gaussian, random } from '../../../src/random.ts';
import type { BinnedHistory, ModelSpec, TrainRequest } from '../../../workers/contract.ts';
import { VALIDATE_EVERY, type Engine, type Entry, type Session } from '../../../workers/lstm/engine.ts';
import { entryOf, trainModels } from '../../../workers/lstm/trainer.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { startOf } from '../../../workers/lstm/checkpoint.ts';
import { Group } from '../../../workers/lstm/webgpu/group.ts';
import { standingOf } from '../../../workers/lstm/webgpu/jobs.ts';
import { inPieces } from '../../../workers/lstm/webgpu/pieces.ts';
import type { BenchShape } from './shapes.ts';
import { median, tasksOf, type Bench } from './measure.ts';

const binSteps = 10;

/** Trials of the joint form, each with a learning rate of its own, on one layer of a walk of shares. */
export function sweepRequest({ B, T, F, H, M }: BenchShape, iterations: number): TrainRequest {
  const bins = 6 * T * 2;
  const next = random(1);
  const shares = new Float32Array(bins * F);
  for (let expert = 0, bin = 0; bin < bins; bin++) {
    let sum = 0;
    for (expert = 0; expert < F; expert++) {
      const before = bin === 0 ? 1 : shares[(bin - 1) * F + expert] * F;
      sum += shares[bin * F + expert] = Math.max(0.01, before + 0.05 * gaussian(next));
    }
    for (expert = 0; expert < F; expert++) shares[bin * F + expert] /= sum;
  }
  const history: BinnedHistory = { layer: 0, experts: F, originStep: bins * binSteps / 2, grainSteps: binSteps / 2, bins, shares };
  const models = Array.from({ length: M }, (_, seed): ModelSpec => ({
    seed, layers: [0],
    settings: {
      ...checkedLstmSettings(usualLstmValues('joint')), binSteps, windowSteps: T * binSteps, hiddenUnits: H, batchSize: B, iterations, patience: iterations,
      learningRate: 0.0001 * 10 ** (seed / M),
    },
  }));
  return { models, histories: [history], horizonSteps: binSteps };
}

export function sweepEntries(request: TrainRequest): readonly Entry[] {
  const problems = problemsOf(request);
  return request.models.map((spec, model) => entryOf(spec, problems[model], startOf(problems[model].network, spec.seed)));
}

/** Milliseconds of a step and its part of a look, in blocks of commands that are only submitted and waited for: what the kernels take. */
export async function kernelMs(bench: Bench, entries: readonly Entry[]): Promise<number> {
  const group = await Group.create(bench.device, bench.pipelines, tasksOf(entries, bench, false)[0], entries);
  const all = entries.map((_, at) => at);
  const steps = 4 * VALIDATE_EVERY;
  const block = async (): Promise<number> => {
    group.writeSlots(all, (at) => ({ phase: { samples: entries[at].examples.training, schedule: { kind: 'constant' }, from: 0, until: 2 ** 31, patience: 2 ** 30 }, standing: standingOf(entries[at].state) }));
    const began = performance.now();
    const encoder = inPieces(bench.device, steps, 0, (pass, n) => {
      group.step(pass, all.length);
      if ((n + 1) % VALIDATE_EVERY === 0) group.look(pass, all.length);
    });
    bench.device.queue.submit([encoder.finish()]);
    await bench.device.queue.onSubmittedWorkDone();
    return (performance.now() - began) / steps;
  };
  try {
    await block();
    const times: number[] = [];
    for (let n = 0; n < 7; n++) times.push(await block());
    return median(times);
  } finally {
    group.destroy();
  }
}

export interface SweepTiming {
  readonly totalMs: number;
  /** Until each of its kinds of waiting was over, ms: they overlap where many are asked for at once. */
  readonly waits: Readonly<Record<'advance' | 'look' | 'forecast' | 'state', { readonly calls: number; readonly ms: number }>>;
  readonly steps: number;
}

/** Trains the request through the engine, from opening it to the last forecast. */
export async function timeSweep(engine: Engine, request: TrainRequest): Promise<SweepTiming> {
  const waits = { advance: { calls: 0, ms: 0 }, look: { calls: 0, ms: 0 }, forecast: { calls: 0, ms: 0 }, state: { calls: 0, ms: 0 } };
  /** Time during which at least one call of a kind is under way. */
  const timed = <Args extends unknown[], Result>(kind: keyof typeof waits, call: (...args: Args) => Promise<Result>) => {
    let open = 0;
    let since = 0;
    return async (...args: Args): Promise<Result> => {
      if (open++ === 0) since = performance.now();
      waits[kind].calls++;
      try {
        return await call(...args);
      } finally {
        if (--open === 0) waits[kind].ms += performance.now() - since;
      }
    };
  };
  const watched: Engine = {
    async open(entries) {
      const session = await engine.open(entries);
      const own: Session = {
        begin: (...args) => session.begin(...args), keep: (model) => session.keep(model), close: () => session.close(),
        advance: timed('advance', () => session.advance()), look: timed('look', (model: number) => session.look(model)),
        forecast: timed('forecast', (model: number) => session.forecast(model)), state: timed('state', (model: number) => session.state(model)),
      };
      return own;
    },
  };
  const began = performance.now();
  const trained = await trainModels(request, watched, { signal: new AbortController().signal, onProgress: () => {} });
  return { totalMs: performance.now() - began, waits, steps: Math.max(...trained.map(({ checkpoint }) => checkpoint.iteration)) };
}
