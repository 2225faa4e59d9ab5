/** What a cell shows of its training: live while it runs, afterwards what the document kept. Pure. */
import type { Run } from '../../app/runs.ts';
import { plannedForecasts, type TrainingPlan } from '../../app/training-plan.ts';
import { poolsLayers } from '../../forecast/lstm.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { CellOf } from '../../notebook/document.ts';
import type { ForecastResult, StoredPastForecast } from '../../notebook/kinds/forecast-result.ts';
import type { LossPoint, TraceInfo } from '../../../workers/contract.ts';
import { resolveForecast } from '../resolve.ts';
import { curvesOf, type LayerCurve } from './curves.ts';
import { trainingPlan } from './plan.ts';

export interface TrainedForecast {
  readonly layer: number;
  readonly blocks: number;
  /** `[blocks][experts]`, shares */
  readonly mean: ArrayLike<number>;
}

/** What a picture of losses says before there are any. */
export const noLossText = ({ loaded }: Pick<ShownTraining, 'loaded'>): string => (loaded ? 'Nothing was trained here: the weights were loaded' : 'No loss yet');

export interface ShownTraining {
  readonly live: boolean;
  /** Whether the weights were loaded, so that no loss was seen. */
  readonly loaded: boolean;
  readonly auto: boolean;
  readonly form: TrainingPlan['settings']['form'];
  /** Layers that are trained, ascending. */
  readonly layers: readonly number[];
  readonly originStep: number;
  readonly horizonSteps: number;
  readonly windowSteps: number;
  /** One a layer, of the best weights so far; empty before the first. */
  readonly forecasts: readonly TrainedForecast[];
  /** What the same forecast at earlier origins; null while nothing was trained there. */
  readonly pastForecasts: readonly StoredPastForecast[] | null;
  readonly curves: readonly LayerCurve[];
  /** Losses of the first model: the only one of the pooled form, that of `firstLayer` of the joint form. */
  readonly losses: readonly Pick<LossPoint, 'iteration' | 'train' | 'validation'>[];
  readonly firstLayer: number;
  /** Layers whose training stopped because its numbers diverged. */
  readonly diverged: readonly number[];
  /** Iterations that the pictures have room for. */
  readonly iterations: number;
}

/** Layers of each model of a plan: of the joint form each has one, else all. */
export function layersOf({ settings, layers }: Pick<TrainingPlan, 'settings' | 'layers'>): (model: number) => readonly number[] {
  return (model) => (poolsLayers(settings) ? layers : [layers[model]]);
}

const ascending = (layers: readonly number[]): readonly number[] => layers.toSorted((a, b) => a - b);

/** @returns null while there is no training to show, or it was one of another trace */
export function shownTraining(cell: CellOf<'forecast'>, info: TraceInfo, run: Run | undefined): ShownTraining | null {
  if (!isTrained(cell.settings.forecaster)) return null;
  const { result } = cell;
  if (run && run.fingerprint !== info.fingerprint) return null;
  const training = run ? liveTraining(run) : result?.provenance.fingerprint === info.fingerprint ? keptTraining(result, info) : null;
  return training && fits(training, info) ? training : null;
}

/** Whether the layers are there with their experts: another trace may have been opened meanwhile. */
function fits({ layers, forecasts }: ShownTraining, info: TraceInfo): boolean {
  return layers.every((layer) => layer < info.layers.length) && forecasts.every(({ layer, blocks, mean }) => mean.length === blocks * info.layers[layer].experts);
}

function keptTraining(result: ForecastResult, info: TraceInfo): ShownTraining {
  const { settings } = result.provenance;
  const { originStep, horizonSteps, windowSteps } = resolveForecast(settings, info);
  const plan = trainingPlan(settings, info);
  return {
    live: false, loaded: result.ended === 'loaded', auto: plan.auto, form: plan.settings.form, originStep, horizonSteps, windowSteps,
    layers: ascending(result.forecasts.map(({ layer }) => layer)),
    forecasts: result.forecasts, pastForecasts: result.pastForecasts ?? null, curves: result.curves, losses: result.losses, firstLayer: result.forecasts[0]?.layer ?? 0, diverged: result.diverged,
    iterations: lastIteration(result),
  };
}

/** Of the model that trained longest, as far as the document knows. */
export function lastIteration({ losses, curves }: Pick<ForecastResult, 'losses' | 'curves'>): number {
  return Math.max(0, ...[losses, ...curves.map(({ points }) => points)].map((points) => points.at(-1)?.iteration ?? 0));
}

function liveTraining({ plan, report, banks }: Run): ShownTraining {
  const models = report?.models ?? [];
  const layers = layersOf(plan);
  return {
    live: true, loaded: false, auto: plan.auto, form: plan.settings.form, originStep: plan.originStep, horizonSteps: plan.horizonSteps, windowSteps: plan.settings.windowSteps,
    layers: ascending(plan.layers),
    forecasts: models.length > 0 ? plannedForecasts(plan, models, banks) : [],
    pastForecasts: null,
    curves: curvesOf(plan.auto ? models.slice(0, 1) : models, layers),
    losses: models[0]?.losses ?? [],
    firstLayer: plan.layers[0],
    diverged: models.filter(({ ended }) => ended === 'diverged').flatMap(({ model }) => layers(model)),
    iterations: plan.settings.iterations,
  };
}
