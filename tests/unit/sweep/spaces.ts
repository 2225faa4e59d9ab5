/** Search spaces that tests share. */
import fc from 'fast-check';
import { cheapForecasters } from '../../../src/forecast/registry.ts';
import { offeredDimensions, usualBranch } from '../../../src/sweep/offered.ts';
import type { Branch, Dimension, SearchSpace, Trial, TrialRecord } from '../../../src/sweep/types.ts';
import type { Setting } from '../../../src/sweep/space.ts';

export type RangeDimension = Extract<Dimension, { readonly kind: 'range' }>;

export const everyForecaster = [...cheapForecasters.map(({ id }) => id), 'lstm', 'auto'];

export function range(parameter: string, from: number, to: number, rest: Partial<RangeDimension> = {}): RangeDimension {
  return { parameter, kind: 'range', from, to, scale: 'linear', step: 1, gridPoints: 5, ...rest };
}

export function choice(parameter: string, ...values: readonly (number | string)[]): Dimension {
  return { parameter, kind: 'choice', values };
}

export function branch(forecaster: string, dimensions: readonly Dimension[], values: Branch['values'] = {}): Branch {
  const usual = usualBranch(forecaster);
  return { ...usual, values: { ...usual.values, ...values }, dimensions };
}

/** Any forecasters, each with any of what it offers. */
export const spaces: fc.Arbitrary<SearchSpace> = fc
  .uniqueArray(fc.constantFrom(...everyForecaster), { minLength: 1, maxLength: 4 })
  .chain((ids) => fc.tuple(...ids.map((id) => fc.shuffledSubarray([...offeredDimensions(id)]).map((dimensions) => branch(id, dimensions)))));

/** Any range that a person may write, whatever parameter it is of. */
export const ranges: fc.Arbitrary<RangeDimension> = fc
  .record({
    from: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 1e-6, max: 100, noNaN: true })),
    width: fc.double({ min: 0.001, max: 3000, noNaN: true }),
    scale: fc.constantFrom('linear' as const, 'log' as const),
    step: fc.constantFrom(0, 0.05, 1, 7, 100),
    gridPoints: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ from: exact, width, ...rest }) => {
    const from = Number(exact.toPrecision(6));
    return { parameter: 'any', kind: 'range' as const, from, to: Number((from + Math.max(width, 1.1 * rest.step)).toPrecision(9)), ...rest };
  });

/** A trial that was asked for and, where there is a score, has finished with it. */
export function record(id: number, setting: Setting | Trial, score?: number): TrialRecord {
  return { ...setting, id, state: score === undefined ? 'running' : 'finished', scores: score === undefined ? [] : [{ rung: 0, iterations: 0, score }] };
}
