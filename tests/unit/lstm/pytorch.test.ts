import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lossAndGradient, forward, unpack } from '../../../workers/lstm/reference/model.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { toTensors } from '../../../workers/lstm/reference/step.ts';
import { distance, entryOf, examplesOf, phaseOf, runOut, startOf } from './entries.ts';
import { batchOf, type PytorchFixture } from './pytorch.ts';
import './support.ts';

const { cases, trainings } = JSON.parse(readFileSync(new URL('../../fixtures/lstm/pytorch.json', import.meta.url), 'utf8')) as PytorchFixture;

describe.each(cases)('PyTorch and the reference agree on $name', (made) => {
  const { network } = made;
  const weights = Float32Array.from(made.weights);

  test('forecasts', () => {
    const forecasts = tf.tidy(() => forward(network, unpack(network, tf.tensor1d(weights)), toTensors(network, batchOf(made))).dataSync());
    expect(distance(forecasts, made.forecasts)).toBeLessThan(1e-6);
  });

  test('loss and gradient', () => {
    const [loss, gradient] = tf.tidy(() => {
      const found = lossAndGradient(network, tf.tensor1d(weights), toTensors(network, batchOf(made)));
      return [found.loss.dataSync()[0], found.gradient.dataSync()] as const;
    });
    expect(Math.abs(loss / made.loss - 1)).toBeLessThan(1e-6);
    expect(distance(gradient, made.gradient)).toBeLessThan(1e-6);
  });
});

test.each(trainings)('PyTorch and the reference reach the same weights in ten steps: $name', async ({ network, update, steps, trained, ...made }) => {
  const examples = examplesOf(network, batchOf(made));
  const session = await referenceEngine.open([entryOf(network, examples, { update, state: startOf(network, Float32Array.from(made.weights)) })]);
  session.begin(0, phaseOf(examples, { until: steps, patience: null }), false);
  await runOut(session);
  const { weights } = await session.state(0);
  session.close();
  expect(distance(weights, trained)).toBeLessThan(1e-5);
});

test('the trainings of the fixture clip some gradients and leave others', () => {
  const [{ norms, update: { clipNorm } }] = trainings;
  expect(norms.some((norm) => norm > clipNorm)).toBe(true);
  expect(norms.some((norm) => norm < clipNorm)).toBe(true);
});
