import type { WorkerClient } from '../../workers/client.ts';
import type { BinnedHistory, GpuWorkerApi, TraceInfo } from '../../workers/contract.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import { pastOrigins } from '../forecast/forecast-band.ts';
import { meanOfBlocks } from '../forecast/past-misses.ts';
import type { StoredPastForecast } from '../notebook/kinds/forecast-result.ts';
import type { OnProgress } from '../progress.ts';
import { OriginTrainer, type KnownAt } from './origin-trainer.ts';
import type { OnDeviceOptions } from './train-run.ts';
import type { TrainingPlan } from './training-plan.ts';

export interface EarlierTraining {
  readonly gpu: WorkerClient<GpuWorkerApi>;
  readonly info: TraceInfo;
  readonly device: OnDeviceOptions;
  /** What is known at the plan's origin. */
  readonly historiesOf: (plan: TrainingPlan, signal: AbortSignal) => Promise<readonly BinnedHistory[]>;
  readonly banksOf: (plan: TrainingPlan, signal: AbortSignal) => Promise<readonly BankHistory[]>;
  readonly onProgress: OnProgress;
}

/**
 * What a plan's forecaster forecast before, for a band: trained at each of a few earlier origins on what was known there.
 * @returns all layers, origins ascending; none where the history is too short
 * @throws GatecastError `cancelled` and all that training rejects with
 */
export async function earlierForecasts(plan: TrainingPlan, { gpu, info, device, historiesOf, banksOf, onProgress }: EarlierTraining): Promise<readonly StoredPastForecast[]> {
  const origins = pastOrigins(info, plan.originStep, plan.horizonSteps);
  const made: StoredPastForecast[] = [];
  if (origins.length === 0) return made;
  const trainer = new OriginTrainer(gpu, device);
  const together = await trainer.together([plan], 1);
  for (let from = 0; from < origins.length; from += together) {
    onProgress({ done: from, total: origins.length, unit: 'origins', label: 'Training at earlier origins for the band' });
    const known: KnownAt[] = [];
    for (const originStep of origins.slice(from, from + together)) {
      const then = { ...plan, originStep };
      const [histories, banks] = await Promise.all([historiesOf(then, device.signal), banksOf(then, device.signal)]);
      known.push({ originStep, horizons: [plan.horizonSteps], histories, banks, refit: true });
    }
    const [{ byOrigin }] = await trainer.forecasts([plan], known);
    byOrigin.forEach((forecasts, i) => {
      for (const { layer, blocks, mean } of forecasts) {
        const { experts } = info.layers[layer];
        made.push({ layer, originStep: known[i].originStep, mean: Array.from(meanOfBlocks({ blocks, mean }, experts), (share) => Number(share.toPrecision(6))) });
      }
    });
  }
  return made;
}
