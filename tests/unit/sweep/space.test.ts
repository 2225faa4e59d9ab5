import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parametersOf } from '../../../src/forecast/registry.ts';
import { checkSpace } from '../../../src/sweep/check.ts';
import { isActive } from '../../../src/sweep/conditions.ts';
import { everySetting, gridSettings, gridSize } from '../../../src/sweep/enumerate.ts';
import { offeredDimensions } from '../../../src/sweep/offered.ts';
import { keyOf, pointOf, pointSize, valuesAt } from '../../../src/sweep/space.ts';
import type { SearchSpace } from '../../../src/sweep/types.ts';
import { branch, choice, everyForecaster, range, spaces } from './spaces.ts';

const point = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 });

describe('what a forecaster offers', () => {
  test.each(everyForecaster)('%s: every parameter in its declared range, the default inside', (id) => {
    const dimensions = offeredDimensions(id);
    expect(() => checkSpace([branch(id, dimensions)])).not.toThrow();
    expect(dimensions.map(({ parameter }) => parameter)).toEqual(parametersOf(id).map((parameter) => parameter.id));
    expect(pointOf([branch(id, dimensions)], branch(id, []))).not.toBeNull();
  });

  test('of the LSTM: orders of magnitude around the default where they matter, whole ranges elsewhere', () => {
    const offered = new Map(offeredDimensions('lstm').map((dimension) => [dimension.parameter, dimension]));
    expect(offered.get('learningRate')).toEqual(range('learningRate', 0.0003, 0.03, { scale: 'log', step: 0 }));
    expect(offered.get('hiddenUnits')).toEqual(range('hiddenUnits', 4, 160, { scale: 'log' }));
    expect(offered.get('clipNorm')).toEqual(range('clipNorm', 0.1, 10, { scale: 'log', step: 0 }));
    expect(offered.get('windowSteps')).toEqual(range('windowSteps', 100, 4000, { step: 100 }));
    expect(offered.get('inputDropout')).toEqual(range('inputDropout', 0, 0.9, { step: 0.05 }));
    expect(offered.get('layers')).toEqual(range('layers', 1, 2, { gridPoints: 2 }));
    expect(offered.get('form')).toEqual(choice('form', 'pooled', 'residual', 'gate', 'joint'));
  });
});

describe('a point', () => {
  const two: SearchSpace = [
    branch('arima', [range('p', 0, 3), choice('order', 'given', 'automatic')]),
    branch('sliding-average', [range('windowSteps', 100, 1000, { step: 100 })]),
  ];

  test('has a coordinate for the branch where there are several, and those of the widest branch', () => {
    expect([pointSize(two), pointSize([two[1]]), pointSize([branch('auto', [])])]).toEqual([3, 1, 0]);
  });

  test('names its branch first', () => {
    expect(valuesAt(two, [0.2, 0.3, 0.1])).toEqual({ forecaster: 'arima', values: { ...two[0].values, p: 1, order: 'given' } });
    expect(valuesAt(two, [0.6, 0.3, 0.1])).toEqual({ forecaster: 'sliding-average', values: { windowSteps: 400, slid: 'held' } });
  });

  test('leaves the branch’s own value where a condition does not hold, whatever the order of the dimensions', () => {
    expect(valuesAt(two, [0.2, 0.3, 0.9]).values).toEqual({ ...two[0].values, order: 'automatic' });
  });

  test('takes conditions on what is not varied from the branch', () => {
    const [one, other] = ['given', 'automatic'].map((order) => valuesAt([branch('arima', [range('p', 0, 3)], { order })], [0.1]).values['p']);
    expect([one, other]).toEqual([0, 5]);
  });

  test('is found again from its setting, and what does nothing is not looked at', () => {
    fc.assert(fc.property(spaces, point, (space, coordinates) => {
      const setting = valuesAt(space, coordinates);
      const found = pointOf(space, setting)!;
      expect(found).toHaveLength(pointSize(space));
      expect(valuesAt(space, found)).toEqual(setting);
      const parameters = parametersOf(setting.forecaster);
      const varied = space.find(({ forecaster }) => forecaster === setting.forecaster)!.dimensions;
      const first = space.length > 1 ? 1 : 0;
      varied.forEach(({ parameter }, place) => expect(Number.isNaN(found[first + place])).toBe(!isActive(parameters, parameter, setting.values)));
    }), { seed: 1, numRuns: 300 });
  });

  test('is not found for a setting that the space does not have', () => {
    const { values } = branch('sliding-average', []);
    expect(pointOf(two, { forecaster: 'ridge', values: {} })).toBeNull();
    expect(pointOf(two, { forecaster: 'sliding-average', values: { ...values, windowSteps: 50 } })).toBeNull();
    expect(pointOf(two, { forecaster: 'sliding-average', values: { ...values, windowSteps: 500, slid: 'recursive' } })).toBeNull();
  });

  test('is found in the branch that has its values, where two are of one forecaster', () => {
    const forms: SearchSpace = ['pooled', 'joint'].map((form) => branch('lstm', [range('hiddenUnits', 4, 64)], { form }));
    expect(pointOf(forms, { forecaster: 'lstm', values: { ...forms[1].values, hiddenUnits: 10 } })![0]).toBe(0.75);
  });
});

describe('a key', () => {
  const { values } = branch('arima', []);
  const keyWith = (changed: object): string => keyOf({ forecaster: 'arima', values: { ...values, ...changed } });

  test('tells settings apart that do something else', () => {
    expect(keyWith({ p: 1 })).not.toBe(keyWith({ p: 2 }));
    expect(keyOf({ forecaster: 'chosen-holt', values: {} })).not.toBe(keyOf({ forecaster: 'chosen-trend', values: {} }));
  });

  test('is the same where they differ in what does nothing, or in their order', () => {
    expect(keyWith({ p: 1, order: 'automatic' })).toBe(keyWith({ p: 2, order: 'automatic' }));
    expect(keyOf({ forecaster: 'arima', values: Object.fromEntries(Object.entries(values).reverse()) })).toBe(keyWith({}));
  });
});

describe('a grid', () => {
  const space: SearchSpace = [
    branch('shrunken-trend', [range('part', 0, 1, { step: 0.25 }), choice('keep', 'part', 'by-halves', 'by-error'), choice('scale', 'linear', 'log')]),
    branch('ridge', []),
  ];

  test('varies a setting only where it does something', () => {
    // Two scales with five parts, or one of two other ways; and the ridge as it is.
    expect([gridSize(space), [...gridSettings(space)].length]).toEqual([15, 15]);
  });

  test('has as many settings as are counted, each once, all of them in the space', () => {
    fc.assert(fc.property(spaces.filter((one) => gridSize(one) < 3000), (one) => {
      const listed = [...gridSettings(one)];
      expect(listed).toHaveLength(gridSize(one));
      expect(new Set(listed.map(keyOf)).size).toBe(listed.length);
      expect(listed.every((setting) => pointOf(one, setting) !== null)).toBe(true);
    }), { seed: 2, numRuns: 100 });
  });

  test('is counted without being listed', () => {
    expect(gridSize([branch('lstm', offeredDimensions('lstm'))])).toBeGreaterThan(1e9);
  });

  test('is a part of all settings', () => {
    const small = [branch('arima', [range('p', 0, 8, { gridPoints: 3 }), choice('order', 'given', 'automatic')]), branch('sliding-average', [range('windowSteps', 100, 1000, { step: 100 })])];
    const all = [...everySetting(small)].map(keyOf);
    expect(all).toHaveLength(9 + 1 + 10);
    expect(all).toEqual(expect.arrayContaining([...gridSettings(small)].map(keyOf)));
  });
});

describe('a space is refused', () => {
  test.each([
    ['without a forecaster', []],
    ['of a forecaster that there is not', [{ forecaster: 'oracle', values: {}, dimensions: [] }]],
    ['of a setting that there is not', [branch('ridge', [range('windowSteps', 1, 2)])]],
    ['of a setting that is varied twice', [branch('arima', [range('p', 0, 2), range('p', 3, 4)])]],
    ['of an empty choice', [branch('ridge', [choice('pool')])]],
    ['of a choice that has a value twice', [branch('ridge', [choice('pool', 'all', 'all')])]],
    ['of a value that there is not', [branch('ridge', [choice('pool', 'none')])]],
    ['of a listed number outside the range', [branch('arima', [choice('p', 1, 9)])]],
    ['of a range of choices', [branch('ridge', [range('pool', 0, 1)])]],
    ['of a range that ends where it starts', [branch('arima', [range('p', 2, 2)])]],
    ['of a range that ends before it starts', [branch('arima', [range('p', 3, 2)])]],
    ['of a range below what the setting can be', [branch('damped-holt', [range('phi', 0.4, 0.9, { step: 0 })])]],
    ['of a range above what the setting can be', [branch('arima', [range('p', 0, 9)])]],
    ['of a range of no number', [branch('damped-holt', [range('phi', NaN, 0.9, { step: 0 })])]],
    ['of a logarithm of 0', [branch('lstm', [range('weightDecay', 0, 0.1, { scale: 'log', step: 0 })])]],
    ['of parts of whole numbers', [branch('arima', [range('p', 0, 4, { step: 0.5 })])]],
    ['of a range of whole numbers between two', [branch('arima', [range('p', 0.5, 3)])]],
    ['of a negative step', [branch('damped-holt', [range('phi', 0.6, 0.9, { step: -0.1 })])]],
    ['of a step longer than its range', [branch('arima', [range('p', 0, 2, { step: 3 })])]],
    ['of a grid without points', [branch('arima', [range('p', 0, 2, { gridPoints: 0 })])]],
  ] as [string, SearchSpace][])('%s', (_, space) => {
    expect(() => checkSpace(space)).toThrow(expect.objectContaining({ code: 'bad-setting', where: expect.any(String) as string, remedy: expect.any(String) as string }));
  });
});
