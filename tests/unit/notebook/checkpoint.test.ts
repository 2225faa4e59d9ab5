import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../../workers/contract.ts';
import { packCheckpoint, unpackCheckpoint } from '../../../src/notebook/checkpoint.ts';
import { toForecastResult } from '../../../src/notebook/forecast-result.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { parseNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import { cellOfKind } from '../../../src/notebook/edits.ts';
import { refusal } from './errors.ts';
import { fingerprintA, lstmSettings, training } from './results.ts';

const losses = [{ iteration: 20, train: 0.5, validation: 0.25, parts: [] }];
const checkpoint: Checkpoint = {
  version: 2, model: 0, iteration: 40, bestLoss: 0.25, bestIteration: 20, rateScale: 0.5, cutAt: 30, diverged: false, losses,
  weights: { 'lstm/kernel': { shape: [2, 2], values: Float32Array.of(1, -2.5, 1e-30, 3.4e38) } },
  // A view into a larger buffer, as workers hand them out.
  bestWeights: { 'lstm/kernel': { shape: [2, 2], values: new Float32Array([9, 1, 2, 3, 4, 9]).subarray(1, 5) } },
  moments: { 'lstm/kernel': { first: Float32Array.of(0, 0.1, 0.2, 0.3), second: Float32Array.of(4, 5, 6, 7) } },
};

test('a checkpoint survives a file bit for bit', () => {
  const result = toForecastResult(lstmSettings(), fingerprintA, { ...training, losses, checkpoint });
  const document = { ...defaultDocument(), cells: [{ id: 'f', kind: 'forecast' as const, settings: lstmSettings(), result }] };
  const read = cellOfKind(parseNotebook(serializeNotebook(document)), 'f', 'forecast')?.result;
  expect(read?.checkpoint && unpackCheckpoint(read.checkpoint, read.losses)).toEqual(checkpoint);
});

test('one of version 1, which had one rate and no reason to stop but the loss, is read as one of version 2', () => {
  const result = toForecastResult(lstmSettings(), fingerprintA, { ...training, losses, checkpoint });
  const document = { ...defaultDocument(), cells: [{ id: 'f', kind: 'forecast' as const, settings: lstmSettings(), result }] };
  const file = JSON.parse(serializeNotebook(document)) as { cells: { result: Record<string, Record<string, unknown>> }[] };
  const old = file.cells[0].result;
  old['checkpoint']['version'] = 1;
  for (const name of ['rateScale', 'cutAt', 'diverged']) delete old['checkpoint'][name];
  for (const name of ['curves', 'diverged']) delete old[name];
  const read = cellOfKind(parseNotebook(JSON.stringify(file)), 'f', 'forecast')?.result;
  expect(read).toEqual({ ...result, curves: [], checkpoint: { ...result.checkpoint, rateScale: 1, cutAt: 0 } });
  expect(read?.checkpoint && unpackCheckpoint(read.checkpoint, read.losses)).toEqual({ ...checkpoint, rateScale: 1, cutAt: 0 });
});

test('numbers are little-endian float32 in base64', () => {
  const bytes = Buffer.alloc(16);
  [1, -2.5, 1e-30, 3.4e38].forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  expect(packCheckpoint(checkpoint)?.weights['lstm/kernel']).toEqual({ shape: [2, 2], values: bytes.toString('base64') });
});

test('one before the first validation has no best loss yet', () => {
  const packed = packCheckpoint({ ...checkpoint, bestLoss: Infinity });
  expect(packed?.bestLoss).toBeNull();
  expect(packed && unpackCheckpoint(packed, losses).bestLoss).toBe(Infinity);
});

test('one that is too large is left out, the result stays', () => {
  const large = { ...checkpoint, weights: { w: { shape: [2_000_000], values: new Float32Array(2_000_000) } } };
  const result = toForecastResult(lstmSettings(), fingerprintA, { ...training, checkpoint: large });
  expect(result.checkpoint).toBeUndefined();
  expect(result.forecasts).toHaveLength(1);
});

describe('a damaged one is refused, naming the weight', () => {
  const packed = packCheckpoint(checkpoint);
  if (!packed) throw new Error('the test checkpoint is small');
  test.each([
    ['numbers that do not fill the shape', { shape: [3, 2], values: 'AACAPw==' }],
    ['half a number', { shape: [1], values: 'AAA=' }],
    ['a number that is not finite', { shape: [1], values: 'AADAfw==' }],
    ['no base64', { shape: [1], values: 'A' }],
  ])('%s', (_, tensor) => {
    expect(refusal(() => unpackCheckpoint({ ...packed, weights: { gate: tensor } }, losses))).toMatchObject({ code: 'bad-input', where: 'gate' });
  });
});

test('losses that are not finite are left out of a result, so that it can be kept', () => {
  const diverged = { ...training, ended: 'diverged' as const, losses: [...losses, { iteration: 40, train: NaN, validation: Infinity, parts: [] }] };
  const result = toForecastResult(lstmSettings(), fingerprintA, diverged);
  expect(result.losses).toEqual([{ iteration: 20, train: 0.5, validation: 0.25 }]);
  expect(result.ended).toBe('diverged');
});
