import { describe, expect, it } from 'vitest';
import { resolveExperts, resolveForecast, resolveLayer, resolveSpan } from '../../../src/cells/resolve.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const info = (rows: number, stride: number): TraceInfo => ({
  name: 't', format: 'CSV', fingerprint: '0'.repeat(32), kind: 'counts', rows, firstStep: 0, lastStep: (rows - 1) * stride, strideSteps: stride,
  layers: [4, 2].map((experts, index) => ({ name: String(index), experts, total: { minimum: 1, median: 1, maximum: 1 }, deadExperts: 0 })),
  hasLoss: false, byteLength: 0, questions: [], notes: [], health: [],
});

describe('settings fitted to the open trace', () => {
  it('puts an origin that was never chosen at three quarters, on a recorded step', () => {
    expect(resolveForecast({ originStep: null, windowSteps: 500, horizonSteps: 1000 }, info(8000, 1)).originStep).toBe(6000);
    expect(resolveForecast({ originStep: null, windowSteps: 500, horizonSteps: 1000 }, info(30, 10)).originStep % 10).toBe(0);
  });

  it('keeps window and horizon inside the trace, and takes three quarters for an origin outside of it', () => {
    const span = resolveForecast({ originStep: 99_999, windowSteps: 99_999, horizonSteps: 99_999 }, info(300, 1));
    expect(span).toMatchObject({ originStep: 225, windowSteps: 300, horizonSteps: 300 });
    expect(resolveForecast({ originStep: 0, windowSteps: 1, horizonSteps: 1 }, info(1, 1))).toMatchObject({ originStep: 1, windowSteps: 1, horizonSteps: 1 });
  });

  it('takes the last layer for one that the trace does not have, and its first experts for absent ones', () => {
    expect(resolveLayer(9, info(10, 1))).toBe(1);
    expect(resolveExperts([3, 7], 1, info(10, 1))).toEqual([0, 1]);
    expect(resolveExperts([], 1, info(10, 1))).toEqual([]);
  });

  it('shows the whole trace for a brushed span that lies outside of it', () => {
    expect(resolveSpan({ fromStep: 5000, toStep: 6000 }, info(10, 1))).toEqual({ fromStep: 9, toStep: 10 });
    expect(resolveSpan({ fromStep: null, toStep: null }, info(10, 10))).toEqual({ fromStep: 0, toStep: 100 });
  });
});
