import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosenSpan, crosshairKey } from '../../../src/charts/crosshair-keys.ts';
import { handleKey, snapHandle } from '../../../src/charts/handles.tsx';
import { placeFlags, spread } from '../../../src/charts/label-layout.ts';

describe('labels at the ends of lines', () => {
  test('keep their order and their distance, and stay inside', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -50, max: 350, noNaN: true }), { minLength: 1, maxLength: 15 }), (wanted) => {
      const placed = spread(wanted, 16, 10, 300).map((place) => place ?? Number.NaN);
      const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
      order.forEach((i, k) => {
        expect(placed[i]).toBeGreaterThanOrEqual(10 - 1e-9);
        expect(placed[i]).toBeLessThanOrEqual(300 + 1e-9);
        if (k > 0) expect(placed[i] - placed[order[k - 1]]).toBeGreaterThanOrEqual(16 - 1e-9);
      });
    }));
  });

  test('stay where they are when nothing is near', () => {
    expect(spread([200, 50], 16, 0, 300)).toEqual([200, 50]);
  });

  test('are left out, the last ones first, where there is no room', () => {
    expect(spread([5, 5, 5, 5], 16, 0, 32).filter((place) => place === null)).toHaveLength(1);
  });
});

test('names of vertical lines do not cover each other: second row, left side, or none', () => {
  const [first, second] = placeFlags([{ x: 100, width: 60 }, { x: 120, width: 60 }], 0, 400, 2);
  expect(first).toEqual({ row: 0, x: 109, anchor: 'start' });
  expect(second?.row).toBe(1);
  expect(placeFlags([{ x: 390, width: 60 }], 0, 400, 1)).toEqual([{ row: 0, x: 381, anchor: 'end' }]);
  expect(placeFlags([{ x: 20, width: 60 }], 0, 50, 1)).toEqual([null]);
});

describe('the keyboard on a crosshair', () => {
  const none = { stop: null, row: 0, anchor: null };
  const at = (stop: number, anchor: number | null = null) => ({ stop, row: 3, anchor });

  test('the first arrow shows it in the middle, Home and End at the ends', () => {
    expect(crosshairKey(none, 'ArrowRight', false, 101, 1)).toEqual({ kind: 'move', state: { stop: 50, row: 0, anchor: null } });
    expect(crosshairKey(none, 'End', false, 101, 1)).toMatchObject({ state: { stop: 100 } });
  });

  test('arrows stop at the ends, Page keys move by a tenth', () => {
    expect(crosshairKey(at(0), 'ArrowLeft', false, 101, 16)).toMatchObject({ state: { stop: 0 } });
    expect(crosshairKey(at(50), 'PageUp', false, 101, 16)).toMatchObject({ state: { stop: 60 } });
    expect(crosshairKey(at(50), 'ArrowDown', false, 101, 16)).toMatchObject({ state: { stop: 50, row: 4 } });
  });

  test('Shift chooses, Enter applies, Escape clears the choice, then the crosshair, then zooms out', () => {
    expect(crosshairKey(at(5), 'ArrowRight', true, 101, 16)).toEqual({ kind: 'move', state: { stop: 6, row: 3, anchor: 5 } });
    expect(crosshairKey(at(9, 5), 'Enter', false, 101, 16)?.kind).toBe('apply');
    expect(crosshairKey(at(9), 'Enter', false, 101, 16)).toBeNull();
    expect(crosshairKey(at(9, 5), 'Escape', false, 101, 16)).toEqual({ kind: 'clear', state: at(9) });
    expect(crosshairKey(at(9), 'Escape', false, 101, 16)).toMatchObject({ kind: 'clear', state: { stop: null } });
    expect(crosshairKey(none, 'Escape', false, 101, 16)).toEqual({ kind: 'zoom-out' });
  });

  test('other keys and pictures without steps are left alone', () => {
    expect(crosshairKey(at(5), 'j', false, 101, 16)).toBeNull();
    expect(crosshairKey(none, 'ArrowRight', false, 0, 1)).toBeNull();
  });

  test('a chosen range holds its last stop whole, whichever end came first', () => {
    const stops = [0, 10, 20, 30];
    expect(chosenSpan(stops, 2, 1, 40)).toEqual({ fromStep: 10, toStep: 30 });
    expect(chosenSpan(stops, 1, 3, 40)).toEqual({ fromStep: 10, toStep: 40 });
  });
});

describe('a handle', () => {
  const origin = { min: 17, max: 990, stride: 50, step: 500 };

  test('takes multiples of its stride and its ends', () => {
    expect([0, 30, 120, 130, 985, 2000].map((step) => snapHandle(origin, step))).toEqual([17, 50, 100, 150, 990, 990]);
  });

  test('moves by a stride, ten with Shift, a tenth of the range, or to its ends', () => {
    expect(handleKey(origin, 'ArrowRight', false)).toBe(550);
    expect(handleKey(origin, 'ArrowLeft', true)).toBe(17);
    expect(handleKey(origin, 'PageUp', false)).toBe(600);
    expect(handleKey(origin, 'Home', false)).toBe(17);
    expect(handleKey(origin, 'End', false)).toBe(990);
    expect(handleKey(origin, 'Enter', false)).toBeNull();
  });
});
