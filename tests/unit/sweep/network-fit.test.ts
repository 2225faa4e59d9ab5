import { describe, expect, test } from 'vitest';
import { networkMisfit, type NetworkPlace } from '../../../src/sweep/network-fit.ts';
import { usualBranch } from '../../../src/sweep/offered.ts';

const place = (layers: readonly number[], experts: readonly number[], neighbours = true): NetworkPlace => ({ layers, expertsOf: (layer) => experts[layer], neighbours });
const values = (form: string) => ({ ...usualBranch('lstm').values, form });

describe('networks that were trained elsewhere', () => {
  const here = place([0, 1, 2], [16, 16, 16]);

  test('fit any layers and experts where layers share them', () => {
    for (const form of ['pooled', 'residual', 'gate']) expect(networkMisfit(values(form), here, place([0, 1, 2, 3], [8, 64, 8, 8]))).toBeNull();
  });

  test('on the bank ask for one of the same size, which a lone layer does not have', () => {
    const alone = place([0], [16], false);
    expect(networkMisfit(values('pooled'), here, alone)).toBeNull();
    for (const form of ['residual', 'gate']) expect(networkMisfit(values(form), here, alone)).toMatch(/neighbouring layers/);
  });

  test('of the joint form ask for the same layers with the same experts', () => {
    expect(networkMisfit(values('joint'), here, place([0, 2], [16, 8, 16]))).toBeNull();
    expect(networkMisfit(values('joint'), here, place([0, 1], [16, 8]))).toBe('the network of the layer at place 2 takes 16 experts, and this trace has 8 there');
    expect(networkMisfit(values('joint'), place([1], [16, 16]), place([0], [16]))).toMatch(/none was trained for the one at place 1/);
  });
});
