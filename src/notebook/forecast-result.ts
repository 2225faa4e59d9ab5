import type { BackendName, Checkpoint, DeviceInfo, LayerForecast, LossPoint } from '../../workers/contract.ts';
import { packCheckpoint } from './checkpoint.ts';
import type { ForecastSettings } from './kinds/forecast.ts';
import type { ForecastResult, LoadedWeights, StoredCurve } from './kinds/forecast-result.ts';
import { settingsKey } from './settings-key.ts';

/** What training, or loading weights, gave, and where it was done. */
export interface TrainingOutcome {
  readonly forecasts: readonly LayerForecast[];
  /** Of the first model. */
  readonly losses: readonly LossPoint[];
  readonly curves: readonly StoredCurve[];
  readonly ended: ForecastResult['ended'];
  /** Layers whose models diverged. */
  readonly diverged: readonly number[];
  readonly elapsedMs: number;
  /** Of the first model. */
  readonly checkpoint?: Checkpoint;
  readonly backend: BackendName;
  readonly engine?: DeviceInfo['engine'];
  readonly adapter?: string;
  /** Of Gatecast. */
  readonly version: string;
  readonly time: Date;
  /** Where nothing was trained. */
  readonly weights?: LoadedWeights;
}

/**
 * A Forecast cell's result as the document keeps it. Shares are kept to nine significant digits, which hold every
 * float32, losses by layer to six, which no picture shows; losses that are not finite (of untrained batches, of training
 * that diverged) are left out.
 * @param settings the settings that it was trained with, not those of the cell by now
 */
export function toForecastResult(settings: ForecastSettings, fingerprint: string, outcome: TrainingOutcome): ForecastResult {
  const checkpoint = outcome.checkpoint && packCheckpoint(outcome.checkpoint);
  return {
    settingsKey: settingsKey('forecast', settings, fingerprint),
    forecasts: outcome.forecasts.map(({ layer, blocks, mean }) => ({ layer, blocks, mean: Array.from(mean, (share) => Number(share.toPrecision(9))) })),
    losses: outcome.losses.filter(({ train, validation }) => Number.isFinite(train) && Number.isFinite(validation)).map(({ iteration, train, validation }) => ({ iteration, train, validation })),
    curves: outcome.curves.map(({ layer, points }) => ({
      layer,
      points: points.filter(({ validation }) => Number.isFinite(validation)).map(({ iteration, validation }) => ({ iteration, validation: Number(validation.toPrecision(6)) })),
    })),
    ended: outcome.ended,
    diverged: outcome.diverged,
    elapsedMs: Math.round(outcome.elapsedMs),
    provenance: {
      settings, seed: settings.seed, fingerprint,
      ...(outcome.adapter === undefined ? {} : { adapter: outcome.adapter.slice(0, 200) }),
      backend: outcome.backend,
      ...(outcome.engine === undefined ? {} : { engine: outcome.engine }),
      version: outcome.version.slice(0, 40),
      time: outcome.time.toISOString(),
      ...(outcome.weights === undefined ? {} : { weights: { ...outcome.weights, file: outcome.weights.file.slice(0, 200) } }),
    },
    ...(checkpoint ? { checkpoint } : {}),
  };
}
