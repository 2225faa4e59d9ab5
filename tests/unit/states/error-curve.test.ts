import { describe, expect, it } from 'vitest';
import { errorBoundary, errorCurves } from '../../../src/states/error-curve.ts';
import { random } from '../../../src/random.ts';
import type { Trace } from '../../../src/trace/trace.ts';

/** Layers of shares by row; rows lie `strideSteps` apart. */
function traceOf(rows: number, shares: (row: number, layer: number) => readonly number[], { layers = 1, strideSteps = 1, firstStep = 0 } = {}): Pick<Trace, 'layers' | 'steps'> {
  return {
    steps: Float64Array.from({ length: rows }, (_, row) => firstStep + row * strideSteps),
    layers: Array.from({ length: layers }, (_, layer) => ({
      name: String(layer), experts: shares(0, layer).length, values: Float32Array.from(Array.from({ length: rows }, (_row, row) => shares(row, layer)).flat()),
    })),
  };
}

describe('the error curve', () => {
  it('is that of the average at origins all along the trace, 1,000 steps ahead', async () => {
    // From step 3,000 on another expert gets the load.
    const curves = await errorCurves(traceOf(8000, (row) => (row < 3000 ? [0.75, 0.25] : [0.25, 0.75])));
    expect(curves.horizonSteps).toBe(1000);
    expect([...curves.originSteps].slice(0, 3)).toEqual([88, 176, 264]);
    expect(curves.originSteps.at(-1)).toBeLessThanOrEqual(7000);
    const at = (step: number): number => curves.errors[curves.originSteps.indexOf(step)];
    expect(at(88 * 20)).toBeCloseTo(0, 4);
    // Origin 2,992: 8 steps of the old load and 992 of the new one, each of the two experts half a share off.
    expect(at(88 * 34)).toBeCloseTo(100 * 2 * 0.5 * 0.992, 2);
    expect(at(88 * 60)).toBeCloseTo(0, 4);
  });

  it('looks a quarter of a short trace ahead, and knows traces of every tenth step', async () => {
    const curves = await errorCurves(traceOf(100, () => [0.5, 0.5], { strideSteps: 10, firstStep: 500 }));
    expect(curves.horizonSteps).toBe(250);
    expect([...curves.originSteps].slice(0, 2)).toEqual([510, 520]);
    expect(curves.errors.every((error) => Math.abs(error) < 1e-4)).toBe(true);
    expect((await errorCurves(traceOf(1, () => [1]))).originSteps).toHaveLength(0);
  });

  it('at an origin knows nothing of what comes after its horizon, and its forecast nothing after the origin', async () => {
    const next = random(3);
    const rows = Array.from({ length: 2000 }, () => next());
    const clean = traceOf(2000, (row) => [rows[row], 1 - rows[row]]);
    const spoilt = traceOf(2000, (row) => (row >= 1500 ? [0.9, 0.1] : [rows[row], 1 - rows[row]]));
    const [one, other] = [await errorCurves(clean), await errorCurves(spoilt)];
    one.originSteps.forEach((origin, i) => {
      if (origin + one.horizonSteps <= 1500) expect(other.errors[i]).toBe(one.errors[i]);
    });
    expect(other.errors).not.toEqual(one.errors);
  });

  it('reports layer by layer, and ends when it is cancelled', async () => {
    const controller = new AbortController();
    const reports: number[] = [];
    const work = errorCurves(traceOf(400, () => [0.5, 0.5], { layers: 3 }), {
      signal: controller.signal,
      onProgress: ({ done, total = 1 }) => {
        reports.push(done / total);
        if (reports.length === 2) controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(reports).toEqual([0, 1 / 3]);
  });
});

describe('the boundary read off it', () => {
  const origins = Float64Array.of(100, 200, 300, 400);

  it('is the first origin from which on the error stays under the threshold', () => {
    expect(errorBoundary(origins, Float32Array.of(9, 3, 6, 2), 5)).toBe(400);
    expect(errorBoundary(origins, Float32Array.of(9, 3, 5, 2), 5)).toBe(200);
    expect(errorBoundary(origins, Float32Array.of(1, 1, 1, 1), 5)).toBe(100);
  });

  it('is none where the last error is over it, and passes over what is unknown', () => {
    expect(errorBoundary(origins, Float32Array.of(1, 1, 1, 6), 5)).toBeNull();
    expect(errorBoundary(origins, Float32Array.of(9, NaN, 3, NaN), 5)).toBe(300);
    expect(errorBoundary(new Float64Array(0), new Float32Array(0), 5)).toBeNull();
  });
});
