import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import type { Session } from '../../app/session.ts';
import type { ForecastResult } from '../../notebook/kinds/forecast-result.ts';
import { Details, DataTable } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { resolveForecast } from '../resolve.ts';

interface LayerScore {
  readonly layer: number;
  /** Load error of the block mean, %. */
  readonly forecast: number;
  readonly average: number;
}

/** Traces larger than this are not gone through layer by layer: every layer would have to be loaded. */
const mostBytes = 400e6;

/** How one training does on all the layers that it forecast, which says more than the one that is drawn; null when it cannot be told. */
export function useLayerScores(result: ForecastResult | undefined, info: TraceInfo): readonly LayerScore[] | null {
  const { session } = useApp();
  const possible = result !== undefined && result.forecasts.length > 1 && result.provenance.fingerprint === info.fingerprint && info.byteLength <= mostBytes
    && result.forecasts.every(({ layer, blocks, mean }) => layer < info.layers.length && mean.length === blocks * info.layers[layer].experts);
  const key = possible ? JSON.stringify([session.generation.value, result.settingsKey, result.provenance.time]) : null;
  const { value } = usePicture(key, async () => ({ key, scores: possible ? await scoreLayers(session, result, info) : [] })).value;
  return value && value.key === key && value.scores.length > 0 ? value.scores : null;
}

async function scoreLayers(session: Session, { forecasts, provenance }: ForecastResult, info: TraceInfo): Promise<readonly LayerScore[]> {
  const { originStep, horizonSteps } = resolveForecast(provenance.settings, info);
  const all: LayerScore[] = [];
  for (const { layer, blocks, mean } of forecasts) {
    const picture = await session.forecast({
      layer, forecaster: { kind: 'given', blocks, mean: Float64Array.from(mean) }, originStep, horizonSteps, coldShare: provenance.settings.coldShare,
      drawn: { fromStep: originStep - info.strideSteps, toStep: originStep, experts: [], columns: 1, smoothingSteps: 1 },
    });
    if (picture.scores) all.push({ layer, forecast: picture.scores.forecast.loadBlock, average: picture.scores.average.loadBlock });
  }
  return all;
}

export function LayerScoresTable({ scores, info }: { readonly scores: readonly LayerScore[]; readonly info: TraceInfo }) {
  return (
    <div class="layer-scores">
      <Details summary="Layer by layer">
        <DataTable
          caption="Load error of the horizon’s mean by layer"
          captionHidden
          columns={[
            { key: 'layer', label: 'Layer', term: 'layer' },
            { key: 'forecast', label: 'LSTM', unit: 'load error, %', term: 'loadError', numeric: true, format: twoDigits },
            { key: 'average', label: 'Sliding average', unit: 'chosen on the past, %', numeric: true, format: twoDigits },
            { key: 'skill', label: 'Skill', unit: '%', term: 'skill', numeric: true, format: (value) => value.toFixed(0) },
          ]}
          rows={scores.map(({ layer, forecast, average }) => ({
            key: String(layer), cells: { layer: info.layers[layer].name, forecast, average, skill: average > 0 ? (1 - forecast / average) * 100 : null },
          }))}
        />
      </Details>
    </div>
  );
}

const twoDigits = (value: number): string => value.toFixed(2);

/** "Over all 12 layers the LSTM errs by 1.29 % on average, the sliding average by 1.40 %; it is better on 9 of them." */
export function layersFinding(scores: readonly LayerScore[]): string {
  const mean = (pick: (score: LayerScore) => number): number => scores.reduce((sum, score) => sum + pick(score), 0) / scores.length;
  const better = scores.filter(({ forecast, average }) => forecast < average).length;
  return `Over all ${scores.length} layers the LSTM misses the mean load by ${twoDigits(mean((score) => score.forecast))} % on average, the sliding average by ${twoDigits(mean((score) => score.average))} %; the LSTM is better on ${better} of them.`;
}
