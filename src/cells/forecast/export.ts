/** A forecast as files: every number with the settings it was made with. Pure. */
import type { ForecastSettings } from '../../notebook/kinds/forecast.ts';
import type { Provenance } from '../../notebook/kinds/forecast-result.ts';
import type { ForecastBand, ForecastPicture, TraceInfo } from '../../../workers/contract.ts';

export interface ExportedForecast {
  readonly info: TraceInfo;
  readonly layer: number;
  readonly originStep: number;
  readonly horizonSteps: number;
  readonly settings: ForecastSettings;
  readonly picture: ForecastPicture;
  /** null while there is none. */
  readonly band: ForecastBand | null;
  readonly version: string;
  /** Of a trained forecast. */
  readonly provenance?: Provenance;
}

/** A line a block of the horizon and expert; shares from 0 to 1, empty where nothing came. Average, band and what came are of the whole horizon. */
export function forecastCsv({ info, layer, originStep, horizonSteps, settings, picture, band }: ExportedForecast): string {
  const { experts, name } = info.layers[layer];
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = ['trace,fingerprint,layer,expert,forecaster,origin_step,from_step,to_step,forecast_share,sliding_average_share,horizon_mean_share_that_came,band_coverage,band_lower_share,band_upper_share'];
  for (let block = 0; block < picture.blocks; block++) {
    const from = originStep + (block * horizonSteps) / picture.blocks;
    const to = originStep + ((block + 1) * horizonSteps) / picture.blocks;
    for (let expert = 0; expert < experts; expert++) {
      lines.push([
        field(info.name), info.fingerprint, field(name), expert, settings.forecaster, originStep, from, to,
        picture.mean[block * experts + expert], picture.averageMean[expert], picture.truthMean?.[expert] ?? '',
        band?.interval ? band.coverage : '', band?.interval?.lower[expert] ?? '', band?.interval?.upper[expert] ?? '',
      ].join(','));
    }
  }
  return lines.join('\r\n') + '\r\n';
}

export function forecastJson({ info, layer, originStep, horizonSteps, settings, picture, band, version, provenance }: ExportedForecast): string {
  const { experts, name } = info.layers[layer];
  return JSON.stringify({
    format: 'gatecast-forecast',
    version: 1,
    gatecast: version,
    trace: { name: info.name, fingerprint: info.fingerprint },
    layer: name,
    experts,
    originStep,
    horizonSteps,
    settings,
    provenance: provenance ?? null,
    forecast: Array.from({ length: picture.blocks }, (_, block) => ({
      fromStep: originStep + (block * horizonSteps) / picture.blocks,
      toStep: originStep + ((block + 1) * horizonSteps) / picture.blocks,
      shares: Array.from(picture.mean.subarray(block * experts, (block + 1) * experts)),
    })),
    slidingAverage: { windowSteps: picture.averageWindowSteps, shares: Array.from(picture.averageMean) },
    band: band?.interval ? {
      coverage: band.coverage, earlierForecasts: band.resolved, lower: Array.from(band.interval.lower), upper: Array.from(band.interval.upper),
      meanWidthPoints: band.width, expertsHeld: band.held,
    } : null,
    came: picture.truthMean ? { steps: picture.judgedSteps, meanShares: Array.from(picture.truthMean) } : null,
    errors: picture.scores,
    leftOutOfRelativeError: picture.coldExperts,
  }, null, 2);
}
