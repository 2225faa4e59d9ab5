import type { LstmSettings } from '../../src/forecast/lstm.ts';
import type { HorizonForecast } from '../contract.ts';
import type { Examples } from './examples.ts';
import type { Loss, Network } from './network.ts';

/** What is to be learnt: a network, what it learns from, and how its outputs become forecasts. */
export interface Problem {
  readonly network: Network;
  readonly examples: Examples;
  /** Turns the outputs for the queries, `[queries][forecastCount]`, into forecasts on the simplex. */
  forecasts(outputs: Float32Array): readonly HorizonForecast[];
}

/** Where a Huber loss turns from squared to absolute, in units of a uniform share. */
const HUBER_DELTA = 0.1;

/** @param own the loss that the form has of its own */
export function lossOf({ loss }: LstmSettings, own: 'absolute' | 'squared'): Loss {
  const kind = loss === 'auto' ? own : loss;
  return kind === 'huber' ? { kind, delta: HUBER_DELTA } : { kind };
}
