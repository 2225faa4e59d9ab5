/**
 * Runs a sweep, in rounds: each trains what goes on and what is new side by side, as much as the device takes, while
 * forecasters that need no training are fitted on the other cores. After each round all is judged and kept; so the same
 * seed gives the same sweep, whatever the machine and wherever it was interrupted.
 */
import type { WorkerClient } from '../../workers/client.ts';
import type { Checkpoint, DeviceInfo, GpuWorkerApi, TraceInfo } from '../../workers/contract.ts';
import { GatecastError, throwIfAborted } from '../errors.ts';
import { chosenAverage } from '../forecast/choose-window.ts';
import { isTrained } from '../forecast/trained.ts';
import type { Progress } from '../progress.ts';
import { bestTrial } from '../sweep/best-trial.ts';
import { mean } from '../sweep/means.ts';
import { Rounds, type Climb } from '../sweep/rounds.ts';
import type { SweepPlan, SweepState, SweepTest, SweepTrial, Trial } from '../sweep/types.ts';
import { openOrThrow, workersHere } from './comparison-run.ts';
import { dealtTrace } from './dealt-trace.ts';
import type { Gathering } from './origin-knowledge.ts';
import { mostModels } from './origin-trainer.ts';
import type { DevicePreference } from './runs.ts';
import type { Session } from './session.ts';
import { SpareGpu } from './spare-gpu.ts';
import { SweepJudge } from './sweep-judge.ts';
import type { SweepCheckpoints } from './sweep-checkpoints.ts';
import { SweepTester, type SweepWorkers } from './sweep-test.ts';
import { SweepTrainer, modelsOfTrial, type Trained, type Training, type TrainingNews } from './sweep-trainer.ts';
import { startTraceWorker } from './workers.ts';

/** Time between two drawings of learning curves: each is work for the whole cell, ms. */
const hearEveryMs = 500;

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
  own: SweepWorkers = { ...workersHere(), startTrace: startTraceWorker },
): RunSweep {
  const spare = new SpareGpu(own.startGpu);
  return async (plan, from, options) => {
    const info = openOrThrow(trace.peek());
    const dealt = dealtTrace(workers.trace, info, plan.layers, own);
    const preferred = prefer();
    const client = spare.take(preferred);
    const sweep = new Sweep(plan, from, {
      ...options, info, client, prefer: preferred, workers: own, checkpoints: checkpoints.of(info.fingerprint, plan), gatheringOf: dealt.gathering,
    });
    try {
      const state = await sweep.run();
      spare.keep(client, preferred);
      return state;
    } catch (error) {
      client.kill();
      throw error;
    } finally {
      dealt.end();
    }
  };
}

interface Means extends SweepOptions {
  /** Of the open trace. */
  readonly info: TraceInfo;
  readonly workers: SweepWorkers;
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
      throwIfAborted(signal);
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
    let heardAt = -Infinity;
    let trained: readonly Trained[];
    try {
      trained = await trainer.train(trainings, this.#plan.innerOrigins, (news) => {
        newest = news.checkpoints;
        if (performance.now() - heardAt < hearEveryMs) return;
        heardAt = performance.now();
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

  /** Tests the best trial where the search did not look. */
  async #testBest(signal: AbortSignal): Promise<void> {
    const best = bestTrial(this.#trials);
    if (!best) return;
    const { info, client, prefer, workers, gatheringOf, onDevice, onRecovered, onProgress, onState } = this.#means;
    const tester = new SweepTester(this.#plan, { info, client, device: { prefer, signal, onDevice }, onRecovered, workers, gathering: gatheringOf(signal), onProgress });
    await tester.test(best, this.#test, (test) => {
      this.#test = test;
      onState(this.#state());
    });
  }

  #hear({ done, total, curves }: TrainingNews): void {
    for (const [id, curve] of curves()) this.#trials[id] = { ...this.#trials[id], curve };
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
