import { describe, expect, test } from 'vitest';
import { minimise } from '../../../../src/forecast/series/minimise.ts';

const settings = { spread: 0.2, tolerance: 1e-14, evaluations: 2000 };

describe('the simplex search', () => {
  test('finds the end of a curved valley (Rosenbrock)', () => {
    const { point, value } = minimise(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1], [-2, -2], [2, 2], settings);
    expect(value).toBeLessThan(1e-10);
    expect([...point]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
  });

  test('stays within the box, with a minimum on its edge or in its corner', () => {
    const visited: number[] = [];
    const search = (target: number): number[] => {
      const first = minimise((point) => {
        visited.push(...point);
        return point.reduce((sum, x) => sum + (x - target) ** 2, 0);
      }, [0.5, 0.5, 0.5], [0, 0, 0], [1, 1, 1], settings);
      return [...minimise((point) => point.reduce((sum, x) => sum + (x - target) ** 2, 0), first.point, [0, 0, 0], [1, 1, 1], settings).point];
    };
    for (const x of search(3)) expect(x).toBeCloseTo(1, 6);
    for (const x of search(-3)) expect(x).toBeCloseTo(0, 6);
    for (const x of search(0.3)) expect(x).toBeCloseTo(0.3, 5);
    expect(Math.min(...visited)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...visited)).toBeLessThanOrEqual(1);
  });

  test('ends where nothing changes, and after its evaluations', () => {
    let used = 0;
    expect(minimise(() => 1, [0.5], [0], [1], settings).value).toBe(1);
    minimise(([x]) => { used++; return -x * 1e-3 * used; }, [0.5], [0], [1], { ...settings, evaluations: 50 });
    expect(used).toBeLessThan(60);
  });
});
