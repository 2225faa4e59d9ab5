import { describe, expect, it } from 'vitest';
import { divergedText, layersFinding, skillOf, skillStems, type LayerScore } from '../../../src/cells/forecast/skill.ts';

const scores = (...pairs: readonly (readonly [forecast: number, average: number])[]): LayerScore[] => pairs.map(([forecast, average], layer) => ({ layer, forecast, average }));

describe('skill', () => {
  it('is the part of the average’s error that is saved', () => {
    expect(skillOf({ forecast: 0.9, average: 1.2 })).toBeCloseTo(0.25, 12);
    expect(skillOf({ forecast: 2, average: 1 })).toBe(-1);
    expect(skillOf({ forecast: 0, average: 0 })).toBeNaN();
  });

  it('has a stem for every layer that is trained, judged or not', () => {
    const stems = skillStems([2, 5, 7], [{ layer: 5, forecast: 1, average: 2 }, { layer: 7, forecast: 1, average: 0 }], (layer) => `layer ${layer}`, String);
    expect(stems.map(({ id, value }) => [id, value])).toEqual([['2', null], ['5', 0.5], ['7', null]]);
    expect(stems[1].facts).toEqual([{ label: 'LSTM, load error', value: '1.00 %' }, { label: 'sliding average', value: '2.00 %' }]);
  });

  it('calls differences under 3 % of the average’s error level', () => {
    expect(skillStems([0, 1, 2], scores([0.98, 1], [0.9, 1], [1.2, 1]), String, String).map(({ kind }) => kind)).toEqual(['level', 'above', 'below']);
  });
});

describe('the finding over all layers', () => {
  it('counts the layers and compares the mean errors', () => {
    expect(layersFinding(scores([0.8, 1], [0.9, 1], [1, 1], [1.1, 1]), false))
      .toBe('The LSTM is better than the sliding average on 2 of 4 layers, by 5 % in the mean (load error 0.95 % against 1.00 %); 1 is a tie, 1 is worse.');
  });

  it('says that it is not final while training', () => {
    expect(layersFinding(scores([0.8, 1], [0.9, 1]), true)).toBe('So far the LSTM is better than the sliding average on 2 of 2 layers, by 15 % in the mean (load error 0.85 % against 1.00 %).');
  });

  it('does not hide that the mean is worse, or equal', () => {
    expect(layersFinding(scores([0.9, 1], [1.6, 1], [1.4, 1]), false)).toContain('on 1 of 3 layers, but worse by 30 % in the mean (load error 1.30 % against 1.00 %); 2 are worse.');
    expect(layersFinding(scores([0.9, 1], [1.1, 1]), false)).toContain('on 1 of 2 layers, but equal to it in the mean');
    expect(layersFinding(scores([1.1, 1], [1.1, 1]), false)).toContain('on none of 2 layers, worse by 10 % in the mean');
  });

  it('weighs errors, not percentages: a layer of a tiny error counts little', () => {
    expect(layersFinding(scores([0.002, 0.001], [9, 10]), false)).toContain('by 10 % in the mean');
  });
});

describe('diverged layers', () => {
  it('are named, and the others went on', () => {
    expect(divergedText(['layer 3'], 12)).toBe('Layer 3 stopped: its numbers diverged; the others went on.');
    expect(divergedText(['layer 3', 'layer 5', 'layer 9'], 12)).toBe('Layer 3, layer 5 and layer 9 stopped: their numbers diverged; the others went on.');
  });

  it('are not named where none went on', () => {
    expect(divergedText(['layer 0', 'layer 1'], 2)).toBe('The training stopped because its numbers diverged; the best weights before are used.');
    expect(divergedText([], 2)).toBeNull();
  });
});
