/// <reference lib="webworker" />
import { bankHistory } from '../src/forecast/bank-history.ts';
import { compareLayer } from '../src/forecast/comparison/compare-layer.ts';
import { judgeGiven } from '../src/forecast/comparison/judge.ts';
import { forecastBand } from '../src/forecast/forecast-band.ts';
import { forecastPicture } from '../src/forecast/forecast-picture.ts';
import { historyBefore } from '../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../src/forecast/layer-shares.ts';
import { LayerStore } from '../src/forecast/layer-store.ts';
import { floorAt, scoresOf, scoresOfForecaster } from '../src/sweep/score.ts';
import type { ForecastRequest, ForecastWorkerApi } from './contract.ts';
import { breathe, giving, serve } from './serve.ts';

const layers = new LayerStore();

function othersOf({ fingerprint, forecaster }: Pick<ForecastRequest, 'fingerprint' | 'forecaster'>): readonly LayerShares[] {
  return forecaster.kind === 'cheap' ? (forecaster.others ?? []).map((layer) => layers.get(fingerprint, layer).shares) : [];
}

serve<ForecastWorkerApi>({
  loadLayer({ fingerprint, layer, experts, steps, values }) {
    if (!layers.has(fingerprint, layer)) layers.put(fingerprint, layer, layerShares(values, steps, experts));
    return null;
  },
  async forecast(request, work) {
    const started = performance.now();
    const { shares, comparisons } = layers.get(request.fingerprint, request.layer);
    const made = await forecastPicture(shares, request, comparisons, othersOf(request), work);
    const picture = { ...made, elapsedMs: performance.now() - started };
    const { errorByStep, lines } = picture;
    const arrays = [
      picture.mean, picture.averageMean, errorByStep.columnSteps, errorByStep.forecast, errorByStep.average,
      errorByStep.noiseFloor, lines.columnSteps, lines.minimum, lines.mean, lines.maximum,
    ];
    return giving(picture, arrays.map((array) => array.buffer as ArrayBuffer));
  },
  band: (request, { signal, onProgress }) => forecastBand(layers.get(request.fingerprint, request.layer).shares, request, othersOf(request), { signal, onProgress }, breathe),
  async compareLayer({ fingerprint, layer, others, settings }, { signal, onProgress }) {
    const sharesOf = (index: number): LayerShares => layers.get(fingerprint, index).shares;
    for await (const batch of compareLayer(layer, sharesOf(layer), settings, { signal, others: others.map(sharesOf) })) {
      onProgress(batch);
      await breathe();
    }
    return null;
  },
  bankHistory({ fingerprint, layer, others, originStep, horizons }) {
    const sharesOf = (index: number): LayerShares => layers.get(fingerprint, index).shares;
    return bankHistory(layer, historyBefore(sharesOf(layer), originStep, others.map(sharesOf)), originStep, horizons);
  },
  judgeGiven: ({ fingerprint, layer, contender, settings, given, fromOriginStep }) => (
    judgeGiven(layer, layers.get(fingerprint, layer).shares, contender, settings, given, fromOriginStep)
  ),
  scoreForecasts: ({ fingerprint, layer, forecasts, ...judging }) => scoresOf(layers.get(fingerprint, layer).shares, forecasts, judging),
  scoreForecaster({ fingerprint, layer, others, forecaster, values, origins, ...judging }, { signal }) {
    const sharesOf = (index: number): LayerShares => layers.get(fingerprint, index).shares;
    return scoresOfForecaster(sharesOf(layer), others.map(sharesOf), forecaster, values, origins, judging, { signal });
  },
  noiseFloors: ({ fingerprint, layer, origins, ...judging }) => origins.map((originStep) => floorAt(layers.get(fingerprint, layer).shares, originStep, judging)),
});
