/** A comparison as files: every number with the settings that it was made with. Pure. */
import { tableCsv, type TableColumn } from '../../charts/table.ts';
import type { ComparisonReference, ComparisonResult } from '../../forecast/comparison/types.ts';
import { referenceWindows } from '../../forecast/comparison/types.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

export interface ExportedComparison {
  readonly info: Pick<TraceInfo, 'name' | 'fingerprint' | 'layers'>;
  readonly result: ComparisonResult;
  /** Whether all that was asked for is there. */
  readonly complete: boolean;
  /** Of Gatecast. */
  readonly version: string;
}

const measures = ['loadBlock', 'loadPerStep', 'relativeBlock', 'relativePerStep', 'absoluteBlock', 'absolutePerStep'] as const;

const columns: readonly TableColumn[] = [
  'trace', 'fingerprint', 'layer', 'forecaster', 'forecaster_settings', 'origin_step', 'horizon_steps', 'refit_every', 'coverage', 'cold_share', 'seed',
  'load_block_percent', 'load_per_step_percent', 'relative_block_percent', 'relative_per_step_percent', 'absolute_block_points', 'absolute_per_step_points',
  'mase', 'covered_share', 'interval_width_points', 'fit_and_forecast_ms', 'noise_floor_load_block_percent', 'noise_floor_load_per_step_percent',
  ...referenceWindows.map((steps) => `average_${steps}_load_block_percent`),
].map((label) => ({ label }));

const placeOf = ({ layer, originStep, horizon }: Pick<ComparisonReference, 'layer' | 'originStep' | 'horizon'>): string => `${layer}/${originStep}/${horizon}`;

/** A line a forecast; empty where a number is not known. */
export function comparisonCsv({ info, result }: ExportedComparison): string {
  const { settings } = result;
  const references = new Map(result.references.map((reference) => [placeOf(reference), reference]));
  return tableCsv({
    columns,
    rows: () => result.points.map((point) => {
      const contender = settings.contenders[point.contender];
      const reference = references.get(placeOf(point));
      return [
        info.name, info.fingerprint, info.layers[point.layer].name, contender.id, JSON.stringify(contender.values), point.originStep,
        settings.horizons[point.horizon], settings.refitEvery, settings.coverage, settings.coldShare, settings.seed, ...measures.map((measure) => point.scores[measure]),
        point.mase, point.covered, point.width, point.elapsedMs, reference?.noiseFloor.loadBlock ?? '', reference?.noiseFloor.loadPerStep ?? '',
        ...referenceWindows.map((_, i) => reference?.averages[i] ?? ''),
      ];
    }),
  });
}

/** Numbers that are not known are null. */
export function comparisonJson({ info, result, complete, version }: ExportedComparison): string {
  const { settings, points, references } = result;
  return JSON.stringify({
    format: 'gatecast-comparison',
    version: 1,
    gatecast: version,
    trace: { name: info.name, fingerprint: info.fingerprint },
    complete,
    settings: { ...settings, layers: settings.layers.map((layer) => info.layers[layer].name) },
    points: points.map(({ layer, contender, horizon, ...point }) => ({
      layer: info.layers[layer].name, forecaster: settings.contenders[contender].key, horizonSteps: settings.horizons[horizon], ...point,
    })),
    references: references.map(({ layer, horizon, averages, ...reference }) => ({
      layer: info.layers[layer].name, horizonSteps: settings.horizons[horizon], ...reference,
      slidingAverages: referenceWindows.map((windowSteps, i) => ({ windowSteps, loadBlock: averages[i] })),
    })),
  }, null, 2);
}
