/** Judges trials: the mean error of their forecasts over layers, by origin. */
import type { LayerForecast } from '../../workers/contract.ts';
import type { ParameterValues } from '../forecast/contract.ts';
import type { Scores } from '../forecast/picture-types.ts';
import type { SweepPlan } from '../sweep/types.ts';
import { onLanes, type Gathering } from './origin-knowledge.ts';

/** Forecasts of one trial at one origin, of all layers. */
export interface TrialForecasts {
  readonly originStep: number;
  readonly forecasts: readonly LayerForecast[];
}

export class SweepJudge {
  readonly #gathering: Gathering;
  readonly #plan: Pick<SweepPlan, 'horizonSteps' | 'coldShare' | 'measure'>;

  constructor(gathering: Gathering, plan: Pick<SweepPlan, 'horizonSteps' | 'coldShare' | 'measure'>) {
    this.#gathering = gathering;
    this.#plan = plan;
  }

  /** Of trained forecasts, in their order: the mean error over layers; NaN where one cannot be judged. */
  async trained(all: readonly TrialForecasts[]): Promise<readonly number[]> {
    return this.#meansOverLayers(all.length, (worker, layer) => worker.call('scoreForecasts', {
      ...this.#asked(layer),
      forecasts: all.map(({ originStep, forecasts }) => {
        const { blocks, mean } = forecasts.find((one) => one.layer === layer) ?? { blocks: 1, mean: new Float64Array(0) };
        return { originStep, blocks, mean };
      }),
    }, { signal: this.#gathering.signal }));
  }

  /** Of a forecaster that needs no training, by origin. */
  async fitted(forecaster: string, values: ParameterValues, origins: readonly number[]): Promise<readonly number[]> {
    const { othersOf, signal } = this.#gathering;
    return this.#meansOverLayers(origins.length, (worker, layer) => worker.call('scoreForecaster', {
      ...this.#asked(layer), others: othersOf(layer), forecaster, values, origins,
    }, { signal }), othersOf);
  }

  /** Of a perfect forecast, by origin. */
  async noiseFloor(origins: readonly number[]): Promise<readonly number[]> {
    return this.#meansOverLayers(origins.length, (worker, layer) => worker.call('noiseFloors', { ...this.#asked(layer), origins }, { signal: this.#gathering.signal }));
  }

  #asked(layer: number): { readonly fingerprint: string; readonly layer: number; readonly horizonSteps: number; readonly coldShare: number } {
    const { horizonSteps, coldShare } = this.#plan;
    return { fingerprint: this.#gathering.fingerprint, layer, horizonSteps, coldShare };
  }

  async #meansOverLayers(
    count: number, work: (...args: Parameters<Parameters<typeof onLanes<readonly (Scores | null)[]>>[2]>) => Promise<readonly (Scores | null)[]>,
    others: (layer: number) => readonly number[] = () => [],
  ): Promise<readonly number[]> {
    const byLayer = await onLanes(this.#gathering, others, work);
    return Array.from({ length: count }, (_, i) => byLayer.reduce((sum, scores) => sum + (scores[i]?.[this.#plan.measure] ?? NaN), 0) / byLayer.length);
  }
}
