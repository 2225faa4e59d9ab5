import { describe, expect, test } from 'vitest';
import { forecastCount, initialWeights, outputCount, sideCount, tensors, weightCount } from '../../../workers/lstm/network.ts';
import { networkOf } from './entries.ts';
import { forecastsOf } from './float64.ts';

describe('the flat weights', () => {
  test('hold the layers in order, each tensor after the other', () => {
    const network = networkOf({ inputs: 2, hidden: 3, layers: 2, statics: 4, dense: 5, targets: 2, loss: { kind: 'pinball', levels: [0.1, 0.9] } });
    expect(tensors(network).map(({ name, shape, offset, decays }) => [name, shape.join('×'), offset, decays])).toEqual([
      ['lstm.kernel', '5×12', 0, true], ['lstm.bias', '12', 60, false],
      ['lstm2.kernel', '6×12', 72, true], ['lstm2.bias', '12', 144, false],
      ['dense.kernel', '7×5', 156, true], ['dense.bias', '5', 191, false],
      ['output.kernel', '5×4', 196, true], ['output.bias', '4', 216, false],
    ]);
    expect(weightCount(network)).toBe(220);
  });

  test('of a gate give an output a candidate, and a forecast a target', () => {
    const gate = networkOf({ statics: 1, targets: 2, candidates: 3 });
    expect([outputCount(gate), forecastCount(gate), sideCount(gate)]).toEqual([6, 2, 7]);
  });
});

describe('start weights', () => {
  const network = networkOf({ layers: 2, statics: 1, dense: 2 });

  test('come from the seed: the same twice, others for another', () => {
    expect(initialWeights(network, 1)).toEqual(initialWeights(network, 1));
    expect(initialWeights(network, 1)).not.toEqual(initialWeights(network, 2));
  });

  test.each(['lstm.bias', 'lstm2.bias'])('open the forget gate of %s', (name) => {
    const { offset } = tensors(network).find((tensor) => tensor.name === name)!;
    expect([...initialWeights(network, 1).subarray(offset, offset + 12)]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  test('make a residual network forecast its base', () => {
    const residual = networkOf({ statics: 1, dense: 2, zeroOutput: true });
    const row = { window: [1, 2, 3, 4, 5, 6, 7, 8], statics: [1], candidates: [] };
    expect(forecastsOf(residual, Float64Array.from(initialWeights(residual, 1)), row)).toEqual([0, 0]);
    expect(forecastsOf({ ...residual, zeroOutput: false }, Float64Array.from(initialWeights({ ...residual, zeroOutput: false }, 1)), row)).not.toEqual([0, 0]);
  });
});
