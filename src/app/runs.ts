/**
 * Training runs of Forecast cells: one at a time on the GPU worker, the others wait their turn.
 * What a run gave, complete or cancelled, becomes the cell's result in the document. Opening another trace cancels the
 * runs of the one before as the person could: what they had is kept, and is stale until that trace is back.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { curvesOf } from '../cells/forecast/curves.ts';
import { drawSoon } from '../charts/draw-queue.ts';
import { cancelled, GatecastError, throwIfAborted, toErrorParts, type ErrorParts } from '../errors.ts';
import { canPractise, type BankHistory } from '../forecast/bank-history.ts';
import { grainSteps } from '../forecast/lstm.ts';
import type { Progress } from '../progress.ts';
import type { CellOf } from '../notebook/document.ts';
import { cellOfKind, setSettings } from '../notebook/edits.ts';
import { toForecastResult } from '../notebook/forecast-result.ts';
import type { ForecastSettings } from '../notebook/kinds/forecast.ts';
import type { ForecastResult, LoadedWeights } from '../notebook/kinds/forecast-result.ts';
import type { NotebookStore } from '../notebook/store.ts';
import type { BackendName, BinnedHistory, Checkpoint, CourseEnd, DeviceInfo, ModelReport, TrainedModel, TrainReport } from '../../workers/contract.ts';
import { remember, remembered } from '../ui/remembered.ts';
import { now } from './clock.ts';
import { earlierForecasts } from './earlier-training.ts';
import { withEntry, withoutEntry } from './map-entries.ts';
import type { Session } from './session.ts';
import { forecastWithRecovery, trainWithRecovery } from './train-run.ts';
import { modelsOf, needsBank, plannedForecasts, type TrainingPlan } from './training-plan.ts';

export type ForecastCell = CellOf<'forecast'>;
export type DevicePreference = 'auto' | BackendName;

export interface Run {
  readonly state: 'waiting' | 'preparing' | 'training';
  readonly startedMs: number;
  /** Of the trace that it was started on: on another one it has nothing to show. */
  readonly fingerprint: string;
  /** What is being trained: settings may have changed since. */
  readonly plan: TrainingPlan;
  readonly report: TrainReport | null;
  /** What the plan's models learn on top of; empty where they need none. */
  readonly banks: readonly BankHistory[];
  /** Something that the person should know: the device was lost and training went on elsewhere. */
  readonly notice?: string;
}

/** A model that was trained elsewhere, and what a cell has to be to forecast with it. */
export interface LoadedModel {
  readonly settings: Partial<ForecastSettings>;
  readonly plan: TrainingPlan;
  readonly checkpoint: Checkpoint;
  readonly weights: LoadedWeights;
}

/** Trainings at earlier origins that a cell's band rests on. */
export interface BandTraining {
  /** null while it waits. */
  readonly progress: Progress | null;
  /** Why it ended without a band. */
  readonly problem: ErrorParts | null;
}

export interface Runs {
  /** By cell id. */
  readonly active: ReadonlySignal<ReadonlyMap<string, Run>>;
  readonly failures: ReadonlySignal<ReadonlyMap<string, ErrorParts>>;
  /** By cell id. */
  readonly bands: ReadonlySignal<ReadonlyMap<string, BandTraining>>;
  /** The device that trains, once it was chosen and checked. */
  readonly device: ReadonlySignal<DeviceInfo | null>;
  readonly preference: ReadonlySignal<DevicePreference>;
  prefer(preference: DevicePreference): void;
  /** What trains in moments is trained at earlier origins as well, for the band. */
  start(cell: ForecastCell, plan: TrainingPlan): void;
  /** Trains at earlier origins what a cell's result was trained with, and adds what was forecast there to it. */
  startBand(cellId: string, plan: TrainingPlan): void;
  /**
   * Forecasts with a model's weights without training; its settings and the result become one step of the notebook.
   * @returns whether it came to that: it did not where it was cancelled
   * @throws GatecastError and has changed nothing
   */
  load(cellId: string, model: LoadedModel): Promise<boolean>;
  /** Ends a cell's training, or that for its band. */
  cancel(cellId: string): void;
  /** Takes a failure off a cell: its cause may be gone. */
  forgive(cellId: string): void;
}

/** Trainings up to this long, ms, are done again at earlier origins without being asked for. */
const quickTrainingMs = 5000;

const preferenceKey = 'gatecast.device';
const preferences: readonly DevicePreference[] = ['auto', 'webgpu', 'wasm', 'cpu'];

function rememberedPreference(): DevicePreference {
  const known = remembered(preferenceKey);
  return preferences.find((one) => one === known) ?? 'auto';
}

export function createRuns(session: Session, notebook: NotebookStore, version: string): Runs {
  const active = signal<ReadonlyMap<string, Run>>(new Map());
  const failures = signal<ReadonlyMap<string, ErrorParts>>(new Map());
  const device = signal<DeviceInfo | null>(null);
  const preference = signal<DevicePreference>(rememberedPreference());
  const bands = signal<ReadonlyMap<string, BandTraining>>(new Map());
  const controllers = new Map<string, AbortController>();
  const bandControllers = new Map<string, AbortController>();
  let queue: Promise<void> = Promise.resolve();

  const setRun = (id: string, run: Run | null): void => {
    active.value = run ? withEntry(active.peek(), id, run) : withoutEntry(active.peek(), id);
  };
  const setFailure = (id: string, parts: ErrorParts | null): void => {
    failures.value = parts ? withEntry(failures.peek(), id, parts) : withoutEntry(failures.peek(), id);
  };

  const setBand = (id: string, band: BandTraining | null): void => {
    bands.value = band ? withEntry(bands.peek(), id, band) : withoutEntry(bands.peek(), id);
  };

  const openFingerprint = (): string | undefined => session.trace.peek()?.info.fingerprint;

  function historiesOf({ layers, originStep, settings }: TrainingPlan, signal: AbortSignal): Promise<readonly BinnedHistory[]> {
    return session.workers.trace.call('binnedHistories', { layers, originStep, grainSteps: grainSteps(settings) }, { signal });
  }

  async function banksOf(plan: TrainingPlan, signal: AbortSignal): Promise<readonly BankHistory[]> {
    const banks: BankHistory[] = [];
    if (needsBank(plan)) for (const layer of plan.layers) banks.push(await session.bankHistory(layer, plan.originStep, [plan.horizonSteps], { signal }));
    return banks;
  }

  /** @returns whether it came to its end */
  async function train(cell: ForecastCell, plan: TrainingPlan, fingerprint: string, signal: AbortSignal): Promise<boolean> {
    const startedMs = performance.now();
    setRun(cell.id, { state: 'preparing', startedMs, fingerprint, plan, report: null, banks: [] });
    const [histories, banks] = await Promise.all([historiesOf(plan, signal), banksOf(plan, signal)]);
    const models = modelsOf(plan);
    /** What is kept when the run is cancelled; of checkpoints, the document keeps the first model's. */
    const newest: { report?: TrainReport; checkpoint?: Checkpoint } = {};
    /** Reports that came while the page was busy are told as one: the newest. */
    const tell = (): void => {
      const run = active.peek().get(cell.id);
      if (run?.plan === plan && newest.report) setRun(cell.id, { ...run, state: 'training', report: newest.report, banks });
    };
    const finish = (ended: ForecastResult['ended'], trained: readonly Pick<ModelReport, 'forecasts' | 'losses' | 'ended'>[]): void => {
      const used = device.peek();
      notebook.setResult(cell.id, toForecastResult(cell.settings, fingerprint, {
        forecasts: plannedForecasts(plan, trained, banks),
        losses: trained.at(0)?.losses ?? [],
        // Auto shows its first network's.
        curves: curvesOf(trained.slice(0, plan.auto ? 1 : undefined).map(({ losses }, model) => ({ model, losses })), (model) => models[model].layers),
        diverged: trained.flatMap((one, model) => (one.ended === 'diverged' ? models[model].layers : [])),
        checkpoint: plan.auto ? undefined : newest.checkpoint, ended, elapsedMs: performance.now() - startedMs,
        backend: used?.backend ?? 'cpu', engine: used?.engine, adapter: used?.adapter, version, time: now(),
      }));
    };
    // With little of the past, Auto is the bank alone.
    if (plan.auto && !banks.every(canPractise)) {
      finish('all-iterations', []);
      return true;
    }
    try {
      const result = await trainWithRecovery(session.workers.gpu, { models, histories, banks, horizonSteps: plan.horizonSteps }, {
        prefer: preference.peek(),
        signal,
        onDevice(info) {
          device.value = info;
        },
        onProgress(report) {
          newest.report = report;
          newest.checkpoint = report.checkpoints.find(({ model }) => model === 0) ?? newest.checkpoint;
          drawSoon(tell);
        },
        onRecovered(notice) {
          const run = active.peek().get(cell.id);
          if (run) setRun(cell.id, { ...run, notice });
        },
      });
      device.value = result.device;
      newest.checkpoint = result.models[0].checkpoint;
      const sound = result.models.find(({ ended }) => ended !== 'diverged') ?? result.models[0];
      finish(courseEnd(sound), result.models);
      return true;
    } catch (error) {
      const parts = toErrorParts(error);
      if (newest.report) finish('cancelled', newest.report.models);
      if (parts.code !== 'cancelled') throw error;
      return false;
    }
  }

  /** Settings and result are changed together, at the end, so that a model that does not fit changes nothing. */
  async function forecast(cellId: string, { settings, plan, checkpoint, weights }: LoadedModel, fingerprint: string, signal: AbortSignal): Promise<boolean> {
    const startedMs = performance.now();
    setRun(cellId, { state: 'preparing', startedMs, fingerprint, plan, report: null, banks: [] });
    const [histories, banks] = await Promise.all([historiesOf(plan, signal), banksOf(plan, signal)]);
    const models = modelsOf(plan);
    const { device: used, models: made } = await forecastWithRecovery(
      session.workers.gpu, { models, histories, banks, horizonSteps: plan.horizonSteps, weights: models.map(() => checkpoint.bestWeights) },
      { prefer: preference.peek(), signal, onDevice: (info) => void (device.value = info) },
    );
    throwIfAborted(signal);
    device.value = used;
    const cell = cellOfKind(notebook.document.peek(), cellId, 'forecast');
    if (!cell) return false;
    const result = toForecastResult({ ...cell.settings, ...settings }, fingerprint, {
      forecasts: made.flat(), losses: [], curves: [], diverged: [], checkpoint, ended: 'loaded', weights, elapsedMs: performance.now() - startedMs,
      backend: used.backend, engine: used.engine, adapter: used.adapter, version, time: now(),
    });
    notebook.edit(`Load ${weights.file}`, (document) => setSettings<'forecast'>(document, cellId, settings), { result: { cellId, result } });
    return true;
  }

  /** Lets a cell's work wait for its turn; what the cell did before is cancelled. */
  async function enqueue(id: string, plan: TrainingPlan, work: (fingerprint: string, signal: AbortSignal) => Promise<void>): Promise<void> {
    const fingerprint = openFingerprint();
    if (fingerprint === undefined) return;
    cancel(id);
    const controller = new AbortController();
    controllers.set(id, controller);
    setFailure(id, null);
    setRun(id, { state: 'waiting', startedMs: performance.now(), fingerprint, plan, report: null, banks: [] });
    const mine = queue.then(async () => {
      try {
        if (!controller.signal.aborted) await work(fingerprint, controller.signal);
      } finally {
        if (controllers.get(id) === controller) {
          controllers.delete(id);
          setRun(id, null);
        }
      }
    });
    queue = mine.catch(() => {});
    await mine;
  }

  let bandsOf: string | undefined;
  effect(() => {
    const fingerprint = session.trace.value?.info.fingerprint;
    for (const [id, run] of active.peek()) if (run.fingerprint !== fingerprint) cancel(id);
    // Bands are of the trace that was open until now.
    if (fingerprint !== bandsOf) for (const id of bandControllers.keys()) endBand(id);
    bandsOf = fingerprint;
  });

  function cancel(cellId: string): void {
    endBand(cellId);
    controllers.get(cellId)?.abort();
    // A waiting run has nothing to stop.
    if (active.peek().get(cellId)?.state === 'waiting') setRun(cellId, null);
  }

  function endBand(cellId: string): void {
    bandControllers.get(cellId)?.abort();
    bandControllers.delete(cellId);
    setBand(cellId, null);
  }

  function startBand(cellId: string, plan: TrainingPlan): void {
    const open = session.trace.peek();
    const made = cellOfKind(notebook.document.peek(), cellId, 'forecast')?.result;
    if (!open || !made) return;
    endBand(cellId);
    const controller = new AbortController();
    const { signal } = controller;
    bandControllers.set(cellId, controller);
    const tell = (band: BandTraining | null): void => {
      if (!signal.aborted) setBand(cellId, band);
    };
    tell({ progress: null, problem: null });
    queue = queue.then(async () => {
      try {
        throwIfAborted(signal);
        const pastForecasts = await earlierForecasts(plan, {
          gpu: session.workers.gpu, info: open.info, historiesOf, banksOf,
          device: { prefer: preference.peek(), signal, onDevice: (info) => void (device.value = info) },
          onProgress: (progress) => tell({ progress, problem: null }),
        });
        throwIfAborted(signal);
        const result = cellOfKind(notebook.document.peek(), cellId, 'forecast')?.result;
        if (result?.provenance.time === made.provenance.time) notebook.setResult(cellId, { ...result, pastForecasts });
        tell(null);
      } catch (error) {
        tell({ progress: null, problem: toErrorParts(error) });
      }
      if (bandControllers.get(cellId) === controller) bandControllers.delete(cellId);
    });
  }

  return {
    active, failures, bands, device, preference, cancel, startBand,
    prefer(next) {
      if (next === preference.peek()) return;
      preference.value = next;
      remember(preferenceKey, next);
      for (const controller of controllers.values()) controller.abort();
      for (const id of bandControllers.keys()) endBand(id);
      device.value = null;
      // The worker keeps the device that it chose; a new one chooses again.
      session.workers.gpu.kill(cancelled());
    },
    start(cell, plan) {
      void enqueue(cell.id, plan, async (fingerprint, signal) => {
        try {
          const startedMs = performance.now();
          const ended = await train(cell, plan, fingerprint, signal);
          if (ended && performance.now() - startedMs <= quickTrainingMs) startBand(cell.id, plan);
        } catch (error) {
          if (!signal.aborted) setFailure(cell.id, toErrorParts(error));
        }
      });
    },
    async load(cellId, model) {
      let loaded = false;
      await enqueue(cellId, model.plan, async (fingerprint, signal) => {
        try {
          loaded = await forecast(cellId, model, fingerprint, signal);
        } catch (error) {
          if (!signal.aborted) throw error;
        }
      });
      return loaded;
    },
    forgive(cellId) {
      if (failures.peek().has(cellId)) setFailure(cellId, null);
      if (bands.peek().get(cellId)?.problem) setBand(cellId, null);
    },
  };
}

/** How a model came to its end; models of a Forecast cell are never asked to pause. */
function courseEnd({ ended }: TrainedModel): CourseEnd {
  if (ended === 'paused') throw new GatecastError({ code: 'internal', message: 'a model paused that was not asked to' });
  return ended;
}
