/** Arrays with one axis more than loads have: that of ranks is summed. */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../../src/trace/arrays/axes.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import { Questions } from '../../../src/trace/read/questions.ts';
import { choppedSource, flat, npyBytes, open, refusal } from './support.ts';

type Axis = 'steps' | 'ranks' | 'layers' | 'experts';

const sizes: Readonly<Record<Axis, number>> = { steps: 7, ranks: 3, layers: 2, experts: 5 };
const load = ({ steps, ranks, layers, experts }: Readonly<Record<Axis, number>>): number => steps * 31 + ranks * 17 + layers * 7 + experts + 1;

/** An array of these axes in the order of the file. @param change a load on its way in */
function array(axes: readonly Axis[], descr = '<u2', change: (value: number, index: Readonly<Record<Axis, number>>) => number = (value) => value): Uint8Array {
  const shape = axes.map((axis) => sizes[axis]);
  const count = shape.reduce((a, b) => a * b);
  const values = Array.from({ length: count }, (_, at) => {
    const index = { steps: 0, ranks: 0, layers: 0, experts: 0 };
    let rest = at;
    for (let i = 3; i >= 0; i--) {
      index[axes[i]] = rest % shape[i];
      rest = Math.floor(rest / shape[i]);
    }
    return change(load(index), index);
  });
  return npyBytes(descr, shape, new Uint8Array((descr === '<u2' ? Uint16Array.from(values) : Float64Array.from(values)).buffer));
}

/** The sums, `[steps][layers][experts]`. */
const sums = Array.from({ length: 7 * 2 * 5 }, (_, at) => {
  const index = { steps: Math.floor(at / 10), layers: Math.floor(at / 5) % 2, experts: at % 5 };
  return [0, 1, 2].reduce((sum, ranks) => sum + load({ ...index, ranks }), 0);
});

describe('an array of four axes', () => {
  const orders: readonly (readonly Axis[])[] = [
    ['steps', 'ranks', 'layers', 'experts'], ['ranks', 'steps', 'layers', 'experts'], ['steps', 'layers', 'ranks', 'experts'],
    ['steps', 'layers', 'experts', 'ranks'], ['layers', 'experts', 'ranks', 'steps'],
  ];
  test.each(orders)('of %s, %s, %s and %s is summed over ranks, in pieces of any size', async (...axes) => {
    const mapping = { axes: axes.join(',') };
    for (const size of [11, 1 << 20]) {
      const { trace, notes, questions } = await openTrace(choppedSource(array(axes), 'x.npy', size), { mapping });
      expect([flat(trace), trace.kind]).toEqual([sums, 'counts']);
      expect(notes).toContain('the loads of 3 ranks are summed');
      expect(questions).toMatchObject([{ id: 'axes', value: mapping.axes, ambiguous: false }]);
    }
  });

  test('in Fortran order is summed too', async () => {
    const bytes = array(['experts', 'layers', 'ranks', 'steps']);
    // Read from the last axis on, it is an array of steps, ranks, layers and experts.
    const text = new TextDecoder('latin1').decode(bytes).replace('False, \'shape\': (5, 2, 3, 7)', 'True,  \'shape\': (7, 3, 2, 5)');
    const { trace } = await open(Uint8Array.from(text, (letter) => letter.charCodeAt(0)), 'x.npy', { axes: 'steps,ranks,layers,experts' });
    expect(flat(trace)).toEqual(sums);
  });

  test('is refused with the question which axis is summed, also in an archive', async () => {
    const bytes = array(['steps', 'ranks', 'layers', 'experts']);
    const archive = zipSync({ 'counts.npy': bytes, 'steps.npy': npyBytes('<u1', [7], Uint8Array.of(1, 2, 3, 4, 5, 6, 7)) });
    for (const [content, name] of [[bytes, 'x.npy'], [archive, 'x.npz']] as const) {
      const error = await refusal(content, name);
      expect(error.message).toContain('its shape (7, 3, 2, 5) has four axes, and nothing says which of them is summed');
      expect(error.remedy).toContain('counts.sum(axis=1)');
      const question = error.questions?.find(({ id }) => id === 'axes');
      expect(question).toMatchObject({ value: 'steps,ranks,layers,experts', ambiguous: true });
      expect(question?.options).toHaveLength(24);
      expect(question?.options).toContainEqual({ value: 'steps,ranks,layers,experts', label: '7 steps × 3 ranks, summed × 2 layers × 5 experts' });
      expect(flat((await open(content, name, { axes: 'steps,ranks,layers,experts' })).trace)).toEqual(sums);
    }
  });

  test('is understood by the names of its axes', () => {
    const questions = new Questions();
    const layout = layoutOf({ name: 'x.h5', shape: [7, 2, 3, 5], fortranOrder: false, axisNames: ['step', 'layer', 'dp_rank', 'expert'] }, questions);
    expect(layout).toEqual({ axes: ['steps', 'layers', 'experts'], lengths: [7, 2, 5], summed: { shape: [7, 2, 3, 5], axis: 2 } });
    expect(questions.all).toMatchObject([{ id: 'axes', value: 'steps,layers,ranks,experts', ambiguous: false }]);
  });

  test('of which one rank has no count is refused with its place', async () => {
    const bytes = array(['steps', 'ranks', 'layers', 'experts'], '<f8', (value, { steps, ranks, layers, experts }) => (steps === 3 && ranks === 1 && layers === 1 && experts === 4 ? -2 : value));
    const error = await refusal(bytes, 'x.npy', { axes: 'steps,ranks,layers,experts' });
    expect(error.message).toBe('x.npy row 3, layer 1, expert 4: -2 is not a count: it is negative');
  });
});
