import { describe, expect, test } from 'vitest';
import type { Replayed } from '../../../src/app/sweep-replay.ts';
import { replayInWords, tolerancePercent } from '../../../src/cells/sweep/replay-words.ts';
import type { SweepTrial } from '../../../src/sweep/types.ts';
import type { DeviceInfo } from '../../../workers/contract.ts';

const cpu: DeviceInfo = { backend: 'wasm', engine: 'simd', variant: 'relaxed SIMD', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 } };
const gpu: DeviceInfo = { ...cpu, backend: 'webgpu', engine: 'fused', variant: '16 rows', adapter: 'NVIDIA H100' };
const made = { version: '0.1.0', time: '2026-11-27T09:00:00.000Z', fromMs: 0 };
const onCpu = { ...made, backend: 'wasm', engine: 'simd', variant: 'relaxed SIMD' } as const;
const onGpu = { ...made, backend: 'webgpu', engine: 'fused', variant: '16 rows', adapter: 'NVIDIA H100' } as const;
const trial: SweepTrial = { id: 0, forecaster: 'lstm', values: {}, state: 'finished', scores: [{ rung: 0, iterations: 30, score: 2 }], byOrigin: [1, 3], curve: [], elapsedMs: 1, atMs: 1 };
const say = (byOrigin: readonly number[], { change = {}, making = onCpu, ...more }: { change?: Partial<SweepTrial>; making?: typeof onCpu | typeof onGpu } & Partial<Replayed> = {}): string => (
  replayInWords({ measure: 'loadBlock' }, { ...trial, ...change }, making, { byOrigin, device: cpu, ...more })
);

describe('a replay in words', () => {
  test('the same errors are the same to the last digit', () => {
    expect(say([1, 3])).toBe('Trained again: error 2 % instead of 2 %, the same to the last digit.');
  });

  test('the error of one origin counts, also where the mean hides it', () => {
    expect(say([1.5, 2.5], { making: onGpu, device: gpu })).toMatch(/it differs by 50 %, more than the 0.1 % that another order of sums explains, unless training is unsteady/);
  });

  test('on a GPU a little is explained by the order of sums', () => {
    expect(say([1.0001, 3], { making: onGpu, device: gpu })).toBe('Trained again: error 2.00005 % instead of 2 %: it agrees within 0.01 %; sums that are taken in another order explain up to 0.1 %.');
    expect(say([1 + (2 * tolerancePercent) / 100, 3], { making: onGpu, device: gpu })).toMatch(/more than the/);
  });

  test('the same kernels on the CPU give the same digits, or something is another', () => {
    expect(say([1.5, 2.5])).toMatch(/it differs by 50 %, where the same/);
    expect(say([1.0001, 3])).toMatch(/it differs by 0.01 %, where the same processor gives the same digits\.$/);
  });

  test('another device is named', () => {
    expect(say([1.0001, 3], { making: onGpu })).toMatch(/It was made on NVIDIA H100 \(fused WebGPU engine\), and again on the CPU \(SIMD WebAssembly engine\)\.$/);
  });

  test('what is only fitted is the same or it is not', () => {
    const change = { forecaster: 'sliding-average' };
    expect(say([1, 3], { change, device: undefined })).toBe('Fitted again: error 2 % instead of 2 %, the same to the last digit.');
    expect(say([1.0001, 3], { change, device: undefined })).toMatch(/differs by 0.01 %, though nothing is trained/);
  });

  test('what failed fails again, or not, or only now', () => {
    const failed = { state: 'failed', scores: [], byOrigin: [], problem: 'the numbers broke' } as const;
    expect(say([NaN, NaN], { change: failed, problem: 'the numbers broke' })).toBe('Trained again, it failed again: The numbers broke.');
    expect(say([1, 3], { change: failed })).toBe('Trained again: this time it did not fail.');
    expect(say([NaN, NaN], { problem: 'the numbers broke' })).toBe('Trained again, it failed this time: The numbers broke.');
  });
});
