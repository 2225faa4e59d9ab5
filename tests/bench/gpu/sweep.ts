/** A rung of a sweep as the worker trains it, with its looks, reports, checkpoints and forecasts, beside its kernels alone. */
import { checkedLstmSettings, grainSteps } from '../../../src/forecast/lstm.ts';
import { gaussian, random } from '../../../src/random.ts';
import { createWebGpuEngine } from '../../../workers/lstm/webgpu/engine.ts';
import { Group } from '../../../workers/lstm/webgpu/group.ts';
import { standingOf } from '../../../workers/lstm/webgpu/jobs.ts';
import { planLaunches } from '../../../workers/lstm/webgpu/launches.ts';
import { inPieces } from '../../../workers/lstm/webgpu/pieces.ts';
import { noPatience } from '../../../workers/lstm/webgpu/structs.ts';
import { createTuner } from '../../../workers/lstm/webgpu/tune.ts';
import { variantName } from '../../../workers/lstm/webgpu/variant.ts';
import { LOOKS_KEPT } from '../../../workers/lstm/webgpu/wgsl/judge.ts';
import type { Task } from '../../../workers/lstm/webgpu/wgsl/piece.ts';
import type { BinnedHistory, ModelSpec, TrainReport, TrainRequest } from '../../../workers/contract.ts';
import type { GpuDevice } from '../../../workers/lstm/backends.ts';
import { VALIDATE_EVERY, type Engine, type Entry, type Session } from '../../../workers/lstm/engine.ts';
import { buffersOf } from '../../../workers/lstm/checkpoint.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { median, type Bench } from './measure.ts';
import type { BenchShape } from './shapes.ts';

/** Layers and inner origins that every trial trains at. */
const [layers, origins] = [12, 4];
/** Grains that are known of each layer. */
const grains = 2048;

/** Trials of the joint form that differ in their learning rate, paused at their first rung, as a sweep asks for them: all begin at its seed. */
function requestOf({ B, T, F, H, M }: BenchShape, steps: number): TrainRequest {
  const next = random(1);
  const binSteps = 10;
  const settings = { ...checkedLstmSettings({ form: 'joint', windowSteps: T * binSteps, binSteps, hiddenUnits: H, batchSize: B }), iterations: 3 * steps, patience: 3 * steps };
  const grain = grainSteps(settings);
  const histories = Array.from({ length: layers * origins }, (_, i): BinnedHistory => ({
    layer: i % layers, experts: F, originStep: grains * grain + 100 * Math.floor(i / layers), grainSteps: grain, bins: grains,
    shares: Float32Array.from({ length: grains * F }, () => Math.max(0, (1 + 0.2 * gaussian(next)) / F)),
  }));
  const models = Array.from({ length: M }, (_, i): ModelSpec => {
    const { layer, originStep } = histories[i % histories.length];
    return { settings: { ...settings, learningRate: 0.001 * (1 + Math.floor(i / histories.length)) }, seed: 1, layers: [layer], originStep, pauseAt: steps };
  });
  return { models, histories, horizonSteps: binSteps, onlyFinalForecasts: true };
}

/** Counts calls of a method while `work` runs. */
async function counted(counts: Record<string, number>, work: () => Promise<void>): Promise<void> {
  const methods = [[GPUBuffer.prototype, 'mapAsync'], [GPUQueue.prototype, 'submit'], [GPUDevice.prototype, 'createBuffer']] as const;
  const restore = methods.map(([owner, name]) => {
    const holder = owner as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = holder[name];
    counts[name] = 0;
    holder[name] = function (this: unknown, ...args: unknown[]): unknown {
      counts[name]++;
      return original.apply(this, args);
    };
    return () => { holder[name] = original; };
  });
  try {
    await work();
  } finally {
    for (const put of restore) put();
  }
}

/** A session whose methods note how long somebody waited for them, ms; many that are asked at once count as one. */
function noting(session: Session, spent: Record<string, number>): Session {
  const note = (name: string) => {
    let [asked, since] = [0, 0];
    return async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
      if (asked++ === 0) since = performance.now();
      try {
        return await answer;
      } finally {
        if (--asked === 0) spent[name] = (spent[name] ?? 0) + performance.now() - since;
      }
    };
  };
  const [advance, state, look, forecast] = [note('blocks'), note('states'), note('looks'), note('forecasts')];
  return {
    begin: (...given) => session.begin(...given), keep: (model) => session.keep(model), close: () => session.close(),
    advance: (ahead) => advance(session.advance(ahead)), state: (model) => state(session.state(model)),
    look: (model) => look(session.look(model)), forecast: (model) => forecast(session.forecast(model)),
  };
}

/** Seconds of as many steps and looks of a launch, and nothing else. */
async function bareSeconds({ device, pipelines }: Bench, task: Task, entries: readonly Entry[], steps: number): Promise<number> {
  const group = await Group.create(device, pipelines, task, entries);
  try {
    const all = entries.map((_, at) => at);
    const run = async (count: number, stepMs: number): Promise<number> => {
      const began = performance.now();
      // A history of looks has an end.
      const block = VALIDATE_EVERY * (LOOKS_KEPT / 2);
      for (let from = 0; from < count; from += block) {
        group.writeSlots(all, (at) => ({
          phase: { samples: entries[at].examples.training, schedule: { kind: 'constant' }, from: 0, until: 2 ** 31, patience: noPatience - 1 }, standing: standingOf(entries[at].state),
        }));
        const encoder = inPieces(device, Math.min(block, count - from), stepMs, (pass, n) => {
          group.step(pass, all.length);
          if ((n + 1) % VALIDATE_EVERY === 0) group.look(pass, all.length);
        });
        device.queue.submit([encoder.finish()]);
      }
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - began) / 1000;
    };
    await run(VALIDATE_EVERY, 0);
    const some = Math.min(steps, 10 * VALIDATE_EVERY);
    return await run(steps, (1000 * await run(some, 0)) / some);
  } finally {
    group.destroy();
  }
}

/**
 * Total time, its kernels' time and what lies beyond, in the median of `runs`; the first run, which compiles and tunes, is left out.
 * @param print told a line for each
 */
export async function sweepRounds(bench: Bench & { readonly gpu: GpuDevice }, shape: BenchShape, steps: number, runs: number, print: (line: string) => void) {
  const remembered = new Map<string, string>();
  const tuner = createTuner('bench', {
    read: (key) => Promise.resolve(remembered.get(key)),
    write: (key, variant) => Promise.resolve(void remembered.set(key, variant)),
  });
  let task: Task | null = null;
  let entries: readonly Entry[] = [];
  const inner = createWebGpuEngine(bench.gpu, {
    async choose(tasks, attempt) {
      // Software compiles for minutes: it takes the likeliest.
      task = bench.limits.software ? tasks[0] : await tuner.choose(tasks, attempt);
      return task;
    },
  });
  const engine: Engine = {
    async open(given) {
      entries = given;
      spent['until opened'] = performance.now() - asked;
      return noting(await inner.open(given), spent);
    },
  };
  let spent: Record<string, number> = {};
  let asked = 0;
  // Reports and the answer leave the worker as messages: writing them down is a part of what is measured.
  const channel = new MessageChannel();
  channel.port2.onmessage = () => {};
  const tell = { reports: 0, checkpoints: 0 };
  const train = async (request: TrainRequest): Promise<void> => {
    const post = (message: unknown, transfer: Transferable[]): void => {
      const began = performance.now();
      channel.port1.postMessage(message, transfer);
      spent.messages = (spent.messages ?? 0) + performance.now() - began;
    };
    const onProgress = (report: TrainReport, transfer: Transferable[] = []): void => {
      tell.reports++;
      tell.checkpoints += report.checkpoints.length;
      post(report, transfer);
    };
    spent = {};
    asked = performance.now();
    const trained = await trainModels(request, engine, { signal: new AbortController().signal, onProgress });
    const wrong = trained.find(({ ended, checkpoint }) => ended !== 'paused' || checkpoint.iteration !== request.models[0].pauseAt);
    if (wrong) throw new Error(`a model ended as ${wrong.ended} after ${wrong.checkpoint.iteration} steps`);
    post(trained, trained.flatMap(({ checkpoint }) => buffersOf(checkpoint)));
  };
  await train(requestOf(shape, VALIDATE_EVERY));
  const request = requestOf(shape, steps);
  const [totals, kernels, overheads]: number[][] = [[], [], []];
  const counts: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    Object.assign(tell, { reports: 0, checkpoints: 0 });
    const began = performance.now();
    await counted(counts, () => train(request));
    const total = (performance.now() - began) / 1000;
    const launches = planLaunches(entries, bench.limits);
    if (!task || launches.length !== 1) throw new Error(`${launches.length} launches: the bench is of one`);
    const bare = await bareSeconds(bench, task, entries, steps);
    totals.push(total);
    kernels.push(bare);
    overheads.push(100 * (total / bare - 1));
    print(`    ${total.toFixed(2)} s, kernels ${bare.toFixed(2)} s, beyond them ${overheads[run].toFixed(1)} %; ${tell.reports} reports, ${tell.checkpoints} checkpoints; ${Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ')}; ms: ${Object.entries(spent).map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', ')}`);
  }
  channel.port1.close();
  return { variant: task ? variantName((task as Task).variant) : '', total: median(totals), kernels: median(kernels), overhead: median(overheads), counts };
}
