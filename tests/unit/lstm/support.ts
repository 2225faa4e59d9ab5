/** Small traces and settings that the LSTM's tests share. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect } from 'vitest';
import type { LstmSettings } from '../../../src/forecast/lstm.ts';
import { gaussian, random } from '../../../src/random.ts';
import type { BinnedHistory, ModelSpec, TrainReport, TrainRequest } from '../../../workers/contract.ts';

await tf.setBackend('cpu');

export const tiny: LstmSettings = {
  form: 'pooled', windowSteps: 400, binSteps: 100, hiddenUnits: 4, iterations: 30, batchSize: 32,
  learningRate: 0.01, weightDecay: 0.01, patience: 30,
  layers: 1, loss: 'auto', rateSchedule: 'constant', inputDropout: 0, layerDropout: 0, drawOrder: 'random', clipNorm: 1, decay: 'decoupled', normalise: 'none',
};

/** Block means of a layer: `share(grain, expert)` before normalising. */
export function history(share: (grain: number, expert: number) => number, { layer = 0, experts = 4, bins = 60, grainSteps = 50 } = {}): BinnedHistory {
  const shares = new Float32Array(bins * experts);
  for (let grain = 0; grain < bins; grain++) {
    const row = Array.from({ length: experts }, (_, expert) => share(grain, expert));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((value, expert) => {
      shares[grain * experts + expert] = value / sum;
    });
  }
  return { layer, experts, originStep: bins * grainSteps, grainSteps, bins, shares };
}

/** Noisy shares around levels that differ by expert. */
export function noisy(seed: number, options: Parameters<typeof history>[1] = {}): BinnedHistory {
  const next = random(seed);
  return history((_, expert) => 1 + 0.2 * expert + 0.1 * Math.abs(gaussian(next)), options);
}

export function request(histories: readonly BinnedHistory[], settings: Partial<LstmSettings> = {}, rest: Partial<TrainRequest> & { readonly seed?: number } = {}): TrainRequest {
  const { seed = 1, ...more } = rest;
  const model: ModelSpec = { settings: { ...tiny, ...settings }, seed, layers: histories.map(({ layer }) => layer) };
  return { models: [model], histories, horizonSteps: 500, ...more };
}

/** Work that nobody cancels, and what it reported. */
export function quiet(signal = new AbortController().signal): { readonly signal: AbortSignal; readonly reports: TrainReport[]; onProgress(report: TrainReport): void } {
  const reports: TrainReport[] = [];
  return { signal, reports, onProgress: (report) => void reports.push(report) };
}

/** A string that holds this text, in an object that is compared. */
export const holding = (text: string): unknown => expect.stringContaining(text);

/** A number to five digits, in an array that is compared. */
export const near = (value: number): unknown => expect.closeTo(value, 5);
