import { describe, expect, it } from 'vitest';
import { adviceInWords } from '../../../src/states/advice.ts';
import { agreementInWords, type Boundaries } from '../../../src/states/agreement.ts';
import { depthInWords, fluctuations } from '../../../src/states/depth.ts';

const layers = (...steps: readonly (readonly [number | null, number | null])[]): readonly Boundaries[] => steps.map(([driftStep, errorStep], layer) => ({ layer, driftStep, errorStep }));
const names = Array.from({ length: 20 }, (_, layer) => String(layer));

describe('the advice', () => {
  it('trusts a layer from when both criteria do', () => {
    expect(adviceInWords(layers([500, 700], [900, 300], [400, 400], [1000, 2000]), names, 1000))
      .toBe('Forecasts of the next 1,000 steps can be trusted from step 2,000 on for all layers, for half of the layers from step 700 on.');
    expect(adviceInWords(layers([500, 700]), names, 250)).toBe('Forecasts of the next 250 steps can be trusted from step 700 on.');
  });

  it('names those that keep moving', () => {
    expect(adviceInWords(layers([500, 700], [900, null], [400, 400], [null, null]), names, 1000))
      .toBe('Forecasts of the next 1,000 steps can be trusted from step 700 on for 2 of 4 layers. Layers 1 and 3 keep moving: reserve capacity for them instead.');
    expect(adviceInWords(layers([500, 700], [null, 1]), names, 1000)).toContain('Layer 1 keeps moving: reserve capacity for it instead.');
    expect(adviceInWords(layers([500, 700], ...Array.from({ length: 9 }, () => [null, null] as const)), names, 1000)).toContain('The other 9 layers keep moving');
  });

  it('trusts nothing where nothing settles', () => {
    expect(adviceInWords(layers([null, null], [null, 3]), names, 1000)).toBe('All layers keep moving: reserve capacity for them instead of trusting forecasts.');
    expect(adviceInWords(layers([null, null]), names, 1000)).toBe('The layer keeps moving: reserve capacity for it instead of trusting forecasts.');
  });
});

describe('the agreement of the criteria', () => {
  it('is a median distance, and a rank correlation where there are enough layers', () => {
    expect(agreementInWords(layers([100, 200], [300, 350]))).toBe('The error curve and the drift put the boundary 75 steps apart in the median.');
    expect(agreementInWords(layers([100, 130], [200, 230], [300, 330], [400, 430], [500, 530])))
      .toBe('The error curve and the drift put the boundary 30 steps apart in the median, and agree on which layers settle first (ρ = 1.00, p = 0.017).');
    expect(agreementInWords(layers([100, 900], [200, 700], [300, 500], [400, 300], [500, 100]))).toContain('and rank the layers in opposite orders (ρ = −1.00, p = 0.017)');
    expect(agreementInWords(layers([100, 300], [200, 100], [300, 400], [400, 200]))).toContain('and agree no better than chance on which layers settle first');
  });

  it('says where only one of them finds a boundary', () => {
    expect(agreementInWords(layers([100, 150], [null, 300], [200, null]))).toBe('The error curve and the drift put the boundary 50 steps apart. On 2 of 3 layers only one of the two finds a stable state.');
    expect(agreementInWords(layers([null, null], [null, null]))).toBe('By neither criterion any layer is stable at the end.');
    expect(agreementInWords(layers([null, 5], [null, null]))).toBe('No layer is stable by both criteria. On 1 of 2 layers only one of the two finds a stable state.');
  });
});

describe('depth', () => {
  const settle = (steps: readonly (number | null)[]): readonly Boundaries[] => layers(...steps.map((step) => [step, step] as const));

  it('compares shallow and deep layers in how they fluctuate and when they settle', () => {
    expect(depthInWords(Float64Array.of(6, 5, 4, 3, 2, 1), settle([6, 5, 4, 3, 2, 1]))).toBe('Shallow layers fluctuate more than deep ones, as in the paper (ρ = −1.00, p = 0.003); shallow ones settle later (ρ = −1.00, p = 0.003).');
    expect(depthInWords(Float64Array.of(1, 2, 3, 4, 5, 6), settle([1, 2, 3, 4, 5, null]))).toBe('Deep layers fluctuate more than shallow ones, other than in the paper (ρ = 1.00, p = 0.003); deep ones settle later (ρ = 1.00, p = 0.003).');
    expect(depthInWords(Float64Array.of(3, 1, 4, 2, 6, 5), settle([3, 6, 2, 5, 1, 4]))).toMatch(/^Shallow and deep layers fluctuate alike, as far as can be told \(.*\); when they settle has no relation to depth beyond chance/);
  });

  it('needs four layers', () => {
    expect(depthInWords(Float64Array.of(1, 2, 3), settle([1, 2, 3]))).toBe('With 3 layers shallow and deep ones cannot be told apart from chance.');
  });

  it('means the variance over what is known of each layer', () => {
    const picture = { layers: [0, 1].map((layer) => ({ layer, spans: [], boundaryStep: null, tooShort: false, reason: '' })), columnSteps: Float64Array.of(0, 1, 2), varianceLong: Float32Array.of(NaN, 2, 4, NaN, NaN, NaN) };
    expect([...fluctuations(picture)]).toEqual([3, NaN]);
  });
});
