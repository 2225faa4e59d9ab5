import { describe, expect, test } from 'vitest';
import { heatmapPicture, imbalancePicture, linesPicture } from '../../../src/trace/pictures/pictures.ts';
import type { Trace } from '../../../src/trace/trace.ts';

/** Two experts; the first one's share is 0.1, 0.3, 0.5, 0.7 and then, in a row without tokens, uniform. */
const small: Trace = {
  name: 'small', format: 'NPY', fingerprint: '', kind: 'counts',
  steps: Float64Array.of(0, 10, 20, 30, 40),
  layers: [{ name: '0', experts: 2, values: Uint32Array.of(1, 9, 6, 14, 5, 5, 7, 3, 0, 0) }],
};
const whole = { layer: 0, fromStep: 0, toStep: 50 };

function rounded(values: Iterable<number>): number[] {
  return Array.from(values, (value) => Math.round(value * 1e6) / 1e6);
}

describe('heatmap', () => {
  test('one column a row shows the shares, and a row without tokens as uniform', () => {
    const picture = heatmapPicture(small, { ...whole, columns: 5 });
    expect(rounded(picture.shares)).toEqual([0.1, 0.3, 0.5, 0.7, 0.5, 0.9, 0.7, 0.5, 0.3, 0.5]);
    expect([...picture.columnSteps]).toEqual([0, 10, 20, 30, 40]);
    expect(picture.maximum).toBeCloseTo(0.9, 12);
  });

  test('fewer columns hold the means of equal groups of rows', () => {
    const picture = heatmapPicture(small, { layer: 0, fromStep: 0, toStep: 40, columns: 2 });
    expect(rounded(picture.shares)).toEqual([0.2, 0.6, 0.8, 0.4]);
    expect([...picture.columnSteps]).toEqual([0, 20]);
  });

  test('there are never more columns than rows', () => {
    expect(heatmapPicture(small, { ...whole, fromStep: 5, toStep: 25, columns: 1000 }).columns).toBe(2);
  });

  test('an empty span, a backward one and an unknown layer say which setting is wrong', () => {
    const wrong = (request: object): unknown => {
      try {
        return heatmapPicture(small, { ...whole, columns: 5, ...request });
      } catch (error) {
        return error;
      }
    };
    expect(wrong({ fromStep: 41, toStep: 99 })).toMatchObject({ code: 'bad-setting', where: 'step range' });
    expect(wrong({ fromStep: 30, toStep: 10 })).toMatchObject({ code: 'bad-setting', where: 'step range' });
    expect(wrong({ fromStep: NaN, toStep: NaN })).toMatchObject({ code: 'bad-setting' });
    expect(wrong({ layer: 3 })).toMatchObject({ code: 'bad-setting', where: 'layer' });
    expect(wrong({ columns: 0 })).toMatchObject({ code: 'bad-setting', where: 'columns' });
  });
});

describe('lines', () => {
  test('each column holds minimum, mean and maximum of its rows', () => {
    const picture = linesPicture(small, { ...whole, toStep: 40, experts: [1, 0], columns: 2, smoothingSteps: 1 });
    expect(rounded(picture.minimum)).toEqual([0.7, 0.3, 0.1, 0.5]);
    expect(rounded(picture.mean)).toEqual([0.8, 0.4, 0.2, 0.6]);
    expect(rounded(picture.maximum)).toEqual([0.9, 0.5, 0.3, 0.7]);
  });

  test('smoothing is the mean of the rows within that many steps back, those before the span among them', () => {
    const picture = linesPicture(small, { ...whole, fromStep: 20, toStep: 40, experts: [0], columns: 9, smoothingSteps: 20 });
    expect(rounded(picture.mean)).toEqual([0.4, 0.6]);
  });

  test('an expert that the layer does not have is refused', () => {
    expect(() => linesPicture(small, { ...whole, experts: [2], columns: 5, smoothingSteps: 1 })).toThrowError('there is no expert 2; the layer has 2');
  });
});

describe('imbalance', () => {
  test('is one series a layer, decimated like lines', async () => {
    const picture = await imbalancePicture(small, { fromStep: 0, toStep: 40, layers: [0, 0], measure: 'max-over-mean', columns: 2 });
    expect(rounded(picture.minimum)).toEqual([1.4, 1, 1.4, 1]);
    expect(rounded(picture.mean)).toEqual([1.6, 1.2, 1.6, 1.2]);
    expect(rounded(picture.maximum)).toEqual([1.8, 1.4, 1.8, 1.4]);
  });

  test('pauses between layers and ends when the pause throws', async () => {
    let pauses = 0;
    const cancel = (): Promise<void> => (++pauses === 2 ? Promise.reject(new Error('stop')) : Promise.resolve());
    await expect(imbalancePicture(small, { fromStep: 0, toStep: 40, layers: [0, 0, 0, 0], measure: 'dead', columns: 2 }, cancel)).rejects.toThrow('stop');
    expect(pauses).toBe(2);
  });
});
