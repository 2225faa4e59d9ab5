import type { BackendName, Checkpoint, LayerForecast, LossPoint } from '../../workers/contract.ts';
import { packCheckpoint } from './checkpoint.ts';
import type { ForecastSettings } from './kinds/forecast.ts';
import type { ForecastResult } from './kinds/forecast-result.ts';
import { settingsKey } from './settings-key.ts';

/** What training gave, and where it was done. */
export interface TrainingOutcome {
  readonly forecasts: readonly LayerForecast[];
  readonly losses: readonly LossPoint[];
  readonly ended: ForecastResult['ended'];
  readonly elapsedMs: number;
  readonly checkpoint?: Checkpoint;
  readonly backend: BackendName;
  readonly adapter?: string;
  /** Of Gatecast. */
  readonly version: string;
  readonly time: Date;
}

/**
 * A Forecast cell's result as the document keeps it. Shares are kept to nine significant digits, which hold every
 * float32; losses that are not finite (training that diverged) are left out.
 * @param settings the settings that it was trained with, not those of the cell by now
 */
export function toForecastResult(settings: ForecastSettings, fingerprint: string, outcome: TrainingOutcome): ForecastResult {
  const checkpoint = outcome.checkpoint && packCheckpoint(outcome.checkpoint);
  return {
    settingsKey: settingsKey('forecast', settings, fingerprint),
    forecasts: outcome.forecasts.map(({ layer, blocks, mean }) => ({ layer, blocks, mean: Array.from(mean, (share) => Number(share.toPrecision(9))) })),
    losses: outcome.losses.filter(({ train, validation }) => Number.isFinite(train) && Number.isFinite(validation)).map(({ iteration, train, validation }) => ({ iteration, train, validation })),
    ended: outcome.ended,
    elapsedMs: Math.round(outcome.elapsedMs),
    provenance: {
      settings, seed: settings.seed, fingerprint,
      ...(outcome.adapter === undefined ? {} : { adapter: outcome.adapter.slice(0, 200) }),
      backend: outcome.backend,
      version: outcome.version.slice(0, 40),
      time: outcome.time.toISOString(),
    },
    ...(checkpoint ? { checkpoint } : {}),
  };
}
