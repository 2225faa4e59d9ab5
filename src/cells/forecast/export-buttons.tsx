import { zipSync, strToU8 } from 'fflate';
import { useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { download } from '../../charts/export.ts';
import { toErrorParts } from '../../errors.ts';
import { unpackCheckpoint } from '../../notebook/checkpoint.ts';
import type { CellOf } from '../../notebook/document.ts';
import { Button } from '../../ui/index.ts';
import type { ForecastPicture, ForecastRequest, TraceInfo } from '../../../workers/contract.ts';
import { forecastCsv, forecastJson, type ExportedForecast } from './export.ts';
import { trainingPlan } from './plan.ts';

export interface ExportButtonsProps {
  readonly cell: CellOf<'forecast'>;
  readonly info: TraceInfo;
  readonly made: { readonly picture: ForecastPicture; readonly request: Omit<ForecastRequest, 'fingerprint'> };
}

/** The forecast as CSV and JSON; a trained LSTM as an ordinary TensorFlow.js model. */
export function ExportButtons({ cell, info, made }: ExportButtonsProps) {
  const { session } = useApp();
  const [problem, setProblem] = useState('');
  const { result, settings } = cell;
  const { request, picture } = made;
  const trained = request.forecaster.kind === 'given' ? result : undefined;
  const exported: ExportedForecast = {
    info, layer: request.layer, originStep: request.originStep, horizonSteps: request.horizonSteps, picture, version: __GATECAST_VERSION__,
    settings: trained?.provenance.settings ?? settings, provenance: trained?.provenance,
  };
  const name = `${info.name}-layer-${info.layers[request.layer].name}-forecast-at-${request.originStep}`.replace(/[^\w.-]+/g, '-');

  const exportModel = async (): Promise<void> => {
    if (!trained?.checkpoint) return;
    setProblem('');
    try {
      const plan = trainingPlan(trained.provenance.settings, info);
      const { modelJson, weights } = await session.workers.gpu.call('exportModel', {
        spec: { settings: plan.settings, seed: plan.seed, layers: plan.layers },
        experts: info.layers[request.layer].experts,
        horizonSteps: plan.horizonSteps,
        checkpoint: unpackCheckpoint(trained.checkpoint, trained.losses),
      });
      const zip = zipSync({
        'model.json': strToU8(modelJson),
        'weights.bin': [new Uint8Array(weights), { level: 0 }],
        'gatecast.json': strToU8(JSON.stringify(trained.provenance, null, 2)),
      });
      download(`${name}-tfjs-model.zip`, new Blob([zip], { type: 'application/zip' }));
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
        {trained?.checkpoint && <Button icon="download" onClick={() => void exportModel()}>Model for TensorFlow.js</Button>}
      </div>
      <p role="status">{problem}</p>
    </>
  );
}
