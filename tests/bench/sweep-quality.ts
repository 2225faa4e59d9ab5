import { availableParallelism } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { GatecastError } from '../../src/errors.ts';
import { modelsOf } from '../../src/app/training-plan.ts';
import { sweepPlan } from '../../src/cells/sweep/plan.ts';
import { chosenAverage } from '../../src/forecast/choose-window.ts';
import { layerShares } from '../../src/forecast/layer-shares.ts';
import { checkedLstmSettings, grainSteps } from '../../src/forecast/lstm.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import { bestTrial, scoreOf } from '../../src/sweep/best-trial.ts';
import { gridSettings } from '../../src/sweep/enumerate.ts';
import { mean } from '../../src/sweep/means.ts';
import { Rounds } from '../../src/sweep/rounds.ts';
import { scoresOf, scoresOfForecaster } from '../../src/sweep/score.ts';
import { keyOf } from '../../src/sweep/space.ts';
import type { Dimension, SamplerName, SweepPlan, SweepTrial, Trial } from '../../src/sweep/types.ts';
import { binnedHistory } from '../../src/trace/pictures/binned.ts';
import { openTrace } from '../../src/trace/read/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/read/sources.ts';
import type { Trace } from '../../src/trace/trace.ts';
import type { Checkpoint, ModelSpec, TraceInfo } from '../../workers/contract.ts';
import type { Engine } from '../../workers/lstm/engine.ts';
import { trainModels } from '../../workers/lstm/trainer.ts';
import { createWasmEngine } from '../../workers/lstm/wasm/engine.ts';

/** How a trial stands at a pause or at its end. */
interface Stand {
  readonly score: number;
  /** Of all its models. */
  readonly iterations: number;
  readonly ended: boolean;
}

type Values = Trial['values'];
/** How a setting stands, as a file keeps it; at null: at its end. */
interface Row {
  readonly values: Values;
  readonly stands: readonly (Stand & { readonly at: number | null })[];
}
/** A setting by `keyOf`, and how it stands after iterations; Infinity: at its end. */
type Table = ReadonlyMap<string, ReadonlyMap<number, Stand>>;

/** Iterations at which every trial of the grid is judged. */
const pauses = [10, 20, 30, 40, 50, 60, 80, 90, 100, 120, 150, 200];
/** Trials of a round, for samplers. */
const trialsAtOnce = 12;
type Method = Pick<SweepPlan, 'trials' | 'halving'>;
/** Ways to search the grid, of about a quarter of its cost. */
const methods: readonly Method[] = [
  { trials: 36, halving: null }, { trials: 120, halving: { grace: 20, reduction: 4, rungs: 1 } }, { trials: 96, halving: { grace: 20, reduction: 3, rungs: 1 } },
  { trials: 144, halving: { grace: 20, reduction: 4 } }, { trials: 120, halving: { grace: 30, reduction: 3 } },
];

const range = (parameter: string, from: number, to: number, scale: 'linear' | 'log', step: number, gridPoints: number): Dimension => ({ parameter, kind: 'range', from, to, scale, step, gridPoints });
/** Window, bin, hidden units and learning rate: 144 settings. */
const gridDimensions: readonly Dimension[] = [
  range('windowSteps', 300, 2000, 'linear', 100, 4), { parameter: 'binSteps', kind: 'choice', values: [50, 100, 200] },
  range('hiddenUnits', 4, 64, 'log', 1, 3), range('learningRate', 0.0005, 0.02, 'log', 0, 4),
];
/** All that people vary, much of it bad, of small networks: for samplers, every setting is trained. */
const wideDimensions: readonly Dimension[] = [
  { parameter: 'form', kind: 'choice', values: ['pooled', 'joint'] }, { parameter: 'normalise', kind: 'choice', values: ['none', 'window-mean', 'last-value'] },
  range('windowSteps', 300, 2000, 'linear', 100, 3), { parameter: 'binSteps', kind: 'choice', values: [50, 100, 200] },
  range('hiddenUnits', 4, 16, 'log', 1, 3), { parameter: 'layers', kind: 'choice', values: [1, 2] },
  range('learningRate', 0.0001, 0.1, 'log', 0, 3), { parameter: 'rateSchedule', kind: 'choice', values: ['constant', 'cosine', 'plateau'] },
  { parameter: 'loss', kind: 'choice', values: ['absolute', 'squared', 'huber'] },
  range('weightDecay', 0, 0.1, 'linear', 0, 3), range('inputDropout', 0, 0.8, 'linear', 0.05, 3),
];

/** A recorded trace, and the training and judging of trials on it as a sweep does it. */
class Bench {
  readonly #trace: Trace;
  readonly #engine: Engine;
  readonly #plan: SweepPlan;

  private constructor(trace: Trace, engine: Engine, plan: SweepPlan) {
    this.#trace = trace;
    this.#engine = engine;
    this.#plan = plan;
  }

  static async open(folder: string, place: number, originStep: number | null): Promise<Bench> {
    const { id } = samples[place];
    const { trace } = await openTrace(bytesSource(await readFile(join(folder, `${id}.npz`)), `${id}.npz`));
    const shape = { firstStep: trace.steps[0], lastStep: trace.steps.at(-1)!, strideSteps: 1, layers: trace.layers } as unknown as TraceInfo;
    return new Bench(trace, await createWasmEngine(), sweepPlan({ ...defaultSettings('sweep'), originStep }, shape));
  }

  planOf(change: Partial<SweepPlan>, dimensions: readonly Dimension[]): SweepPlan {
    return { ...this.#plan, ...change, space: [{ ...this.#plan.space[0], dimensions }] };
  }

  /** Trains to each of the pauses and to the end. */
  async climb(values: Values, at: readonly number[]): Promise<ReadonlyMap<number, Stand>> {
    const stands = new Map<number, Stand>();
    let checkpoints: readonly Checkpoint[] = [];
    for (const pauseAt of at) {
      const trained = await this.#train(values, this.#plan.innerOrigins, Number.isFinite(pauseAt) ? pauseAt : undefined, checkpoints);
      ({ checkpoints } = trained);
      stands.set(pauseAt, trained.stand);
      if (trained.stand.ended) {
        for (const later of at) if (later > pauseAt) stands.set(later, trained.stand);
        return stands;
      }
    }
    return stands;
  }

  /** On steps that no search saw. */
  async test(values: Values): Promise<number> {
    return (await this.#train(values, this.#plan.testOrigins, undefined, [])).stand.score;
  }

  async average(): Promise<{ readonly inner: number; readonly test: number }> {
    const [inner, test] = await Promise.all([this.#plan.innerOrigins, this.#plan.testOrigins].map(async (origins) => (
      mean(await Promise.all(this.#shares().map(async (shares) => (
        mean((await scoresOfForecaster(shares, [], chosenAverage.id, {}, origins, this.#plan)).map((scores) => scores!.loadBlock))
      ))))
    )));
    return { inner, test };
  }

  #shares() {
    return this.#trace.layers.map(({ values, experts }) => layerShares(values, this.#trace.steps, experts));
  }

  async #train(values: Values, origins: readonly number[], pauseAt: number | undefined, resume: readonly Checkpoint[]) {
    const { layers, seed, horizonSteps, measure } = this.#plan;
    const settings = checkedLstmSettings(values);
    const models = origins.flatMap((originStep) => modelsOf({ auto: false, settings, seed, layers }).map((spec): ModelSpec => ({ ...spec, originStep, horizonSteps, pauseAt })));
    const histories = origins.flatMap((originStep) => layers.map((layer) => binnedHistory(this.#trace, layer, originStep, grainSteps(settings))));
    const trained = await trainModels({ models, histories, horizonSteps, resume }, this.#engine, { signal: new AbortController().signal, onProgress: () => {} });
    const shares = this.#shares();
    const errors = trained.flatMap(({ forecasts }, model) => forecasts.map((forecast) => scoresOf(shares[forecast.layer], [{ ...forecast, originStep: models[model].originStep! }], this.#plan)[0]![measure]));
    const diverged = trained.some(({ ended }) => ended === 'diverged');
    const stand: Stand = {
      score: diverged ? NaN : mean(errors), ended: diverged || trained.every(({ ended }) => ended !== 'paused'),
      iterations: trained.reduce((sum, { checkpoint }) => sum + checkpoint.iteration, 0),
    };
    return { stand, checkpoints: trained.map(({ checkpoint }, model) => ({ ...checkpoint, model })) };
  }
}

interface Ran {
  readonly trials: readonly SweepTrial[];
  readonly iterations: number;
}

/** What a sampler found, in the order of its trials. */
interface Sampled {
  readonly iterations: number;
  readonly scores: readonly number[];
}

/** Runs a sweep's rounds; how a trial stands is asked of `standOf`. */
async function sweep(plan: SweepPlan, room: number, standOf: (trial: Trial, pauseAt: number) => Promise<Stand>): Promise<Ran> {
  const trials: SweepTrial[] = [];
  const rounds = new Rounds(plan, trials);
  const spent = new Map<number, number>();
  for (;;) {
    const { climbs } = rounds.next({ models: room, modelsOf: () => plan.innerOrigins.length, inTime: true });
    if (climbs.length === 0) break;
    for (const { id, pauseAt } of climbs) {
      const stand = await standOf(trials[id], pauseAt ?? Infinity);
      spent.set(id, stand.iterations);
      const { scores } = trials[id];
      trials[id] = {
        ...trials[id], state: Number.isNaN(stand.score) ? 'failed' : stand.ended ? 'finished' : 'waiting',
        scores: [...scores, { rung: scores.length, iterations: stand.iterations, score: stand.score }],
      };
    }
  }
  return { trials, iterations: [...spent.values()].reduce((sum, one) => sum + one, 0) };
}

// ------------------------------------------------------------------ threads

type Job =
  | { readonly kind: 'table'; readonly trace: number; readonly origin: number | null; readonly settings: readonly Values[] }
  | { readonly kind: 'test'; readonly trace: number; readonly origin: number | null; readonly settings: readonly Values[] }
  | { readonly kind: 'end'; readonly trace: number; readonly origin: number | null; readonly values: Values }
  | { readonly kind: 'sampler'; readonly trace: number; readonly origin: number | null; readonly sampler: SamplerName; readonly seed: number; readonly trials: number };

const opened = new Map<string, Promise<Bench>>();

async function work(job: Job, folder: string): Promise<unknown> {
  const key = `${job.trace} ${job.origin}`;
  const open = opened.get(key) ?? Bench.open(folder, job.trace, job.origin);
  opened.set(key, open);
  const bench = await open;
  if (job.kind === 'table') {
    const stands: ReadonlyMap<number, Stand>[] = [];
    for (const values of job.settings) stands.push(await bench.climb(values, [...pauses, Infinity]));
    return stands;
  }
  if (job.kind === 'test') {
    const errors: number[] = [];
    for (const values of job.settings) errors.push(await bench.test(values));
    return errors;
  }
  if (job.kind === 'end') return endOf(bench, job.values);
  return sampled(bench, job, ({ values }) => endOf(bench, values));
}

/** How a setting stands at its end. */
async function endOf(bench: Bench, values: Values): Promise<Stand> {
  try {
    return (await bench.climb(values, [Infinity])).get(Infinity)!;
  } catch (error) {
    // A joint network may want a longer history than there is.
    if (!(error instanceof GatecastError) || error.code !== 'bad-setting') throw error;
    return { score: NaN, iterations: 0, ended: true };
  }
}

async function sampled(bench: Bench, { sampler, seed, trials }: Pick<Job & { readonly kind: 'sampler' }, 'sampler' | 'seed' | 'trials'>, end: (trial: Trial) => Promise<Stand>): Promise<Sampled> {
  const plan = bench.planOf({ sampler, seed, trials, halving: null }, wideDimensions);
  const ran = await sweep(plan, trialsAtOnce * plan.innerOrigins.length, end);
  return { iterations: ran.iterations, scores: ran.trials.map(scoreOf) };
}

/** Does jobs on all cores. @param done hears of each when it is done */
async function onThreads(jobs: readonly Job[], folder: string, done: (job: Job, result: unknown) => void = () => {}): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { folder } });
    while (next < jobs.length) {
      const mine = next++;
      results[mine] = await new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.postMessage(jobs[mine]);
      });
      done(jobs[mine], results[mine]);
      worker.removeAllListeners('error');
    }
    await worker.terminate();
  }));
  return results;
}

if (!isMainThread) {
  parentPort!.on('message', (job: Job) => void work(job, (workerData as { folder: string }).folder).then((result) => parentPort!.postMessage(result)));
}

// ------------------------------------------------------------------ what is measured

const percent = (value: number): string => `${value.toFixed(2)} %`;

/** @param words of the command line: `name=value` */
export async function measure(words: readonly string[], folder: string, print: (line: string) => void): Promise<void> {
  const given = new Map(words.map((word): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  const traces = (given.get('traces') ?? '0,1,2').split(',').map(Number);
  const origins = (given.get('origins') ?? '6000').split(',').map(Number);
  const what = given.get('what') ?? 'halving,samplers';
  const samplers = (given.get('samplers') ?? 'random,sobol,tpe').split(',') as SamplerName[];
  const seeds = given.has('seeds') ? Number(given.get('seeds')) : undefined;
  for (const trace of traces) {
    for (const origin of origins) {
      const bench = await Bench.open(folder, trace, origin);
      const average = await bench.average();
      print(`\n${samples[trace].id}, nothing seen from step ${origin} on; the sliding average: ${percent(average.inner)} at the inner origins, ${percent(average.test)} later`);
      if (what.includes('samplers')) await measureSamplers(bench, { trace, origin }, { samplers, seeds: seeds ?? 8, trials: Number(given.get('trials') ?? 48) }, folder, print);
      if (what.includes('halving')) await measureHalving(await gridOf(bench, { trace, origin }, { folder, tables: given.get('tables') }), { trace, origin }, { folder, seeds: seeds ?? 100 }, print);
    }
  }
}

type Where = Pick<Job, 'trace' | 'origin'>;

/** The whole grid, every setting trained. */
interface Grid {
  readonly plan: SweepPlan;
  readonly table: Table;
  readonly whole: Ran;
  /** The lowest score. */
  readonly best: number;
}

async function gridOf(bench: Bench, where: Where, { folder, tables }: { readonly folder: string; readonly tables?: string }): Promise<Grid> {
  const plan = bench.planOf({ sampler: 'grid', trials: 2000, halving: null }, gridDimensions);
  const all = [...gridSettings(plan.space)];
  const file = tables === undefined ? null : join(tables, `${samples[where.trace].id}-${where.origin}.json`);
  const known = file === null ? null : await readFile(file, 'utf8').then((json) => JSON.parse(json) as readonly Row[], () => null);
  const stands = known?.map((row) => new Map(row.stands.map((stand) => [stand.at ?? Infinity, stand])))
    ?? (await onThreads(all.map(({ values }): Job => ({ kind: 'table', ...where, settings: [values] })), folder) as ReadonlyMap<number, Stand>[][]).flat();
  if (file !== null && !known) await writeFile(file, JSON.stringify(all.map(({ values }, i): Row => ({ values, stands: [...stands[i]].map(([at, stand]) => ({ ...stand, at: Number.isFinite(at) ? at : null })) }))));
  const table: Table = new Map(all.map((setting, i) => [keyOf(setting), stands[i]]));
  const whole = await sweep(plan, Infinity, async (trial) => table.get(keyOf(trial))!.get(Infinity)!);
  return { plan, table, whole, best: scoreOf(bestTrial(whole.trials)!) };
}

/** "120 trials, 1 in 4 after 20": judged once, or `all rungs`. */
function methodName({ trials, halving }: Method): string {
  return `${trials} trials${halving === null ? ' to their end' : `, 1 in ${halving.reduction} after ${halving.grace}${halving.rungs === 1 ? '' : ', all rungs'}`}`;
}

/** Each way to find a good setting of the grid, in as many orders of chance. */
async function measureHalving({ plan, table, whole, best }: Grid, where: Where, { folder, seeds }: { readonly folder: string; readonly seeds: number }, print: (line: string) => void): Promise<void> {
  const standOf = async (trial: Trial, pauseAt: number): Promise<Stand> => table.get(keyOf(trial))!.get(pauseAt)!;
  const lines: { readonly name: string; readonly ran: readonly Ran[] }[] = [{ name: `the whole grid, ${whole.trials.length} trials`, ran: [whole] }];
  for (const method of methods) {
    for (const [room, at] of [[Infinity, 'side by side'], [16, '16 models at once']] as const) {
      if (method.halving === null && room !== Infinity) continue;
      const ran: Ran[] = [];
      for (let seed = 1; seed <= seeds; seed++) ran.push(await sweep({ ...plan, ...method, seed }, room, standOf));
      lines.push({ name: `${methodName(method)}, ${at}`, ran });
    }
  }
  const found = lines.map(({ ran }) => ran.map(({ trials }) => bestTrial(trials)!));
  const different = [...new Map(found.flat().map((trial) => [keyOf(trial), trial.values])).entries()];
  const tested = (await onThreads(different.map(([, values]): Job => ({ kind: 'test', ...where, settings: [values] })), folder) as number[][]).flat();
  const testOf = new Map(different.map(([key], i) => [key, tested[i]]));
  lines.forEach(({ name, ran }, i) => {
    const overs = found[i].map((trial) => 100 * (scoreOf(trial) / best - 1));
    const cost = mean(ran.map(({ iterations }) => 100 * iterations / whole.iterations));
    print(`  ${name}: ${percent(cost)} of the iterations, ${percent(mean(overs))} over the grid's best${ran.length > 1 ? ` (standard error ${standardError(overs).toFixed(2)} of ${seeds} seeds; ${overs.filter((one) => one <= 1).length} within 1 %)` : ''}, later ${percent(mean(found[i].map((trial) => testOf.get(keyOf(trial))!)))}`);
  });
}

const standardError = (values: readonly number[]): number => Math.sqrt(mean(values.map((one) => (one - mean(values)) ** 2)) / (values.length - 1));

/** Samplers on a wider space, every setting trained. What does not depend on how others did is known before, and trained on all cores. */
async function measureSamplers(
  bench: Bench, where: Where, { samplers, seeds, trials }: { readonly samplers: readonly SamplerName[]; readonly seeds: number; readonly trials: number }, folder: string, print: (line: string) => void,
): Promise<void> {
  const runs = samplers.flatMap((sampler) => Array.from({ length: seeds }, (_, seed) => ({ sampler, seed: seed + 1, trials })));
  const blind = runs.filter(({ sampler }) => sampler !== 'tpe');
  const wanted = new Map<string, Trial>();
  for (const run of blind) await sampled(bench, run, async (trial) => (wanted.set(keyOf(trial), trial), { score: 0, iterations: 0, ended: true }));
  const asking = runs.filter((run) => !blind.includes(run)).map((run) => ({ kind: 'sampler', ...where, ...run }) as const);
  const ending = [...wanted].map(([key, { values }]) => ({ key, job: { kind: 'end', ...where, values } as const }));
  const results = await onThreads([...asking, ...ending.map(({ job }) => job)], folder);
  const ends = new Map(ending.map(({ key }, i) => [key, results[asking.length + i] as Stand]));
  const all = await Promise.all(runs.map(async (run) => {
    const asked = asking.findIndex(({ sampler, seed }) => sampler === run.sampler && seed === run.seed);
    return asked >= 0 ? results[asked] as Sampled : sampled(bench, run, async (trial) => ends.get(keyOf(trial))!);
  }));
  const counts = [Math.ceil(trials / 4), Math.ceil(trials / 2), trials];
  const bestOf = ({ scores }: Sampled, count: number): number => Math.min(...scores.slice(0, count).filter(Number.isFinite));
  for (const sampler of samplers) {
    const own = all.filter((_, i) => runs[i].sampler === sampler);
    own.forEach((one, i) => print(`  ${sampler}, seed ${i + 1}: ${counts.map((count) => `best of ${count} ${percent(bestOf(one, count))}`).join(', ')}`));
    print(`  ${sampler}: ${counts.map((count) => {
      const best = own.map((one) => bestOf(one, count));
      return `best of ${count} ${percent(mean(best))} (standard error ${standardError(best).toFixed(3)})`;
    }).join(', ')}; ${Math.round(mean(own.map(({ iterations }) => iterations)))} iterations, ${seeds} seeds`);
  }
}
