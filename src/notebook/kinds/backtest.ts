import * as v from 'valibot';
import { cheapForecasters } from '../../forecast/registry.ts';
import { integer, list, maximumLayer, maximumStep, number, text } from '../fields.ts';
import { comparisonResult, type StoredComparison } from './comparison-result.ts';
import { offeredContenders } from './contenders.ts';
import type { Kind } from './kind.ts';

/** Most layers that a comparison names one by one. */
const mostLayers = 1000;

/** As many origins from one fit to the next as no comparison has: forecasters are fitted at the first one alone. */
export const updateOnly = 10_000;

export interface BacktestSettings {
  /** First and last origin, both in; null: as the trace allows. */
  readonly firstOriginStep: number | null;
  readonly lastOriginStep: number | null;
  /** Distance of origins, steps; null: so that there are about twenty. */
  readonly everySteps: number | null;
  /** Steps ahead, ascending: one or two. */
  readonly horizons: readonly number[];
  /** Keys of `offeredContenders`, in their order. */
  readonly forecasters: readonly string[];
  /** Fitted anew at every so many origins. */
  readonly refitEvery: number;
  /** Share of truths that intervals should hold. */
  readonly coverage: number;
  /** null: all of the trace. */
  readonly layers: readonly number[] | null;
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
  /** Of what is trained. */
  readonly seed: number;
}

/** In their own order and once each; one that this version does not know is dropped. */
const chosenForecasters = v.pipe(
  list(text(60), 200),
  v.transform((given): readonly string[] => offeredContenders.map(({ key }) => key).filter((key) => given.includes(key))),
);

/** Those that take part where nothing was chosen: all that take next to no time, and Auto, which takes some seconds. */
export const usualForecasters: readonly string[] = [...cheapForecasters.filter(({ cost }) => cost === 'cheap').map(({ id }) => id), 'auto'];

const horizons = v.pipe(
  list(integer(1, 10_000_000), 2),
  v.check((given) => given.length > 0, 'names no horizon'),
  v.transform((given): readonly number[] => [...new Set(given)].toSorted((a, b) => a - b)),
);

/** Ascending, each once. */
export const chosenLayers = v.pipe(
  list(integer(0, maximumLayer), mostLayers),
  v.transform((given): readonly number[] => [...new Set(given)].toSorted((a, b) => a - b)),
);

const origin = v.optional(v.nullable(integer(0, maximumStep)), null);

export const backtestSettings: v.GenericSchema<unknown, BacktestSettings> = v.object({
  firstOriginStep: origin,
  lastOriginStep: origin,
  everySteps: v.optional(v.nullable(integer(1, 10_000_000)), null),
  horizons: v.optional(horizons, [1000, 2000]),
  forecasters: v.optional(chosenForecasters, [...usualForecasters]),
  refitEvery: v.optional(integer(1, updateOnly), 1),
  coverage: v.optional(number(0.5, 0.99), 0.9),
  layers: v.optional(v.nullable(chosenLayers), null),
  coldShare: v.optional(number(0, 1), 0.005),
  seed: v.optional(integer(0, 2 ** 32 - 1), 1),
});

export const backtest: Kind<BacktestSettings, StoredComparison> = { label: 'Backtest', settings: backtestSettings, result: comparisonResult };
