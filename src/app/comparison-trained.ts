/** The LSTM in a comparison: trained at every so many origins on what is known there, rolled with its weights between them. */
import { WorkerClient } from '../../workers/client.ts';
import type { GpuWorkerApi, LayerForecast, NamedWeights } from '../../workers/contract.ts';
import { GatecastError } from '../errors.ts';
import type { GivenForecast } from '../forecast/comparison/judge.ts';
import type { Origin } from '../forecast/comparison/origins.ts';
import type { ComparisonPoint, ComparisonSettings } from '../forecast/comparison/types.ts';
import { checkedLstmSettings, grainSteps, type LstmSettings } from '../forecast/lstm.ts';
import type { ComparisonLane } from './comparison-lane.ts';
import { modelsOf, type DevicePreference } from './runs.ts';
import { forecastWithRecovery, trainWithRecovery } from './train-run.ts';
import type { Workers } from './workers.ts';

/** Every comparison trains alike. */
const seed = 1;

export interface TrainedComparison {
  readonly trace: Workers['trace'];
  readonly fingerprint: string;
  readonly settings: ComparisonSettings;
  /** Place among the contenders. */
  readonly contender: number;
  readonly origins: readonly Origin[];
  /** Judges what was forecast. */
  readonly lane: ComparisonLane;
  readonly prefer: DevicePreference;
  readonly signal: AbortSignal;
  /** Starts the worker that trains; the comparison's own, so that no training of a cell waits for it. */
  readonly startGpu: () => Worker;
  /** The points of one origin, all layers and horizons; none where the history is too short to train on. */
  readonly onOrigin: (points: readonly ComparisonPoint[]) => void;
}

/**
 * Trains, forecasts and judges at every origin, all layers at once.
 * @throws GatecastError `cancelled`, `bad-setting` where no origin has a history that is long enough, and all that training rejects with
 */
export async function compareTrained({ trace, fingerprint, settings, contender, origins, lane, prefer, signal, startGpu, onOrigin }: TrainedComparison): Promise<void> {
  const client = new WorkerClient<GpuWorkerApi>(startGpu);
  const trainer = new Trainer(client, checkedLstmSettings(settings.contenders[contender].values), settings.layers, { prefer, signal });
  const given = new Map<number, GivenForecast[]>(settings.layers.map((layer) => [layer, []]));
  let refused: GatecastError | null = null;
  try {
    for (const [index, { originStep, horizons }] of origins.entries()) {
      const startedMs = performance.now();
      const made: { readonly horizon: number; readonly forecasts: readonly LayerForecast[] }[] = [];
      try {
        const histories = await trace.call('binnedHistories', { layers: settings.layers, originStep, grainSteps: trainer.grainSteps }, { signal });
        for (let horizon = 0; horizon < horizons; horizon++) {
          made.push({ horizon, forecasts: await trainer.forecasts(histories, settings.horizons[horizon], index % settings.refitEvery === 0) });
        }
      } catch (error) {
        if (!(error instanceof GatecastError) || error.code !== 'bad-setting') throw error;
        refused = error;
      }
      const elapsedMs = (performance.now() - startedMs) / settings.layers.length;
      for (const { horizon, forecasts } of made) {
        for (const { layer, blocks, mean } of forecasts) given.get(layer)?.push({ originStep, horizon, blocks, mean, elapsedMs });
      }
      const points = made.length === 0 ? [] : await lane.work(settings.layers, signal, (worker) => Promise.all(settings.layers.map((layer) => (
        worker.call('judgeGiven', { fingerprint, layer, contender, settings, given: given.get(layer) ?? [], fromOriginStep: originStep }, { signal })
      ))));
      onOrigin(points.flat());
    }
  } finally {
    client.kill();
  }
  if (refused && [...given.values()].every((forecasts) => forecasts.length === 0)) throw refused;
}

type Histories = Parameters<typeof trainWithRecovery>[1]['histories'];

/** Models of all layers, one set of weights a horizon. */
class Trainer {
  readonly grainSteps: number;
  readonly #client: WorkerClient<GpuWorkerApi>;
  readonly #models: ReturnType<typeof modelsOf>;
  readonly #device: { readonly prefer: DevicePreference; readonly signal: AbortSignal; readonly onDevice: () => void };
  /** Of each model, by horizon. */
  readonly #weights = new Map<number, readonly NamedWeights[]>();

  constructor(client: WorkerClient<GpuWorkerApi>, settings: LstmSettings, layers: readonly number[], device: { readonly prefer: DevicePreference; readonly signal: AbortSignal }) {
    this.grainSteps = grainSteps(settings);
    this.#client = client;
    this.#models = modelsOf({ settings, seed, layers });
    this.#device = { ...device, onDevice() {} };
  }

  async forecasts(histories: Histories, horizonSteps: number, refit: boolean): Promise<readonly LayerForecast[]> {
    const known = this.#weights.get(horizonSteps);
    if (known && !refit) return this.#roll(histories, horizonSteps, known);
    const { models } = await trainWithRecovery(this.#client, { models: this.#models, histories, horizonSteps }, { ...this.#device, onProgress() {}, onRecovered() {} });
    this.#weights.set(horizonSteps, models.map(({ checkpoint }) => checkpoint.bestWeights));
    return models.flatMap(({ forecasts }) => forecasts);
  }

  /** A request has one set of weights, so models of their own each take one. */
  async #roll(histories: Histories, horizonSteps: number, weights: readonly NamedWeights[]): Promise<readonly LayerForecast[]> {
    const forecasts: LayerForecast[] = [];
    for (const [model, spec] of this.#models.entries()) {
      const own = histories.filter(({ layer }) => spec.layers.includes(layer));
      const rolled = await forecastWithRecovery(this.#client, { models: [spec], histories: own, horizonSteps, weights: weights[model] }, this.#device);
      forecasts.push(...rolled.forecasts);
    }
    return forecasts;
  }
}
