/** Trains a plan at many origins side by side, and rolls the weights on between refits. */
import type { WorkerClient } from '../../workers/client.ts';
import type { BackendName, BinnedHistory, GpuWorkerApi, HorizonForecast, ModelSpec, NamedWeights, TrainRequest } from '../../workers/contract.ts';
import { GatecastError } from '../errors.ts';
import { canPractise, type BankHistory } from '../forecast/bank-history.ts';
import { forecastWithRecovery, trainWithRecovery, type OnDeviceOptions } from './train-run.ts';
import { modelsOf, needsBank, plannedForecasts, type TrainingPlan } from './training-plan.ts';

/** Models that are trained side by side: on a GPU many take as long as one; on a CPU a few requests start its workers less often than many. */
export const mostModels = { gpu: 256, cpu: 16 };

/** What is known at an origin. */
export interface KnownAt {
  readonly originStep: number;
  /** Wanted, steps. */
  readonly horizons: readonly number[];
  readonly histories: readonly BinnedHistory[];
  /** Empty where the plan needs none. */
  readonly banks: readonly BankHistory[];
  /** Whether weights are trained anew; else those of the last time that they were are rolled on. */
  readonly refit: boolean;
}

/** What became of a plan. */
export interface PlanForecasts {
  /** By origin: all layers and horizons; none where the history was too short. */
  readonly byOrigin: readonly (readonly HorizonForecast[])[];
  readonly refused: GatecastError | null;
}

export type Plan = Pick<TrainingPlan, 'auto' | 'settings' | 'seed' | 'layers'>;

export class OriginTrainer {
  readonly #client: WorkerClient<GpuWorkerApi>;
  readonly #device: OnDeviceOptions;
  /** Forecasts of models that were trained, by what they were trained on: contenders may have models in common. */
  readonly #trained = new Map<string, { readonly forecasts: readonly HorizonForecast[]; readonly weights: NamedWeights }>();
  /** Newest weights by model, whatever its origin. */
  readonly #newest = new Map<string, NamedWeights>();

  readonly #backend: Promise<BackendName>;

  /** The device is chosen and checked at once, while others gather what is trained on. */
  constructor(client: WorkerClient<GpuWorkerApi>, device: OnDeviceOptions) {
    const { prefer, signal } = device;
    this.#client = client;
    this.#device = device;
    this.#backend = client.call('probe', { prefer }, { signal }).then(({ backend }) => backend);
    // It is awaited later, or not at all where the work ends before.
    this.#backend.catch(() => {});
  }

  /** Origins that are worth working on side by side. */
  async together(plans: readonly Plan[], horizons: number): Promise<number> {
    const most = (await this.#backend) === 'webgpu' ? mostModels.gpu : mostModels.cpu;
    const models = plans.reduce((sum, plan) => sum + modelsOf(plan).length * (needsBank(plan) ? 1 : horizons), 0);
    return Math.max(1, Math.floor(most / models));
  }

  /**
   * Forecasts of plans that learn from blocks of the same length, at each of the origins, of which at most one trains anew
   * where weights are rolled on. All that is to be trained is trained in one request.
   * @returns of each plan, by origin, all layers and horizons; none where the history is too short to train on, which `refused` tells of
   * @throws GatecastError `cancelled` and all else that training rejects with
   */
  async forecasts(plans: readonly Plan[], all: readonly KnownAt[]): Promise<readonly PlanForecasts[]> {
    try {
      const models = plans.map((plan) => all.map((known) => modelsAt(plan, known)));
      const made = await this.#made(all, all.map((_, i) => models.flatMap((own) => own[i])));
      return plans.map((plan, which) => ({ byOrigin: all.map((known, i) => planned(plan, known, models[which][i].map((spec) => made.get(keyOf(spec)) ?? []))), refused: null }));
    } catch (error) {
      if (!(error instanceof GatecastError) || error.code !== 'bad-setting') throw error;
      // One of them knows too little, and the others need not suffer for it.
      if (plans.length > 1) return (await this.#each(plans, (plan) => this.forecasts([plan], all))).flat();
      if (all.length === 1) return [{ byOrigin: [[]], refused: error }];
      const each = (await this.#each(all, (known) => this.forecasts(plans, [known]))).flat();
      return [{ byOrigin: each.flatMap(({ byOrigin }) => byOrigin), refused: each.find(({ refused }) => refused)?.refused ?? null }];
    }
  }

  async #each<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const item of items) results.push(await work(item));
    return results;
  }

  /** Forecasts of each model, trained or rolled on. */
  async #made(all: readonly KnownAt[], models: readonly (readonly ModelSpec[])[]): Promise<ReadonlyMap<string, readonly HorizonForecast[]>> {
    const rollable = new Set([...this.#newest.keys(), ...models.flatMap((own, i) => (all[i].refit ? own.map(rollingKeyOf) : []))]);
    const wanted = models.flatMap((own, i) => own.filter((spec) => (all[i].refit || !rollable.has(rollingKeyOf(spec))) && !this.#trained.has(keyOf(spec))));
    const due = unique(wanted);
    if (due.length > 0) {
      const { models: trained } = await trainWithRecovery(this.#client, { ...requestOf(due, all), onlyFinalForecasts: true }, { ...this.#device, onProgress() {}, onRecovered() {} });
      trained.forEach(({ forecasts, checkpoint }, i) => this.#trained.set(keyOf(due[i]), { forecasts, weights: checkpoint.bestWeights }));
    }
    const made = new Map<string, readonly HorizonForecast[]>();
    for (const spec of models.flat()) {
      const known = this.#trained.get(keyOf(spec));
      if (!known) continue;
      made.set(keyOf(spec), known.forecasts);
      this.#newest.set(rollingKeyOf(spec), known.weights);
    }
    const rolled = unique(models.flat().filter((spec) => !made.has(keyOf(spec))));
    if (rolled.length === 0) return made;
    const weights = rolled.map((spec) => this.#newest.get(rollingKeyOf(spec))!);
    const { models: forecast } = await forecastWithRecovery(this.#client, { ...requestOf(rolled, all), weights }, this.#device);
    forecast.forEach((forecasts, i) => made.set(keyOf(rolled[i]), forecasts));
    return made;
  }
}

/** Plans may have models in common. */
function unique(models: readonly ModelSpec[]): readonly ModelSpec[] {
  return [...new Map(models.map((spec) => [keyOf(spec), spec])).values()];
}

const keyOf = (spec: ModelSpec): string => JSON.stringify(spec);
/** What weights are rolled on by: a model, whatever its origin. */
const rollingKeyOf = (spec: ModelSpec): string => JSON.stringify({ ...spec, originStep: undefined });

/** The plan's models at an origin: on the bank one forecasts all horizons, else there is one a horizon. Auto has none where too little is known. */
function modelsAt(plan: Plan, { originStep, horizons, banks }: KnownAt): readonly ModelSpec[] {
  const models = modelsOf(plan).map((spec) => ({ ...spec, originStep }));
  if (plan.auto && !banks.every(canPractise)) return [];
  return needsBank(plan) ? models : horizons.flatMap((horizonSteps) => models.map((spec) => ({ ...spec, horizonSteps })));
}

function requestOf(models: readonly ModelSpec[], all: readonly KnownAt[]): TrainRequest {
  const origins = new Set(models.map(({ originStep }) => originStep));
  const known = all.filter(({ originStep }) => origins.has(originStep));
  return { models, histories: known.flatMap(({ histories }) => histories), banks: known.flatMap(({ banks }) => banks), horizonSteps: all[0].horizons[0] };
}

function planned({ auto }: Plan, { horizons, banks }: KnownAt, made: readonly (readonly HorizonForecast[])[]): readonly HorizonForecast[] {
  return horizons.flatMap((horizonSteps) => {
    const models = made.map((forecasts) => ({ forecasts: forecasts.filter((one) => one.horizonSteps === horizonSteps) }));
    return plannedForecasts({ auto, horizonSteps }, models, banks).map((forecast) => ({ ...forecast, horizonSteps }));
  });
}
