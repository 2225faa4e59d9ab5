import { zipSync, strToU8 } from 'fflate';
import { useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import type { TrainingPlan } from '../../app/training-plan.ts';
import { download } from '../../charts/export.ts';
import { toErrorParts } from '../../errors.ts';
import { onBank, poolsLayers } from '../../forecast/lstm.ts';
import { unpackCheckpoint } from '../../notebook/checkpoint.ts';
import type { CellOf } from '../../notebook/document.ts';
import { Button } from '../../ui/index.ts';
import type { ForecastBand, ForecastPicture, ForecastRequest, TraceInfo } from '../../../workers/contract.ts';
import { layerLabel } from '../resolve.ts';
import { forecastCsv, forecastJson, type ExportedForecast } from './export.ts';
import { trainingPlan } from './plan.ts';

export interface ExportButtonsProps {
  readonly cell: CellOf<'forecast'>;
  readonly info: TraceInfo;
  /** Whether the forecast comes from a training that still runs, which the cell's result is not about. */
  readonly live: boolean;
  readonly made: { readonly picture: ForecastPicture; readonly request: Omit<ForecastRequest, 'fingerprint'> };
  /** null while there is none. */
  readonly band: ForecastBand | null;
}

/** The forecast as CSV and JSON; a trained LSTM as an ordinary TensorFlow.js model. */
export function ExportButtons({ cell, info, live, made, band }: ExportButtonsProps) {
  const { session } = useApp();
  const [problem, setProblem] = useState('');
  const { result, settings } = cell;
  const { request, picture } = made;
  const trained = request.forecaster.kind === 'given' && !live ? result : undefined;
  const exported: ExportedForecast = {
    info, layer: request.layer, originStep: request.originStep, horizonSteps: request.horizonSteps, picture, band, version: __GATECAST_VERSION__,
    settings: trained?.provenance.settings ?? settings, provenance: trained?.provenance,
  };
  const nameOf = (layer: number): string => `${info.name}-layer-${info.layers[layer].name}-forecast-at-${request.originStep}`.replace(/[^\w.-]+/g, '-');
  const name = nameOf(request.layer);
  const model = trained?.checkpoint && keptModel(trainingPlan(trained.provenance.settings, info), info);

  const exportModel = async (): Promise<void> => {
    if (!trained?.checkpoint || !model) return;
    setProblem('');
    try {
      const { spec: { settings: lstm, layers }, horizonSteps } = model.request;
      const members = onBank(lstm) ? (await session.bankHistory(layers[0], request.originStep, [horizonSteps])).members : undefined;
      const { modelJson, weights } = await session.workers.gpu.call('exportModel', {
        ...model.request, members,
        checkpoint: unpackCheckpoint(trained.checkpoint, trained.losses),
      });
      const zip = zipSync({
        'model.json': strToU8(modelJson),
        'weights.bin': [new Uint8Array(weights), { level: 0 }],
        'gatecast.json': strToU8(JSON.stringify(trained.provenance, null, 2)),
      });
      download(`${nameOf(model.request.spec.layers[0])}-tfjs-model.zip`, new Blob([zip], { type: 'application/zip' }));
    } catch (error) {
      const parts = toErrorParts(error);
      setProblem(`The model could not be exported: ${parts.message}`);
    }
  };

  return (
    <>
      <div class="export-buttons">
        <Button icon="download" onClick={() => download(`${name}.csv`, new Blob([forecastCsv(exported)], { type: 'text/csv' }))}>Forecast as CSV</Button>
        <Button icon="download" onClick={() => download(`${name}.json`, new Blob([forecastJson(exported)], { type: 'application/json' }))}>Forecast as JSON</Button>
        {model && <Button icon="download" onClick={() => void exportModel()}>{`Model for TensorFlow.js${model.of}`}</Button>}
      </div>
      <p role="status">{problem}</p>
    </>
  );
}

/** The model whose weights a result keeps: the pooled one, which serves all layers, or the first layer's of the joint form. */
function keptModel({ settings, seed, layers, horizonSteps }: TrainingPlan, info: TraceInfo) {
  const own = poolsLayers(settings) ? layers : layers.slice(0, 1);
  return {
    of: poolsLayers(settings) ? '' : `, ${layerLabel(info.layers[own[0]].name)}`,
    request: { spec: { settings, seed, layers: own }, experts: info.layers[own[0]].experts, horizonSteps },
  };
}
