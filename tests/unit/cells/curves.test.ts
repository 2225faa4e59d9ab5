import { describe, expect, it } from 'vitest';
import { curveSeries, curvesOf, meanCurve, relativeCurves, type RelativeCurve } from '../../../src/cells/forecast/curves.ts';

const point = (iteration: number, validation: number, parts: readonly number[] = []) => ({ iteration, train: 1, validation, parts });

describe('curves of a training', () => {
  it('take a layer’s part of one model’s losses, in the order of the model’s layers', () => {
    const models = [{ model: 0, losses: [point(0, 3, [2, 4]), point(10, 1.5, [1, 2])] }];
    expect(curvesOf(models, () => [5, 2])).toEqual([
      { layer: 5, points: [{ iteration: 0, validation: 2 }, { iteration: 10, validation: 1 }] },
      { layer: 2, points: [{ iteration: 0, validation: 4 }, { iteration: 10, validation: 2 }] },
    ]);
  });

  it('take the whole loss of a model of one layer, with and without parts', () => {
    const models = [{ model: 0, losses: [point(0, 3)] }, { model: 1, losses: [point(0, 4, [4])] }];
    expect(curvesOf(models, (model) => [model + 7]).map(({ layer, points }) => [layer, points[0].validation])).toEqual([[7, 3], [8, 4]]);
  });

  it('leave out what was not validated or is no number', () => {
    const models = [{ model: 0, losses: [point(0, NaN), point(10, 2), point(20, Infinity), point(30, 1, [])] }];
    expect(curvesOf(models, () => [0])[0].points).toEqual([{ iteration: 10, validation: 2 }, { iteration: 30, validation: 1 }]);
    expect(curvesOf([{ model: 0, losses: [point(0, 2)] }], () => [0, 1]).map(({ points }) => points)).toEqual([[], []]);
  });
});

describe('relative curves', () => {
  it('begin at 1, so that layers of different losses can be compared', () => {
    const curves = [{ layer: 1, points: [{ iteration: 0, validation: 0.5 }, { iteration: 10, validation: 0.4 }] }, { layer: 0, points: [{ iteration: 0, validation: 20 }, { iteration: 10, validation: 25 }] }];
    expect(relativeCurves(curves)).toEqual([{ layer: 0, iterations: [0, 10], losses: [1, 1.25] }, { layer: 1, iterations: [0, 10], losses: [1, 0.8] }]);
  });

  it('leave out layers without a first loss to compare with', () => {
    expect(relativeCurves([{ layer: 0, points: [] }, { layer: 1, points: [{ iteration: 0, validation: 0 }] }])).toEqual([]);
  });
});

describe('their mean', () => {
  it('keeps a layer that stopped earlier at its last loss', () => {
    const mean = meanCurve([{ layer: 0, iterations: [0, 10, 20], losses: [1, 0.8, 0.6] }, { layer: 1, iterations: [0, 10], losses: [1, 1.2] }]);
    expect(mean.iterations).toEqual([0, 10, 20]);
    expect(mean.losses.map((loss) => Number(loss.toFixed(9)))).toEqual([1, 1, 0.9]);
  });

  it('counts a layer from its first loss on', () => {
    expect(meanCurve([{ layer: 0, iterations: [0, 10], losses: [1, 0.8] }, { layer: 1, iterations: [10], losses: [0.6] }]).losses[0]).toBe(1);
  });
});

describe('the lines of many layers', () => {
  const curves = (count: number): RelativeCurve[] => Array.from({ length: count }, (_, layer) => ({ layer, iterations: [0, 10], losses: [1, 0.5 + layer / 100] }));
  const draw = (count: number, diverged: readonly number[] = []) => curveSeries({ curves: curves(count), shown: 3, diverged, nameOf: (layer) => `layer ${layer}` });

  it('are each named at their end up to twelve, of more the best, the worst, the shown one and the mean', () => {
    expect(draw(12).filter(({ end }) => end).length).toBe(13);
    expect(draw(60).flatMap(({ end }) => end ?? [])).toEqual(['layer 0', 'layer 59', 'mean', 'layer 3']);
  });

  it('say no more than those at the crosshair, and put the mean and the shown layer over the others', () => {
    expect(draw(60).filter(({ context }) => !context).map(({ label }) => label)).toEqual(['layer 0', 'layer 59', 'mean of 60 layers', 'layer 3']);
    expect(draw(60).slice(-2).map(({ id }) => id)).toEqual(['mean', 'layer-3']);
    expect(draw(5).some(({ context }) => context)).toBe(false);
  });

  it('keep diverged layers apart and out of the mean', () => {
    const series = draw(4, [1]);
    const mean = series.find(({ id }) => id === 'mean');
    expect(mean?.label).toBe('mean of 3 layers');
    expect(mean?.y[1]).toBeCloseTo((0.5 + 0.52 + 0.53) / 3, 12);
    expect(series.find(({ id }) => id === 'layer-1')).toMatchObject({ label: 'layer 1, diverged', colour: 'var(--danger)', marker: 'cross' });
  });

  it('tell nothing apart where all of one model’s layers diverged with it', () => {
    expect(draw(3, [0, 1, 2]).map(({ legend }) => legend)).not.toContain('diverged');
  });

  it('of a single layer need no mean', () => {
    expect(draw(1).map(({ id }) => id)).toEqual(['layer-0']);
  });
});
