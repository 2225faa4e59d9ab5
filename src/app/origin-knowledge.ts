/** What is known at an origin, gathered from the workers for what is trained there. */
import type { WorkerClient } from '../../workers/client.ts';
import type { BinnedHistory, ForecastWorkerApi } from '../../workers/contract.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import type { ComparisonLane } from './comparison-lane.ts';
import type { Workers } from './workers.ts';

/** Where things are gathered from. */
export interface Gathering {
  readonly trace: Workers['trace'];
  readonly fingerprint: string;
  readonly layers: readonly number[];
  /** The trace's other layers of each one, for those that learn from them. */
  readonly othersOf: (layer: number) => readonly number[];
  /** Holds a layer and works on it. */
  readonly laneOf: (layer: number) => ComparisonLane;
  readonly signal: AbortSignal;
}

/** Block means of all layers before an origin. */
export function historiesAt({ trace, layers, signal }: Gathering, originStep: number, grainSteps: number): Promise<readonly BinnedHistory[]> {
  return trace.call('binnedHistories', { layers, originStep, grainSteps }, { signal });
}

/** What the bank forecast of all layers before each of the origins, for the horizons that are wanted there; by origin. */
export async function banksAt(
  gathering: Gathering, origins: readonly { readonly originStep: number; readonly horizons: readonly number[] }[],
): Promise<readonly (readonly BankHistory[])[]> {
  const { fingerprint, othersOf } = gathering;
  const byLayer = await onLanes(gathering, othersOf, (worker, layer) => Promise.all(origins.map(({ originStep, horizons }) => (
    worker.call('bankHistory', { fingerprint, layer, others: othersOf(layer), originStep, horizons }, { signal: gathering.signal })
  ))));
  return origins.map((_, i) => byLayer.map((own) => own[i]));
}

/** Works on all layers, each on its lane; in the order of the layers. @param others layers that a layer's work needs besides */
export function onLanes<Result>(
  { layers, laneOf, signal }: Pick<Gathering, 'layers' | 'laneOf' | 'signal'>, others: (layer: number) => readonly number[],
  work: (worker: WorkerClient<ForecastWorkerApi>, layer: number) => Promise<Result>,
): Promise<readonly Result[]> {
  return Promise.all(layers.map((layer) => laneOf(layer).work([layer, ...others(layer)], signal, (worker) => work(worker, layer))));
}
