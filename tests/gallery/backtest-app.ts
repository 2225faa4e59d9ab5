/** A Backtest cell without workers: made-up errors, and comparisons in any state. */
import { signal, type Signal } from '@preact/signals';
import type { ComparisonRun } from '../../src/app/comparisons.ts';
import type { App } from '../../src/app/context.ts';
import { comparisonPlan } from '../../src/cells/backtest/plan.ts';
import type { ErrorParts } from '../../src/errors.ts';
import { referenceWindows, type ComparisonPoint, type ComparisonReference, type ComparisonResult, type ComparisonSettings } from '../../src/forecast/comparison/types.ts';
import { packComparison, type KeptComparison } from '../../src/notebook/comparison-result.ts';
import type { NotebookDocument } from '../../src/notebook/document.ts';
import type { BacktestSettings } from '../../src/notebook/kinds/backtest.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import { createNotebook } from '../../src/notebook/store.ts';
import { createToaster } from '../../src/ui/index.ts';
import type { Scores, TraceInfo } from '../../workers/contract.ts';
import { random } from './synthetic.ts';

export type BacktestSituation = 'empty' | 'running' | 'done' | 'cancelled' | 'stale' | 'failed';

export interface BacktestAppOptions {
  readonly layers: number;
  readonly situation: BacktestSituation;
  readonly settings?: Partial<BacktestSettings>;
  /** Whether the notebook has a Forecast cell too; default true. */
  readonly forecastCell?: boolean;
}

export interface BacktestApp {
  readonly app: App;
  readonly active: Signal<ReadonlyMap<string, ComparisonRun>>;
  /** Comparisons that were started, in order. */
  readonly started: readonly ComparisonSettings[];
}

const fingerprint = 'b'.repeat(32);

function infoOf(layers: number): TraceInfo {
  return {
    name: 'synthetic', format: 'made up', fingerprint, kind: 'counts', rows: 8000, firstStep: 0, lastStep: 7999, strideSteps: 1,
    layers: Array.from({ length: layers }, (_, layer) => ({ name: String(layer), experts: 16, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
    hasLoss: false, byteLength: 1e6, questions: [], notes: [], health: [],
  };
}

/** Loads that are forecast the better the later, and by the last of the contenders best; the first two are all but equal. */
export function madeUpResult(settings: ComparisonSettings, until = Infinity): ComparisonResult {
  const points: ComparisonPoint[] = [];
  const references: ComparisonReference[] = [];
  const count = settings.contenders.length;
  for (const layer of settings.layers) {
    for (let originStep = settings.firstOriginStep; originStep <= settings.lastOriginStep; originStep += settings.everySteps) {
      if (layer * 100_000 + originStep > until) continue;
      settings.horizons.forEach((horizonSteps, horizon) => {
        if (originStep + horizonSteps > 8000) return;
        const next = random(layer * 977 + originStep + horizon);
        const level = (1 + 0.05 * layer) * (1 + 2000 / originStep) * (1 + 0.2 * horizon);
        references.push({ layer, originStep, horizon, noiseFloor: scoresOf(0.4 * level), averages: referenceWindows.map((steps) => level * (1 + Math.abs(Math.log2(steps / 500)) / 4)) });
        for (let contender = 0; contender < count; contender++) {
          const skill = contender < 2 ? 1.4 + 0.06 * Math.sin(originStep * (contender + 1)) : 1.4 - (0.6 * contender) / count + 0.12 * (next() - 0.5);
          points.push({ layer, contender, originStep, horizon, scores: scoresOf(level * skill), mase: 0.7 * skill, covered: 0.9, width: 1.2 * skill, elapsedMs: 4 + contender });
        }
      });
    }
  }
  return { settings, points, references };
}

function scoresOf(load: number): Scores {
  return { loadBlock: load, loadPerStep: load + 12, relativeBlock: load * 1.1, relativePerStep: load + 14, absoluteBlock: load / 16, absolutePerStep: (load + 12) / 16 };
}

export function backtestApp({ layers, situation, settings: given = {}, forecastCell = true }: BacktestAppOptions): BacktestApp {
  const info = infoOf(layers);
  const settings: BacktestSettings = { ...defaultSettings('backtest'), ...given };
  const plan = comparisonPlan(settings, info);
  const half = ((layers - 1) / 2) * 100_000 + 4000;
  const running: ComparisonRun = {
    fingerprint, settings: plan, progress: { done: 120, total: 21 * layers, unit: 'origins', label: 'comparing' }, result: madeUpResult(plan, half),
  };
  const keptOf = (until: number, complete: boolean, elapsedMs: number): KeptComparison => ({
    fingerprint, result: madeUpResult(plan, until), complete, elapsedMs, version: 'test', time: new Date('2026-11-26T12:00:00Z'),
  });
  const kept: Partial<Record<BacktestSituation, KeptComparison>> = {
    done: keptOf(Infinity, true, 18_400), stale: keptOf(Infinity, true, 18_400), cancelled: keptOf(half, false, 9_100),
  };
  const found = kept[situation];
  const document: NotebookDocument = {
    format: 'gatecast', version: 1, title: 'Gallery', trace: { kind: 'sample', id: 'synthetic' },
    cells: [
      { id: 'backtest', kind: 'backtest', settings: situation === 'stale' ? { ...settings, horizons: [500] } : settings, ...(found ? { result: packComparison(found) } : {}) },
      ...(forecastCell ? [{ id: 'forecast', kind: 'forecast', settings: defaultSettings('forecast') } as const] : []),
    ],
  };
  const failure: ErrorParts = { code: 'bad-setting', where: 'origins', message: 'no origin from 7500 to 7900 has 1000 steps of the trace after it', remedy: 'choose a shorter horizon or earlier origins' };
  const active = signal<ReadonlyMap<string, ComparisonRun>>(new Map(situation === 'running' ? [['backtest', running]] : []));
  const started: ComparisonSettings[] = [];
  const app = {
    notebook: createNotebook(document),
    toaster: createToaster(),
    session: { trace: signal({ ref: document.trace, info }), opening: signal(null), generation: signal(0) },
    comparisons: {
      active, failures: signal(new Map(situation === 'failed' ? [['backtest', failure]] : [])),
      start(_: string, asked: ComparisonSettings) {
        started.push(asked);
        active.value = new Map([['backtest', { ...running, settings: asked, result: null, progress: null }]]);
      },
      cancel() { active.value = new Map(); },
      forgive() {},
    },
  } as unknown as App;
  return { app, active, started };
}
