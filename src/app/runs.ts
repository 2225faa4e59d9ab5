/**
 * Training runs of Forecast cells: one at a time on the GPU worker, the others wait their turn.
 * What a run gave, complete or cancelled, becomes the cell's result in the document. Opening another trace cancels the
 * runs of the one before as the person could: what they had is kept, and is stale until that trace is back.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { curvesOf } from '../cells/forecast/curves.ts';
import { drawSoon } from '../charts/draw-queue.ts';
import { cancelled, toErrorParts, type ErrorParts } from '../errors.ts';
import { grainSteps, type LstmSettings } from '../forecast/lstm.ts';
import type { CellOf } from '../notebook/document.ts';
import { toForecastResult } from '../notebook/forecast-result.ts';
import type { ForecastResult } from '../notebook/kinds/forecast-result.ts';
import type { NotebookStore } from '../notebook/store.ts';
import type { BackendName, Checkpoint, DeviceInfo, ModelReport, ModelSpec, TrainReport } from '../../workers/contract.ts';
import { remember, remembered } from '../ui/remembered.ts';
import { now } from './clock.ts';
import type { Session } from './session.ts';
import { trainWithRecovery } from './train-run.ts';

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
  /** Something that the person should know: the device was lost and training went on elsewhere. */
  readonly notice?: string;
}

/** What training a cell's LSTM takes, resolved against the open trace. */
export interface TrainingPlan {
  readonly settings: LstmSettings;
  readonly seed: number;
  /** Layers whose loads are learnt and forecast. */
  readonly layers: readonly number[];
  readonly originStep: number;
  readonly horizonSteps: number;
}

export interface Runs {
  /** By cell id. */
  readonly active: ReadonlySignal<ReadonlyMap<string, Run>>;
  readonly failures: ReadonlySignal<ReadonlyMap<string, ErrorParts>>;
  /** The device that trains, once it was chosen and checked. */
  readonly device: ReadonlySignal<DeviceInfo | null>;
  readonly preference: ReadonlySignal<DevicePreference>;
  prefer(preference: DevicePreference): void;
  start(cell: ForecastCell, plan: TrainingPlan): void;
  cancel(cellId: string): void;
  /** Takes a failure off a cell: its cause may be gone. */
  forgive(cellId: string): void;
}

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
  const controllers = new Map<string, AbortController>();
  let queue: Promise<void> = Promise.resolve();

  const setRun = (id: string, run: Run | null): void => {
    const next = new Map(active.peek());
    if (run) next.set(id, run);
    else next.delete(id);
    active.value = next;
  };
  const setFailure = (id: string, parts: ErrorParts | null): void => {
    const next = new Map(failures.peek());
    if (parts) next.set(id, parts);
    else next.delete(id);
    failures.value = next;
  };

  const openFingerprint = (): string | undefined => session.trace.peek()?.info.fingerprint;

  async function train(cell: ForecastCell, plan: TrainingPlan, fingerprint: string, signal: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    setRun(cell.id, { state: 'preparing', startedMs, fingerprint, plan, report: null });
    const histories = await session.workers.trace.call(
      'binnedHistories', { layers: plan.layers, originStep: plan.originStep, grainSteps: grainSteps(plan.settings) }, { signal },
    );
    // Pooled: one model learns from all layers. Joint, as in the paper: a model a layer.
    const models: readonly ModelSpec[] = plan.settings.form === 'pooled'
      ? [{ settings: plan.settings, seed: plan.seed, layers: plan.layers }]
      : plan.layers.map((layer) => ({ settings: plan.settings, seed: plan.seed, layers: [layer] }));
    /** What is kept when the run is cancelled; of checkpoints, the document keeps the first model's. */
    const newest: { report?: TrainReport; checkpoint?: Checkpoint } = {};
    /** Reports that came while the page was busy are told as one: the newest. */
    const tell = (): void => {
      const run = active.peek().get(cell.id);
      if (run?.plan === plan && newest.report) setRun(cell.id, { ...run, state: 'training', report: newest.report });
    };
    const finish = (ended: ForecastResult['ended'], trained: readonly Pick<ModelReport, 'forecasts' | 'losses' | 'ended'>[]): void => {
      const used = device.peek();
      notebook.setResult(cell.id, toForecastResult(cell.settings, fingerprint, {
        forecasts: trained.flatMap(({ forecasts }) => forecasts),
        losses: trained[0].losses,
        curves: curvesOf(trained.map(({ losses }, model) => ({ model, losses })), (model) => models[model].layers),
        diverged: trained.flatMap((one, model) => (one.ended === 'diverged' ? models[model].layers : [])),
        checkpoint: newest.checkpoint, ended, elapsedMs: performance.now() - startedMs,
        backend: used?.backend ?? 'cpu', engine: used?.engine, adapter: used?.adapter, version, time: now(),
      }));
    };
    try {
      const result = await trainWithRecovery(session.workers.gpu, { models, histories, horizonSteps: plan.horizonSteps }, {
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
      finish(sound.ended, result.models);
    } catch (error) {
      const parts = toErrorParts(error);
      if (newest.report) finish('cancelled', newest.report.models);
      if (parts.code !== 'cancelled') throw error;
    }
  }

  effect(() => {
    const fingerprint = session.trace.value?.info.fingerprint;
    for (const [id, run] of active.peek()) if (run.fingerprint !== fingerprint) cancel(id);
  });

  function cancel(cellId: string): void {
    controllers.get(cellId)?.abort();
    // A waiting run has nothing to stop.
    if (active.peek().get(cellId)?.state === 'waiting') setRun(cellId, null);
  }

  return {
    active, failures, device, preference, cancel,
    prefer(next) {
      if (next === preference.peek()) return;
      preference.value = next;
      remember(preferenceKey, next);
      for (const controller of controllers.values()) controller.abort();
      device.value = null;
      // The worker keeps the device that it chose; a new one chooses again.
      session.workers.gpu.kill(cancelled());
    },
    start(cell, plan) {
      const fingerprint = openFingerprint();
      if (fingerprint === undefined) return;
      controllers.get(cell.id)?.abort();
      const controller = new AbortController();
      controllers.set(cell.id, controller);
      setFailure(cell.id, null);
      setRun(cell.id, { state: 'waiting', startedMs: performance.now(), fingerprint, plan, report: null });
      const mine = queue.then(async () => {
        try {
          if (!controller.signal.aborted) await train(cell, plan, fingerprint, controller.signal);
        } catch (error) {
          if (controllers.get(cell.id) === controller) setFailure(cell.id, toErrorParts(error));
        } finally {
          if (controllers.get(cell.id) === controller) {
            controllers.delete(cell.id);
            setRun(cell.id, null);
          }
        }
      });
      queue = mine;
    },
    forgive(cellId) {
      if (failures.peek().has(cellId)) setFailure(cellId, null);
    },
  };
}
