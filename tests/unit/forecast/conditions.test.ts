/** Settings that say that they do something only when another one has some value. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LstmForm, LstmSettings } from '../../../src/forecast/lstm.ts';
import { cheapForecasters, parametersOf } from '../../../src/forecast/registry.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { stepMasks } from '../../../workers/lstm/reference/step.ts';
import { updateOf } from '../../../workers/lstm/schedule.ts';
import { noisy, request, tiny } from '../lstm/support.ts';
import { madeLayer, meanAhead } from './layers.ts';
import { scene, sceneForecast, valuesOf } from './scenes.ts';

const all = [...cheapForecasters.map(({ id }) => id), 'lstm', 'auto'];
const conditional = cheapForecasters.flatMap((forecaster) => forecaster.parameters.flatMap((parameter) => (
  parameter.onlyIf ? [{ name: `${forecaster.id}, ${parameter.id}`, forecaster, parameter, onlyIf: parameter.onlyIf }] : []
)));

test.each(all)('%s: conditions name another parameter without one, and values that it can have', (id) => {
  const parameters = parametersOf(id);
  for (const { onlyIf } of parameters) {
    if (!onlyIf) continue;
    const other = parameters.find((one) => one.id === onlyIf.parameter)!;
    expect(other.onlyIf).toBeUndefined();
    for (const value of onlyIf.values) {
      if (other.kind === 'choice') expect(other.choices.map((choice) => choice.value)).toContain(value);
      else expect(Number(value) >= other.minimum && Number(value) <= other.maximum).toBe(true);
    }
  }
});

test.each(conditional)('$name changes no forecast where its condition does not hold', async ({ forecaster, parameter, onlyIf }) => {
  const unlike = fc.tuple(valuesOf(forecaster), valuesOf(forecaster)).filter(([values]) => !onlyIf.values.includes(values[onlyIf.parameter]));
  await fc.assert(fc.asyncProperty(scene, unlike, async (one, [values, others]) => {
    expect(await sceneForecast(forecaster, { ...values, [parameter.id]: others[parameter.id] }, one)).toEqual(await sceneForecast(forecaster, values, one));
  }), { seed: 4, numRuns: 20 });
});

test.each(conditional)('$name changes the forecast where its condition holds', async ({ forecaster, parameter, onlyIf }) => {
  const layer = madeLayer(2000, 3, (expert, row) => [0.5 + row / 10_000, 0.3, 0.2 - row / 10_000][expert], { noise: 0.05, seed: 7 });
  const [low, high] = parameter.kind === 'choice' ? [parameter.choices[0].value, parameter.choices[1].value] : [parameter.minimum, parameter.minimum + 1];
  const forecastWith = (value: number | string): Promise<Float64Array> => meanAhead(forecaster, layer, 2000, 1000, { [onlyIf.parameter]: onlyIf.values[0], [parameter.id]: value });
  expect(await forecastWith(high)).not.toEqual(await forecastWith(low));
});

describe('the LSTM', () => {
  const examplesOf = (form: LstmForm, normalise: LstmSettings['normalise']): unknown => problemsOf(request([noisy(1)], { form, normalise }))[0].examples;

  test('normalises the joint form alone', () => {
    expect(examplesOf('pooled', 'window-mean')).toEqual(examplesOf('pooled', 'none'));
    expect(examplesOf('joint', 'window-mean')).not.toEqual(examplesOf('joint', 'none'));
  });

  test('drops outputs of the first layer where there is a second one', () => {
    const between = (layers: 1 | 2): unknown => {
      const { network } = problemsOf(request([noisy(1)], { layers }))[0];
      return stepMasks({ network, drawing: { order: 'random', seed: 1, batchSize: 8 }, update: updateOf({ ...tiny, layerDropout: 0.5 }) }, 1).between;
    };
    expect(between(1)).toBeUndefined();
    expect(between(2)).toBeDefined();
  });
});
