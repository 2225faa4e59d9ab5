import { GatecastError } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import { checkExperts, columnEdges, columnMeans, rowsOfSpan, stepsOfColumns } from '../trace/pictures/columns.ts';
import { decimateSeries } from '../trace/pictures/lines.ts';
import { chooseWindow } from './choose-window.ts';
import type { Forecast, History, Model } from './contract.ts';
import { forecastBand } from './forecast-band.ts';
import { historyBefore } from './history.ts';
import { lastValue } from './last-value.ts';
import type { LayerShares } from './layer-shares.ts';
import type { ForecastPicture, ForecastRequest } from './picture-types.ts';
import { cheapForecaster } from './registry.ts';
import { judge, noiseFloor, type Judgement } from './scores.ts';
import { ontoSimplex } from './simplex.ts';
import { averageOfWindow } from './sliding-average.ts';
import { truthFrom, type Truth } from './truth.ts';

/** What every forecast of one origin and horizon is compared with: it does not change while other settings move. */
export interface Comparison {
  readonly averageMean: Float64Array;
  readonly averageWindowSteps: number;
  readonly judged: {
    readonly truth: Truth;
    readonly average: Judgement;
    readonly lastValue: Judgement;
    readonly noiseFloor: Judgement;
  } | null;
}

type CheapRequest = Extract<ForecastRequest['forecaster'], { readonly kind: 'cheap' }>;

/** Comparisons of one layer by origin, horizon and cold share; the caller keeps it with the layer. */
export type Comparisons = Map<string, Comparison>;
const comparisonsKept = 4;

/**
 * Everything that the Forecast cell draws. Rejects with `bad-setting`, and `cancelled`.
 * @param others the layers that the request names, for forecasters that learn from them as well
 */
export async function forecastPicture(
  layer: LayerShares,
  request: Omit<ForecastRequest, 'fingerprint' | 'layer'>,
  comparisons: Comparisons = new Map(),
  others: readonly LayerShares[] = [],
  options: WorkOptions = {},
): Promise<Omit<ForecastPicture, 'elapsedMs'>> {
  const { originStep, horizonSteps, drawn } = request;
  if (!(horizonSteps >= 1)) {
    throw new GatecastError({ code: 'bad-setting', where: 'horizon', message: `a horizon of ${horizonSteps} steps is empty`, remedy: 'choose at least 1 step' });
  }
  checkExperts(drawn.experts, layer.experts);
  const history = historyBefore(layer, originStep, others);
  const { forecast, explanation } = await makeForecast(layer, history, request, options);
  const { averageMean, averageWindowSteps, judged } = await comparisonAt(layer, history, request, comparisons);
  const judgement = judged && judge(judged.truth, forecast);
  const { bandCoverage: coverage } = request;
  const band = coverage === undefined ? null : await forecastBand(layer, { ...request, coverage, forecast }, others, options);
  return {
    blocks: forecast.blocks,
    mean: forecast.mean,
    averageMean: averageMean.slice(),
    averageWindowSteps,
    truthMean: judged ? judged.truth.mean.slice() : null,
    judgedSteps: judged?.truth.judgedSteps ?? 0,
    scores: judged && judgement && {
      forecast: judgement.scores,
      average: { ...judged.average.scores, windowSteps: averageWindowSteps },
      lastValue: judged.lastValue.scores,
      noiseFloor: judged.noiseFloor.scores,
    },
    coldExperts: judged?.truth.coldExperts ?? 0,
    errorByStep: errorByStep(judged, judgement, drawn.columns),
    lines: drawnLines(layer, drawn),
    band,
    explanation,
  };
}

/** The last model that took a while to fit, by layer: the horizon and what is drawn change without a new fit. */
const lastFitted = new WeakMap<LayerShares, { readonly key: string; readonly model: Model }>();

async function fittedModel(layer: LayerShares, history: History, { id, values }: CheapRequest, originStep: number, options: WorkOptions): Promise<Model> {
  const forecaster = cheapForecaster(id);
  if (forecaster.cost !== 'fitted') return forecaster.fit(history, values, options);
  const key = JSON.stringify([originStep, id, values]);
  const last = lastFitted.get(layer);
  if (last?.key === key) return last.model;
  const model = await forecaster.fit(history, values, options);
  lastFitted.set(layer, { key, model });
  return model;
}

async function makeForecast(layer: LayerShares, history: History, { forecaster, originStep, horizonSteps }: Pick<ForecastRequest, 'forecaster' | 'originStep' | 'horizonSteps'>, options: WorkOptions): Promise<{ readonly forecast: Forecast; readonly explanation: string | null }> {
  const { experts } = history;
  if (forecaster.kind === 'cheap') {
    const model = await fittedModel(layer, history, forecaster, originStep, options);
    return { forecast: model.forecast(horizonSteps), explanation: model.explain?.() ?? null };
  }
  const { blocks, mean } = forecaster;
  if (!(blocks >= 1) || mean.length !== blocks * experts) {
    throw new GatecastError({
      code: 'bad-setting',
      where: 'forecast',
      message: `a forecast of ${blocks} blocks came with ${mean.length} shares; the layer has ${experts} experts`,
      remedy: 'run the forecast again for this layer',
    });
  }
  return { forecast: { experts, blocks, mean: ontoSimplex(mean.slice(), experts) }, explanation: null };
}

async function comparisonAt(
  layer: LayerShares,
  history: History,
  { originStep, horizonSteps, coldShare }: Pick<ForecastRequest, 'originStep' | 'horizonSteps' | 'coldShare'>,
  comparisons: Comparisons,
): Promise<Comparison> {
  const key = `${originStep} ${horizonSteps} ${coldShare}`;
  const known = comparisons.get(key);
  if (known) return known;
  const averageWindowSteps = chooseWindow(history, horizonSteps);
  const averageMean = averageOfWindow(history, averageWindowSteps);
  const last = (await lastValue.fit(history, {})).forecast(horizonSteps);
  const truth = truthFrom(layer, originStep, horizonSteps, coldShare);
  const made: Comparison = {
    averageMean,
    averageWindowSteps,
    judged: truth && {
      truth,
      average: judge(truth, { blocks: 1, mean: averageMean }),
      lastValue: judge(truth, last),
      noiseFloor: noiseFloor(truth),
    },
  };
  const oldest = comparisons.keys().next();
  if (comparisons.size >= comparisonsKept && !oldest.done) comparisons.delete(oldest.value);
  comparisons.set(key, made);
  return made;
}

function errorByStep(judged: Comparison['judged'], judgement: Judgement | null, columns: number): ForecastPicture['errorByStep'] {
  if (!judged || !judgement) {
    return { columnSteps: new Float64Array(), forecast: new Float32Array(), average: new Float32Array(), noiseFloor: new Float32Array() };
  }
  const edges = columnEdges({ from: 0, to: judged.truth.rows }, columns);
  const decimated = (series: Float64Array): Float32Array => {
    const result = new Float32Array(edges.length - 1);
    columnMeans(series, edges, result);
    return result;
  };
  return {
    columnSteps: stepsOfColumns(judged.truth.steps, edges),
    forecast: decimated(judgement.loadByRow),
    average: decimated(judged.average.loadByRow),
    noiseFloor: decimated(judged.noiseFloor.loadByRow),
  };
}

function drawnLines({ steps, shares, experts }: LayerShares, drawn: ForecastRequest['drawn']): ForecastPicture['lines'] {
  const edges = columnEdges(rowsOfSpan(steps, drawn), drawn.columns);
  return decimateSeries(steps, edges, drawn.experts.length, drawn.smoothingSteps, (index, from, to, into) => {
    const expert = drawn.experts[index];
    for (let row = from; row < to; row++) into[row] = shares[row * experts + expert];
  });
}
