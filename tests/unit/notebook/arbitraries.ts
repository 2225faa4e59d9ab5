/** Documents that a notebook may really hold, for properties. */
import fc from 'fast-check';
import type { Cell, NotebookDocument } from '../../../src/notebook/document.ts';
import type { BacktestSettings } from '../../../src/notebook/kinds/backtest.ts';
import { forecasters, type ForecastSettings } from '../../../src/notebook/kinds/forecast.ts';
import type { Parameter, ParameterValues } from '../../../src/forecast/contract.ts';

const step = fc.integer({ min: 0, max: 1_000_000_000 });
const experts = fc.array(fc.integer({ min: 0, max: 511 }), { maxLength: 8 });
export const fingerprint = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const loss = fc.double({ min: 0, max: 1000, noNaN: true }).map((value) => value + 0);

const valuesOf = (parameters: readonly Parameter[]): fc.Arbitrary<ParameterValues> => fc.record<Record<string, number | string>>(
  Object.fromEntries(parameters.map((parameter) => [
    parameter.id,
    parameter.kind === 'choice' ? fc.constantFrom(...parameter.choices.map(({ value }) => value))
      : parameter.kind === 'integer' ? fc.integer({ min: parameter.minimum, max: parameter.maximum })
        : fc.double({ min: parameter.minimum, max: parameter.maximum, noNaN: true }).map((value) => value + 0),
  ])),
  { requiredKeys: [] },
).map((values) => ({ ...values }));

/** Values of some of the forecasters that have parameters. */
const values = fc.record<Record<string, ParameterValues>>(
  Object.fromEntries(forecasters.filter(({ parameters }) => parameters.length > 0).map(({ id, parameters }) => [id, valuesOf(parameters)])),
  { requiredKeys: [] },
).map((given) => ({ ...given }));

export const forecastSettings: fc.Arbitrary<ForecastSettings> = fc.record({
  layer: fc.nat(59),
  forecaster: fc.constantFrom(...forecasters.map(({ id }) => id)),
  windowSteps: fc.integer({ min: 1, max: 10_000 }),
  horizonSteps: fc.integer({ min: 1, max: 10_000 }),
  originStep: fc.option(step),
  experts,
  coldShare: share,
  bandCoverage: fc.constantFrom(0.5, 0.8, 0.9, 0.95),
  values,
  seed: fc.nat(2 ** 31 - 1),
});

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

const backtestSettings: fc.Arbitrary<BacktestSettings> = fc.record({
  firstOriginStep: fc.option(step),
  lastOriginStep: fc.option(step),
  everySteps: fc.option(fc.integer({ min: 1, max: 10_000 })),
  horizons: fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 2 }).map(ascending),
  forecasters: fc.subarray(forecasters.map(({ id }) => id)),
  refitEvery: fc.integer({ min: 1, max: 50 }),
  coverage: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
  layers: fc.option(fc.uniqueArray(fc.nat(59), { maxLength: 5 }).map(ascending)),
  coldShare: share,
  seed: fc.nat(2 ** 31 - 1),
});

const tensors = fc.constantFrom({}, { 'lstm/kernel': { shape: [1, 2], values: 'AACAPwAAAEA=' } });
const forecastResult = fc.record({
  settingsKey: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 }),
  forecasts: fc.array(
    fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 })).chain(([layer, blocks, width]) =>
      fc.record({ layer: fc.constant(layer), blocks: fc.constant(blocks), mean: fc.array(share, { minLength: blocks * width, maxLength: blocks * width }) })),
    { maxLength: 3 },
  ),
  losses: fc.array(fc.record({ iteration: fc.nat(5000), train: loss, validation: loss }), { maxLength: 4 }),
  curves: fc.array(fc.record({ layer: fc.nat(59), points: fc.array(fc.record({ iteration: fc.nat(5000), validation: loss }), { maxLength: 4 }) }), { maxLength: 3 }),
  ended: fc.constantFrom('all-iterations' as const, 'no-improvement' as const, 'diverged' as const, 'cancelled' as const, 'loaded' as const),
  diverged: fc.array(fc.nat(59), { maxLength: 3 }),
  elapsedMs: fc.nat(1e7),
  provenance: fc.record({
    settings: forecastSettings,
    seed: fc.nat(1000),
    fingerprint,
    adapter: fc.string({ maxLength: 30 }),
    backend: fc.constantFrom('webgpu' as const, 'wasm' as const, 'cpu' as const),
    engine: fc.constantFrom('fused' as const, 'simd' as const, 'reference' as const),
    version: fc.constantFrom('0.1.0', 'test'),
    time: fc.constantFrom('2026-11-23T19:11:00.000Z', '2027-01-01T00:00:00Z'),
    weights: fc.record({ file: fc.string({ maxLength: 30 }), trainedOn: fc.record({ fingerprint, originStep: fc.nat(1e6) }) }, { requiredKeys: ['file'] }),
  }, { requiredKeys: ['settings', 'seed', 'fingerprint', 'backend', 'version', 'time'] }),
  checkpoint: fc.record({
    version: fc.constant(2 as const), model: fc.nat(3), iteration: fc.nat(5000), bestLoss: fc.option(loss), bestIteration: fc.nat(5000),
    rateScale: share, cutAt: fc.nat(5000), diverged: fc.boolean(),
    weights: tensors, bestWeights: tensors, moments: fc.constantFrom({}, { 'lstm/kernel': { first: 'AACAPwAAAEA=', second: '' } }),
  }),
}, { requiredKeys: ['settingsKey', 'forecasts', 'losses', 'curves', 'ended', 'diverged', 'elapsedMs', 'provenance'] });

const body = fc.oneof(
  fc.record({ kind: fc.constant('note' as const), settings: fc.record({ text: fc.string({ maxLength: 200, unit: 'grapheme' }) }) }),
  fc.record({ kind: fc.constant('trace' as const), settings: fc.constant({}) }),
  fc.record({
    kind: fc.constant('load' as const),
    settings: fc.record({
      layer: fc.nat(59), experts, smoothingSteps: fc.integer({ min: 1, max: 5000 }),
      measure: fc.constantFrom('max-over-mean' as const, 'variation' as const, 'gini' as const, 'entropy' as const, 'kl' as const, 'dead' as const),
      fromStep: fc.option(fc.nat(1000)), toStep: fc.option(fc.integer({ min: 1001, max: 5000 })),
    }),
  }),
  fc.record({
    kind: fc.constant('states' as const),
    settings: fc.record({
      shortSteps: fc.integer({ min: 2, max: 500 }), longSteps: fc.integer({ min: 2, max: 5000 }), driftSteps: fc.integer({ min: 1, max: 5000 }),
      threshold: fc.double({ min: 0.01, max: 1000, noNaN: true }), holdSteps: fc.integer({ min: 1, max: 5000 }), rearm: fc.boolean(),
    }),
  }),
  fc.record({ kind: fc.constant('backtest' as const), settings: backtestSettings }),
  fc.record({ kind: fc.constant('forecast' as const), settings: forecastSettings }),
  fc.record({ kind: fc.constant('forecast' as const), settings: forecastSettings, result: forecastResult }),
);

const mapping = fc.dictionary(fc.constantFrom('axes', 'column.step', 'column.load'), fc.string({ maxLength: 20 }), { noNullPrototype: true });

export const notebook: fc.Arbitrary<NotebookDocument> = fc.record({
  format: fc.constant('gatecast' as const),
  version: fc.constant(1 as const),
  title: fc.string({ maxLength: 60, unit: 'grapheme' }),
  trace: fc.oneof(
    fc.record({ kind: fc.constant('sample' as const), id: fc.constantFrom('gpt-moe-125m-16e', 'gpt-moe-small-8e-top1') }),
    fc.record({ kind: fc.constant('file' as const), name: fc.string({ maxLength: 40 }), fingerprint, mapping }),
  ),
  cells: fc.array(body, { maxLength: 6 }).map((bodies) => bodies.map((one, index): Cell => ({ id: `${one.kind}-${index}`, ...one }) as Cell)),
});
