import { expect, test } from 'vitest';
import type { Engine, Entry } from '../../../workers/lstm/engine.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { checkNumbers, relativeError, tolerance } from '../../../workers/lstm/self-check.ts';
import './support.ts';

/** The reference engine that was given something else than it was asked. */
const wrong = (change: (entry: Entry) => Entry): Engine => ({ open: (entries) => referenceEngine.open(entries.map(change)) });

test('an engine that computes as it should differs by nothing', async () => {
  expect(relativeError(await checkNumbers(referenceEngine), await checkNumbers(referenceEngine))).toBe(0);
});

test.each<[string, (entry: Entry) => Entry]>([
  ['reads other samples', (entry) => ({ ...entry, drawing: { ...entry.drawing, seed: 6 } })],
  ['has a gradient of another loss', (entry) => ({ ...entry, network: { ...entry.network, loss: { kind: 'huber', delta: 0.5 } } })],
  ['clips nothing', (entry) => ({ ...entry, update: { ...entry.update, clipNorm: 0 } })],
  ['moves too far', (entry) => ({ ...entry, update: { ...entry.update, learningRate: 0.0033 } })],
  ['leaves a bin out', (entry) => ({ ...entry, network: { ...entry.network, bins: entry.network.bins - 1 } })],
  ['takes one sample for another when it forecasts', (entry) => ({ ...entry, examples: { ...entry.examples, queries: entry.examples.queries.toReversed() } })],
  ['has a weight that is no number', (entry) => ({ ...entry, state: { ...entry.state, weights: entry.state.weights.map((weight, i) => (i === 3 ? NaN : weight)) } })],
])('one that %s does not pass', async (_, change) => {
  expect(relativeError(await checkNumbers(wrong(change)), await checkNumbers(referenceEngine))).toBeGreaterThan(tolerance);
});
