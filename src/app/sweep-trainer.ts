/** Trains trials of a sweep side by side, each at all inner origins, up to a rung or to their end. */
import type { WorkerClient } from '../../workers/client.ts';
import type { Checkpoint, GpuWorkerApi, ModelSpec, NamedWeights, TrainedModel, TrainReport } from '../../workers/contract.ts';
import { GatecastError } from '../errors.ts';
import { checkedLstmSettings, grainSteps } from '../forecast/lstm.ts';
import type { CurvePoint, SweepPlan, Trial } from '../sweep/types.ts';
import { banksAt, historiesAt, type Gathering } from './origin-knowledge.ts';
import type { SweepJudge } from './sweep-judge.ts';
import { forecastWithRecovery, trainWithRecovery, type OnDeviceOptions } from './train-run.ts';
import { modelsOf, needsBank } from './training-plan.ts';

/** A trial that is to be trained on. */
export interface Training {
  readonly trial: Trial;
  /** Iterations after which it is judged; null: at its end. */
  readonly pauseAt: number | null;
  /** Of its models, as they stood; none: from the start. */
  readonly checkpoints: readonly Checkpoint[];
}

/** What became of one. */
export interface Trained {
  /** Mean error over layers by origin; NaN where the numbers broke. */
  readonly byOrigin: readonly number[];
  /** Iterations of its search that lie behind, the most of its models. */
  readonly iterations: number;
  readonly curve: readonly CurvePoint[];
  /** Of its models; none where they have ended. */
  readonly checkpoints: readonly Checkpoint[];
  /** Best weights of its models, in the order of `modelsOfTrial`; empty where it could not be trained. */
  readonly networks: readonly NamedWeights[];
  /** Whether all of its models have ended before the pause. */
  readonly ended: boolean;
  /** Why it could not be trained. */
  readonly problem?: string;
}

/** How far trials are that train. */
export interface TrainingNews {
  /** Iterations done and to do, of all models. */
  readonly done: number;
  readonly total: number;
  /** Worked out when they are asked for. */
  curves(): ReadonlyMap<number, readonly CurvePoint[]>;
  readonly checkpoints: ReadonlyMap<number, readonly Checkpoint[]>;
}

export interface SweepTrainerOptions {
  readonly client: WorkerClient<GpuWorkerApi>;
  readonly device: OnDeviceOptions;
  readonly gathering: Gathering;
  readonly judge: SweepJudge;
  readonly onRecovered: (notice: string) => void;
}

/** The models of a trial at some origins: those of one origin side by side. */
export function modelsOfTrial({ values }: Pick<Trial, 'values'>, { layers, seed, horizonSteps }: Pick<SweepPlan, 'layers' | 'seed' | 'horizonSteps'>, origins: readonly number[]): readonly ModelSpec[] {
  const settings = checkedLstmSettings(values);
  return origins.flatMap((originStep) => modelsOf({ auto: false, settings, seed, layers }).map((spec) => ({ ...spec, originStep, horizonSteps })));
}

export class SweepTrainer {
  readonly #plan: Pick<SweepPlan, 'layers' | 'seed' | 'horizonSteps'>;
  readonly #options: SweepTrainerOptions;
  /** By origin and grain. */
  readonly #histories = new Map<string, ReturnType<typeof historiesAt>>();
  readonly #banks = new Map<number, ReturnType<typeof banksAt>>();

  constructor(plan: Pick<SweepPlan, 'layers' | 'seed' | 'horizonSteps'>, options: SweepTrainerOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  /**
   * Trains and judges. A trial that cannot be trained (its window is longer than what is known, say) says so; the others go on.
   * @throws GatecastError `cancelled` and all else that training rejects with but `bad-setting`
   */
  async train(trainings: readonly Training[], origins: readonly number[], onNews: (news: TrainingNews) => void): Promise<readonly Trained[]> {
    try {
      return await this.#together(trainings, origins, onNews);
    } catch (error) {
      if (!(error instanceof GatecastError) || error.code !== 'bad-setting') throw error;
      if (trainings.length === 1) return [{ byOrigin: origins.map(() => NaN), iterations: 0, curve: [], checkpoints: [], networks: [], ended: true, problem: error.message }];
      const half = trainings.length >> 1;
      return [...await this.train(trainings.slice(0, half), origins, onNews), ...await this.train(trainings.slice(half), origins, onNews)];
    }
  }

  /**
   * Forecasts with networks that were trained before, maybe on another trace, and judges them; nothing is trained.
   * @param weightsOf of each of the trial's models
   * @returns mean error over layers by origin
   * @throws GatecastError `bad-setting` where too little is known at an origin, `cancelled` and all else that forecasting rejects with
   */
  async apply(trial: Trial, weightsOf: (model: ModelSpec) => NamedWeights, origins: readonly number[]): Promise<readonly number[]> {
    const { client, device, judge } = this.#options;
    const models = modelsOfTrial(trial, this.#plan, origins);
    const [histories, banks] = await Promise.all([this.#historiesFor(models, origins), this.#banksFor(models, origins)]);
    const { models: made } = await forecastWithRecovery(client, { models, histories, banks, horizonSteps: this.#plan.horizonSteps, weights: models.map(weightsOf) }, device);
    return judge.trained(origins.map((originStep) => ({ originStep, forecasts: made.flatMap((forecasts, model) => (models[model].originStep === originStep ? forecasts : [])) })));
  }

  async #together(trainings: readonly Training[], origins: readonly number[], onNews: (news: TrainingNews) => void): Promise<readonly Trained[]> {
    const { client, device, judge, onRecovered } = this.#options;
    const own = trainings.map(({ trial }) => modelsOfTrial(trial, this.#plan, origins));
    const first = own.map((_, i) => own.slice(0, i).reduce((sum, { length }) => sum + length, 0));
    const models = own.flatMap((specs, i) => specs.map((spec): ModelSpec => ({ ...spec, pauseAt: trainings[i].pauseAt ?? undefined })));
    const [histories, banks] = await Promise.all([this.#historiesFor(models, origins), this.#banksFor(models, origins)]);
    const newest = new Map<number, Checkpoint>();
    const resume = trainings.flatMap(({ checkpoints }, i) => checkpoints.map((checkpoint) => ({ ...checkpoint, model: first[i] + checkpoint.model })));
    const tell = (report: TrainReport): void => {
      for (const checkpoint of report.checkpoints) newest.set(checkpoint.model, checkpoint);
      const perTrial = <Value>(valueOf: (i: number) => Value): ReadonlyMap<number, Value> => new Map(trainings.map(({ trial }, i) => [trial.id, valueOf(i)]));
      onNews({
        done: report.done, total: report.total ?? 0,
        curves: () => perTrial((i) => curveOf(report.models.slice(first[i], first[i] + own[i].length))),
        checkpoints: perTrial((i) => checkpointsOf(newest, first[i], own[i].length)),
      });
    };
    const result = await trainWithRecovery(client, { models, histories, banks, horizonSteps: this.#plan.horizonSteps, resume, onlyFinalForecasts: true }, { ...device, onProgress: tell, onRecovered });
    device.onDevice(result.device);
    const trained = own.map((specs, i) => result.models.slice(first[i], first[i] + specs.length));
    const errors = await judge.trained(trained.flatMap((ofTrial, i) => origins.map((originStep) => ({
      originStep, forecasts: ofTrial.flatMap(({ forecasts }, model) => (own[i][model].originStep === originStep ? forecasts : [])),
    }))));
    return trained.map((ofTrial, i): Trained => {
      const diverged = ofTrial.some(({ ended }) => ended === 'diverged');
      const ended = diverged || ofTrial.every((model) => model.ended !== 'paused');
      return {
        byOrigin: origins.map((_, at) => (diverged ? NaN : errors[i * origins.length + at])),
        iterations: Math.max(...ofTrial.map(({ checkpoint }) => checkpoint.iteration)),
        curve: curveOf(ofTrial), ended, networks: ofTrial.map(({ checkpoint }) => checkpoint.bestWeights),
        checkpoints: ended ? [] : ofTrial.map(({ checkpoint }, model) => ({ ...checkpoint, model })),
        ...(diverged ? { problem: 'the numbers broke: its learning rate may be too high' } : {}),
      };
    });
  }

  async #historiesFor(models: readonly ModelSpec[], origins: readonly number[]) {
    const grains = [...new Set(models.map(({ settings }) => grainSteps(settings)))];
    const all = await Promise.all(origins.flatMap((originStep) => grains.map((grain) => {
      const key = `${originStep}/${grain}`;
      const known = this.#histories.get(key) ?? historiesAt(this.#options.gathering, originStep, grain);
      this.#histories.set(key, known);
      return known;
    })));
    return all.flat();
  }

  async #banksFor(models: readonly ModelSpec[], origins: readonly number[]) {
    if (!models.some(({ settings }) => needsBank({ auto: false, settings }))) return [];
    const all = await Promise.all(origins.map((originStep) => {
      const known = this.#banks.get(originStep) ?? banksAt(this.#options.gathering, [{ originStep, horizons: [this.#plan.horizonSteps] }]);
      this.#banks.set(originStep, known);
      return known;
    }));
    return all.flat(2);
  }
}

/** Most points of a curve. */
const mostPoints = 64;

/** Mean validation loss over models, over that before training; of models on the bank, which nothing validates, none. */
function curveOf(models: readonly Pick<TrainedModel, 'losses'>[]): readonly CurvePoint[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { losses } of models) {
    const [untrained] = losses;
    if (!untrained) continue;
    for (const { iteration, validation } of losses) {
      const at = sums.get(iteration) ?? { sum: 0, count: 0 };
      sums.set(iteration, { sum: at.sum + validation / untrained.validation, count: at.count + 1 });
    }
  }
  const points = [...sums].filter(([, { count }]) => count === models.length).map(([iteration, { sum, count }]) => ({ iteration, validation: sum / count })).toSorted((a, b) => a.iteration - b.iteration);
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

function checkpointsOf(newest: ReadonlyMap<number, Checkpoint>, first: number, count: number): readonly Checkpoint[] {
  return Array.from({ length: count }, (_, model) => newest.get(first + model)).flatMap((checkpoint, model) => (checkpoint ? [{ ...checkpoint, model }] : []));
}
