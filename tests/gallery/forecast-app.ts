/** A Forecast cell without workers: a synthetic trace, forecasts made on the page, and trainings in any state. */
import { signal, type Signal } from '@preact/signals';
import type { App } from '../../src/app/context.ts';
import type { Run } from '../../src/app/runs.ts';
import { trainingPlan } from '../../src/cells/forecast/plan.ts';
import { layersOf } from '../../src/cells/forecast/training.ts';
import { curvesOf } from '../../src/cells/forecast/curves.ts';
import type { ErrorParts } from '../../src/errors.ts';
import { forecastBand } from '../../src/forecast/forecast-band.ts';
import { forecastPicture } from '../../src/forecast/forecast-picture.ts';
import { historyBefore, meanOfRows } from '../../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../../src/forecast/layer-shares.ts';
import { ontoSimplex } from '../../src/forecast/simplex.ts';
import { averageOfWindow } from '../../src/forecast/sliding-average.ts';
import type { NotebookDocument } from '../../src/notebook/document.ts';
import { toForecastResult } from '../../src/notebook/forecast-result.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import type { ForecastSettings } from '../../src/notebook/kinds/forecast.ts';
import type { ForecastResult } from '../../src/notebook/kinds/forecast-result.ts';
import { createNotebook } from '../../src/notebook/store.ts';
import type { WorkOptions } from '../../src/progress.ts';
import { rowAtStep } from '../../src/trace/trace.ts';
import { createToaster } from '../../src/ui/index.ts';
import type { BandRequest, ForecastRequest, ModelReport, TraceInfo, TrainReport } from '../../workers/contract.ts';
import { heat, random } from './synthetic.ts';

export type CellSituation = 'empty' | 'waiting' | 'preparing' | 'started' | 'running' | 'done' | 'cancelled' | 'failed' | 'diverged' | 'diverged-done' | 'stale';

export interface ForecastAppOptions {
  readonly layers: number;
  readonly situation: CellSituation;
  readonly form?: 'pooled' | 'joint';
  /** Of a running training, default 140. */
  readonly iteration?: number;
  readonly settings?: Partial<ForecastSettings>;
  /** How long the forecast worker takes for an answer, default 0. */
  readonly answerMs?: number;
}

export interface ForecastApp {
  readonly app: App;
  readonly active: Signal<ReadonlyMap<string, Run>>;
  /** Layers that the forecast worker was asked about, in order. */
  readonly asked: readonly number[];
  /** How many questions were given up before their answer. */
  readonly givenUp: () => number;
  /** A run that has come so far. */
  runAt(iteration: number): Run;
}

const rows = 2000;
const experts = 16;
const iterations = 300;
const fingerprint = 'a'.repeat(32);

function syntheticLayer(layer: number): LayerShares {
  const picture = heat(layer, experts, rows, rows, 0.4);
  const values = new Float32Array(rows * experts);
  for (let row = 0; row < rows; row++) for (let expert = 0; expert < experts; expert++) values[row * experts + expert] = picture.shares[expert * rows + row];
  return layerShares(values, Float64Array.from({ length: rows }, (_, row) => row), experts);
}

function infoOf(layers: number): TraceInfo {
  return {
    name: 'synthetic', format: 'made up', fingerprint, kind: 'shares', rows, firstStep: 0, lastStep: rows - 1, strideSteps: 1,
    layers: Array.from({ length: layers }, (_, layer) => ({ name: String(layer), experts, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
    hasLoss: false, byteLength: rows * experts * layers * 4, questions: [], notes: [], health: [],
  };
}

export function forecastApp({ layers, situation, form = 'pooled', iteration = 140, settings: given = {}, answerMs = 0 }: ForecastAppOptions): ForecastApp {
  const info = infoOf(layers);
  const shares = info.layers.map((_, layer) => syntheticLayer(layer));
  const settings: ForecastSettings = {
    ...defaultSettings('forecast'), forecaster: 'lstm', originStep: 1500, windowSteps: 400, horizonSteps: 400, layer: Math.min(3, layers - 1),
    values: { lstm: { form, iterations } }, ...given,
  };
  const plan = trainingPlan(settings, info);
  const diverges = situation.startsWith('diverged') ? new Set(form === 'joint' ? [Math.min(3, layers - 1)] : [0]) : new Set<number>();

  /** The average moved towards what came: far on most layers, the wrong way on some. */
  const forecastOf = (layer: number, done: number): ModelReport['forecasts'][number] => {
    const known = averageOfWindow(historyBefore(shares[layer], plan.originStep), 300);
    const truth = meanOfRows(shares[layer], rowAtStep(shares[layer].steps, plan.originStep), rowAtStep(shares[layer].steps, plan.originStep + plan.horizonSteps));
    const part = (0.35 * random(layer + 5)() - 0.08) * (1 - Math.exp(-done / 60));
    return { layer, horizonSteps: plan.horizonSteps, blocks: 1, mean: ontoSimplex(known.map((share, expert) => share + part * (truth[expert] - share)), experts) };
  };
  const lossOf = (layer: number, at: number): number => {
    const next = random(layer * 31 + 7);
    const base = 0.02 + 0.05 * next();
    const gain = form === 'pooled' ? 0.05 + 0.15 * next() : 0.5 + 0.45 * next();
    return base * (1 - gain * (1 - Math.exp(-at / (30 + 60 * next()))) + 0.01 * Math.sin(at / 11 + layer) * (at > 0 ? 1 : 0));
  };
  const modelAt = (model: number, done: number): ModelReport => {
    const own = layersOf(plan)(model);
    const broken = diverges.has(model);
    const until = broken ? Math.min(done, 60) : done;
    const losses = Array.from({ length: Math.floor(until / 10) + 1 }, (_, i) => {
      const parts = own.map((layer) => lossOf(layer, i * 10) * (broken ? 1 + (i / 6) ** 4 : 1));
      const validation = parts.reduce((sum, part) => sum + part, 0) / own.length;
      return { iteration: i * 10, train: i === 0 ? NaN : validation * 0.92, validation, parts: own.length > 1 ? parts : [] };
    });
    return { model, iteration: until, losses, firstPoint: 0, forecasts: done > 0 ? own.map((layer) => forecastOf(layer, until)) : [], ended: broken && done >= 60 ? 'diverged' : done >= iterations ? 'all-iterations' : null };
  };
  const models = form === 'pooled' ? 1 : layers;
  const reportAt = (done: number): TrainReport => ({
    label: 'training', unit: 'iterations', done: done * models, total: (iterations + 50) * models, stepsPerSecond: 4200,
    models: Array.from({ length: models }, (_, model) => modelAt(model, done)), checkpoints: [],
  });
  const runAt = (done: number): Run => ({ state: 'training', startedMs: 1, fingerprint, plan, report: reportAt(done), banks: [] });
  const resultAt = (done: number): ForecastResult => {
    const report = reportAt(done);
    return toForecastResult(settings, fingerprint, {
      forecasts: report.models.flatMap((one) => one.forecasts), losses: report.models[0].losses, curves: curvesOf(report.models, layersOf(plan)),
      diverged: report.models.filter(({ ended }) => ended === 'diverged').flatMap(({ model }) => layersOf(plan)(model)),
      ended: situation === 'cancelled' ? 'cancelled' : 'all-iterations', elapsedMs: 2400,
      backend: 'webgpu', engine: 'fused', adapter: 'NVIDIA H100', version: '0.1.0', time: new Date('2026-11-23T19:11:00Z'),
    });
  };

  const runs: Partial<Readonly<Record<CellSituation, Run>>> = {
    waiting: { state: 'waiting', startedMs: 1, fingerprint, plan, report: null, banks: [] },
    preparing: { state: 'preparing', startedMs: 1, fingerprint, plan, report: null, banks: [] },
    started: runAt(0), running: runAt(iteration), diverged: runAt(iteration),
  };
  const finished = ['done', 'cancelled', 'diverged-done', 'stale'].includes(situation);
  const document: NotebookDocument = {
    format: 'gatecast', version: 1, title: 'Gallery', trace: { kind: 'sample', id: 'synthetic' },
    cells: [{ id: 'forecast', kind: 'forecast', settings: situation === 'stale' ? { ...settings, horizonSteps: 300 } : settings, ...(finished ? { result: resultAt(situation === 'cancelled' ? iteration : iterations) } : {}) }],
  };
  const run = runs[situation];
  const active = signal<ReadonlyMap<string, Run>>(new Map(run ? [['forecast', run]] : []));
  const failure: ErrorParts = { code: 'bad-setting', message: 'the history holds 3 bins, and a window needs 10', where: 'origin', remedy: 'choose a later origin or a shorter window' };
  const asked: number[] = [];
  let givenUp = 0;
  const comparisons = shares.map(() => new Map());
  const app = {
    notebook: createNotebook(document),
    toaster: createToaster(),
    session: {
      trace: signal({ ref: document.trace, info }), opening: signal(null), generation: signal(0),
      async band({ layer, ...request }: Omit<BandRequest, 'fingerprint'>, work: WorkOptions = {}) {
        const others = request.forecaster.kind === 'cheap' ? (request.forecaster.others ?? []).map((other) => shares[other]) : [];
        return forecastBand(shares[layer], request, others, work);
      },
      async forecast({ layer, ...request }: Omit<ForecastRequest, 'fingerprint'>, work: WorkOptions = {}) {
        asked.push(layer);
        work.signal?.addEventListener('abort', () => givenUp++);
        if (answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs));
        const others = request.forecaster.kind === 'cheap' ? (request.forecaster.others ?? []).map((other) => shares[other]) : [];
        return { ...await forecastPicture(shares[layer], request, comparisons[layer], others, work), elapsedMs: 1 };
      },
    },
    runs: {
      active, bands: signal(new Map()), failures: signal(new Map(situation === 'failed' ? [['forecast', failure]] : [])),
      start() { active.value = new Map([['forecast', runAt(0)]]); },
      cancel() { active.value = new Map(); },
      forgive() {},
    },
  } as unknown as App;
  return { app, active, asked, givenUp: () => givenUp, runAt };
}
