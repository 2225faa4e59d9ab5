import { afterEach, describe, expect, test, vi } from 'vitest';
import { estimateSweep, learnPace } from '../../../src/app/sweep-pace.ts';
import { sweepPlan } from '../../../src/cells/sweep/plan.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const info = { firstStep: 0, lastStep: 7999, strideSteps: 1, layers: [{ name: '0', experts: 16 }] } as unknown as TraceInfo;
const plan = sweepPlan(defaultSettings('sweep'), info);

afterEach(() => vi.unstubAllGlobals());

function kept(): Map<string, string> {
  const values = new Map<string, string>();
  vi.stubGlobal('localStorage', { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value) });
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  return values;
}

describe('how long a sweep will take', () => {
  test('is learnt from the last one on the same kind of device, and from no other', () => {
    kept();
    const before = estimateSweep(plan, info, false)!;
    learnPace(plan, info, 'webgpu', 60_000);
    expect(estimateSweep(plan, info, false)!.ms).toBe(before.ms);
    learnPace(plan, info, 'wasm', 3 * before.ms);
    expect(estimateSweep(plan, info, false)!.ms).toBeCloseTo(3 * before.ms, 6);
    // Twice the trials take twice the time, but for chance in what is sampled.
    const twice = estimateSweep({ ...plan, trials: 2 * plan.trials }, info, false)!;
    expect(twice.ms / estimateSweep(plan, info, false)!.ms).toBeCloseTo(2, 1);
  });

  test('the first one on a GPU compiles', () => {
    kept();
    const first = estimateSweep(plan, info, true)!;
    learnPace(plan, info, 'webgpu', first.ms);
    const later = estimateSweep(plan, info, true)!;
    expect(first.ms - later.ms).toBeCloseTo(400 * first.launches, 6);
  });

  test('what was kept and makes no sense is not believed', () => {
    const values = kept();
    const before = estimateSweep(plan, info, false)!.ms;
    for (const nonsense of ['0', '-1', 'abc', 'Infinity', '']) {
      values.set('gatecast.sweep-pace.cpu', nonsense);
      expect(estimateSweep(plan, info, false)!.ms).toBe(before);
    }
  });
});
