/// <reference lib="webworker" />
import { forecastPicture } from '../src/forecast/forecast-picture.ts';
import { layerShares } from '../src/forecast/layer-shares.ts';
import { LayerStore } from '../src/forecast/layer-store.ts';
import type { ForecastWorkerApi } from './contract.ts';
import { giving, serve } from './serve.ts';

const layers = new LayerStore();

serve<ForecastWorkerApi>({
  loadLayer({ fingerprint, layer, experts, steps, values }) {
    if (!layers.has(fingerprint, layer)) layers.put(fingerprint, layer, layerShares(values, steps, experts));
    return null;
  },
  async forecast(request) {
    const started = performance.now();
    const { shares, comparisons } = layers.get(request.fingerprint, request.layer);
    const { forecaster } = request;
    const others = forecaster.kind === 'cheap' ? (forecaster.others ?? []).map((layer) => layers.get(request.fingerprint, layer).shares) : [];
    const made = await forecastPicture(shares, request, comparisons, others);
    const picture = { ...made, elapsedMs: performance.now() - started };
    const { errorByStep, lines } = picture;
    const arrays = [
      picture.mean, picture.averageMean, errorByStep.columnSteps, errorByStep.forecast, errorByStep.average,
      errorByStep.noiseFloor, lines.columnSteps, lines.minimum, lines.mean, lines.maximum,
    ];
    return giving(picture, arrays.map((array) => array.buffer as ArrayBuffer));
  },
});
