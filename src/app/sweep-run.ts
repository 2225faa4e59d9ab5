/**
 * Runs a sweep, in rounds: each trains what goes on and what is new side by side, as much as the device takes, while
 * forecasters that need no training are fitted on the other cores. After each round all is judged and kept; so the same
 * seed gives the same sweep, whatever the machine and wherever it was interrupted.
 */
import type { WorkerClient } from '../../workers/client.ts';
import type { Checkpoint, DeviceInfo, GpuWorkerApi } from '../../workers/contract.ts';
import { othersOf } from '../cells/forecast/worker-room.ts';
import { GatecastError } from '../errors.ts';
import { chosenAverage } from '../forecast/choose-window.ts';
import { isTrained } from '../forecast/trained.ts';
import type { Progress } from '../progress.ts';
import { bestTrial } from '../sweep/best-trial.ts';
import { mean } from '../sweep/means.ts';
import { Rounds, type Climb } from '../sweep/rounds.ts';
import type { SweepPlan, SweepState, SweepTest, SweepTrial, Trial } from '../sweep/types.ts';
import { dealtLanes } from './comparison-lane.ts';
import { openOrThrow, workersHere, type ComparisonWorkers } from './comparison-run.ts';
import type { Gathering } from './origin-knowledge.ts';
import { mostModels } from './origin-trainer.ts';
import type { DevicePreference } from './runs.ts';
import type { Session } from './session.ts';
import { SpareGpu } from './spare-gpu.ts';
import { SweepJudge } from './sweep-judge.ts';
import type { SweepCheckpoints } from './sweep-checkpoints.ts';
import { SweepTrainer, modelsOfTrial, type Trained, type Training, type TrainingNews } from './sweep-trainer.ts';

export interface SweepOptions {
  /** Ends it at once: what has come so far has been told. */
  readonly signal: AbortSignal;
  /** Ends the search at once, and tests what was found. */
  readonly stopping: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Whenever a round has ended, and curves while one runs. */
  readonly onState: (state: SweepState) => void;
  readonly onDevice: (device: DeviceInfo) => void;
  readonly onRecovered: (notice: string) => void;
}

/** Runs a sweep from where it stands; resolves with everything, rejects with what went wrong or `cancelled`. */
export type RunSweep = (plan: SweepPlan, from: SweepState, options: SweepOptions) => Promise<SweepState>;

/** @param prefer the device that trains, asked at the start of each sweep */
export function createRunSweep(
  { trace, workers }: { readonly trace: Session['trace']; readonly workers: Pick<Session['workers'], 'trace'> },
  prefer: () => DevicePreference, checkpoints: SweepCheckpoints,
  { cores, startForecast, startGpu }: ComparisonWorkers = workersHere(),
): RunSweep {
  const spare = new SpareGpu(startGpu);
  return async (plan, from, options) => {
    const info = openOrThrow(trace.peek());
    const { lanes, laneOf } = dealtLanes(workers.trace, info.fingerprint, plan.layers, cores, startForecast);
    const preferred = prefer();
    const client = spare.take(preferred);
    const sweep = new Sweep(plan, from, {
      ...options, client, prefer: preferred, checkpoints: checkpoints.of(info.fingerprint, plan),
      gatheringOf: (signal) => ({ trace: workers.trace, fingerprint: info.fingerprint, layers: plan.layers, othersOf: (layer) => othersOf(info, layer), laneOf, signal }),
    });
    try {
      const state = await sweep.run();
      spare.keep(client, preferred);
      return state;
    } catch (error) {
      client.kill();
      throw error;
    } finally {
      for (const lane of lanes) lane.end();
    }
  };
}

interface Means extends SweepOptions {
  readonly client: WorkerClient<GpuWorkerApi>;
  readonly prefer: DevicePreference;
  readonly checkpoints: ReturnType<SweepCheckpoints['of']>;
  readonly gatheringOf: (signal: AbortSignal) => Gathering;
}

class Sweep {
  readonly #plan: SweepPlan;
  readonly #means: Means;
  readonly #trials: SweepTrial[];
  readonly #began: number;
  readonly #beforeMs: number;
  #average: readonly number[];
  #test: SweepTest | null;

  constructor(plan: SweepPlan, from: SweepState, means: Means) {
    this.#plan = plan;
    this.#means = means;
    // What was training when it was interrupted trains again.
    this.#trials = from.trials.map((trial) => (trial.state === 'running' ? { ...trial, state: 'waiting' } : trial));
    this.#average = from.average;
    this.#test = from.test;
    this.#beforeMs = from.elapsedMs;
    this.#began = performance.now();
  }

  async run(): Promise<SweepState> {
    const { stopping, signal } = this.#means;
    const searching = AbortSignal.any([signal, stopping]);
    try {
      await this.#search(searching);
    } catch (error) {
      if (!stopping.aborted || signal.aborted) throw error;
      // Stopped: what was training is left where its last rung was.
      this.#trials.forEach((trial, i) => {
        if (trial.state === 'running' || trial.state === 'waiting') this.#trials[i] = { ...trial, state: 'pruned' };
      });
    }
    await this.#testBest(signal);
    await this.#means.checkpoints.clear();
    return this.#state();
  }

  async #search(signal: AbortSignal): Promise<void> {
    const { innerOrigins, budgetSeconds } = this.#plan;
    const judge = new SweepJudge(this.#means.gatheringOf(signal), this.#plan);
    const trainer = this.#trainer(judge, signal);
    const rounds = new Rounds(this.#plan, this.#trials);
    if (this.#average.length === 0) {
      this.#average = await judge.fitted(chosenAverage.id, {}, innerOrigins);
      this.#tell();
    }
    for (;;) {
      const models = await this.#room(signal);
      const { climbs, fits } = rounds.next({ models, modelsOf: (trial) => modelsOfTrial(trial, this.#plan, innerOrigins).length, inTime: budgetSeconds === null || this.#elapsedMs() < budgetSeconds * 1000 });
      if (climbs.length === 0 && fits.length === 0) return;
      await Promise.all([this.#climb(climbs, trainer, signal), this.#fit(fits, judge)]);
      this.#tell();
    }
  }

  #trainer(judge: SweepJudge, signal: AbortSignal): SweepTrainer {
    const { client, prefer, onDevice, onRecovered, gatheringOf } = this.#means;
    return new SweepTrainer(this.#plan, { client, device: { prefer, signal, onDevice }, gathering: gatheringOf(signal), judge, onRecovered });
  }

  /** Models that train side by side. */
  async #room(signal: AbortSignal): Promise<number> {
    if (!this.#plan.space.some(({ forecaster }) => isTrained(forecaster))) return mostModels.cpu;
    const { client, prefer, onDevice } = this.#means;
    const device = await client.call('probe', { prefer }, { signal });
    onDevice(device);
    return device.backend === 'webgpu' ? mostModels.gpu : mostModels.cpu;
  }

  async #climb(climbs: readonly Climb[], trainer: SweepTrainer, signal: AbortSignal): Promise<void> {
    if (climbs.length === 0) return;
    const { checkpoints } = this.#means;
    const known = await checkpoints.read(climbs.map(({ id }) => id));
    const trainings = climbs.map(({ id, pauseAt }): Training => ({ trial: this.#trials[id], pauseAt, checkpoints: known.get(id) ?? [] }));
    const began = performance.now();
    let newest: ReadonlyMap<number, readonly Checkpoint[]> = new Map();
    let trained: readonly Trained[];
    try {
      trained = await trainer.train(trainings, this.#plan.innerOrigins, (news) => {
        newest = news.checkpoints;
        this.#hear(news);
      });
    } catch (error) {
      // Interrupted: it goes on from here.
      if (signal.aborted) await checkpoints.write(newest);
      throw error;
    }
    const eachMs = (performance.now() - began) / climbs.length;
    climbs.forEach(({ id, pauseAt }, i) => this.#judged(id, pauseAt === null, trained[i], eachMs));
    await checkpoints.write(new Map(climbs.map(({ id }, i) => [id, trained[i].checkpoints])));
  }

  #judged(id: number, last: boolean, { byOrigin, iterations, curve, ended, problem }: Trained, elapsedMs: number): void {
    const trial = this.#trials[id];
    this.#trials[id] = {
      ...trial, byOrigin, curve,
      state: problem === undefined ? (ended || last ? 'finished' : 'waiting') : 'failed',
      scores: [...trial.scores, { rung: trial.scores.length, iterations, score: mean(byOrigin) }],
      elapsedMs: trial.elapsedMs + elapsedMs, atMs: this.#elapsedMs(), ...(problem === undefined ? {} : { problem }),
    };
  }

  async #fit(trials: readonly Trial[], judge: SweepJudge): Promise<void> {
    for (const { id, forecaster, values } of trials) {
      const began = performance.now();
      const trial = this.#trials[id];
      try {
        const byOrigin = await judge.fitted(forecaster, values, this.#plan.innerOrigins);
        this.#trials[id] = { ...trial, state: 'finished', byOrigin, scores: [{ rung: 0, iterations: 0, score: mean(byOrigin) }], elapsedMs: performance.now() - began, atMs: this.#elapsedMs() };
      } catch (error) {
        if (!(error instanceof GatecastError) || error.code !== 'bad-setting') throw error;
        this.#trials[id] = { ...trial, state: 'failed', problem: error.message, elapsedMs: performance.now() - began, atMs: this.#elapsedMs() };
      }
      this.#tell();
    }
  }

  /** Trains the best trial anew at the origin, and later ones, and judges it on steps that the search did not see. */
  async #testBest(signal: AbortSignal): Promise<void> {
    const { testOrigins } = this.#plan;
    const best = bestTrial(this.#trials);
    if (!best || testOrigins.length === 0 || this.#test?.trial === best.id) return;
    this.#means.onProgress({ done: 0, unit: 'trials', label: 'testing the best trial' });
    const judge = new SweepJudge(this.#means.gatheringOf(signal), this.#plan);
    const fitted = isTrained(best.forecaster)
      ? this.#trainer(judge, signal).train([{ trial: best, pauseAt: null, checkpoints: [] }], testOrigins, () => {}).then(([trained]) => trained.byOrigin)
      : judge.fitted(best.forecaster, best.values, testOrigins);
    const [byOrigin, average, noiseFloor] = await Promise.all([fitted, judge.fitted(chosenAverage.id, {}, testOrigins), judge.noiseFloor(testOrigins)]);
    this.#test = { trial: best.id, byOrigin, average, noiseFloor };
    this.#tell();
  }

  #hear({ done, total, curves }: TrainingNews): void {
    for (const [id, curve] of curves) this.#trials[id] = { ...this.#trials[id], curve };
    this.#tell(total > 0 ? done / total : 0);
  }

  #elapsedMs(): number {
    return this.#beforeMs + performance.now() - this.#began;
  }

  #state(): SweepState {
    return { trials: [...this.#trials], average: this.#average, test: this.#test, elapsedMs: this.#elapsedMs() };
  }

  /** @param part of the round that trains, done */
  #tell(part = 0): void {
    const running = this.#trials.filter(({ state }) => state === 'running').length;
    const behind = this.#trials.filter(({ state }) => state !== 'running' && state !== 'waiting').length;
    this.#means.onProgress({ done: behind + part * running, total: Math.max(this.#plan.trials, this.#trials.length), unit: 'trials', label: 'searching' });
    this.#means.onState(this.#state());
  }
}
