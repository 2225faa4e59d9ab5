/** Any trace, written by plain code in each format, reads back the same, in pieces of any size. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import type { Mapping } from '../../../src/trace/read/reader.ts';
import { bytesOf, choppedSource, npyBytes } from './support.ts';

interface Written {
  readonly steps: readonly number[];
  /** `[rows][layers][experts]` */
  readonly values: readonly (readonly (readonly number[])[])[];
}

const count = fc.oneof({ arbitrary: fc.nat(3000), weight: 5 }, { arbitrary: fc.nat(2 ** 32 - 2), weight: 1 });
const share = fc.double({ min: 0, max: 100, noNaN: true }).map((value) => Math.fround(value));

function traces(load: fc.Arbitrary<number>): fc.Arbitrary<Written> {
  return fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 5 })).chain(([rows, layers, experts]) => {
    const array = <T>(one: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> => fc.array(one, { minLength: length, maxLength: length });
    return fc.record({
      steps: fc.uniqueArray(fc.nat(1_000_000), { minLength: rows, maxLength: rows }).map((steps) => steps.sort((a, b) => a - b)),
      values: array(array(array(load, experts), layers), rows),
    });
  });
}

interface Format {
  readonly name: string;
  write(trace: Written): Uint8Array;
  readonly mapping?: Mapping;
  /** Rows are numbered instead. */
  readonly withoutSteps?: boolean;
}

const longCsv = (separator: string, order: 'by step' | 'by expert'): Format => ({
  name: `long, ${JSON.stringify(separator)}, ${order}`,
  write({ steps, values }) {
    const rows = values.flatMap((layers, row) => layers.flatMap((experts, layer) => experts.map((load, expert) => [steps[row], layer, expert, load])));
    if (order === 'by expert') rows.sort((a, b) => a[2] - b[2] || b[0] - a[0] || a[1] - b[1]);
    return bytesOf([['step', 'layer', 'expert', 'load'], ...rows].map((cells) => cells.join(separator)).join('\r\n'));
  },
});

const formats: readonly Format[] = [
  longCsv(',', 'by step'),
  longCsv('\t', 'by expert'),
  {
    name: 'wide CSV',
    write({ steps, values }) {
      const header = ['step', ...values[0].flatMap((experts, layer) => experts.map((_, expert) => `layer${layer}_expert${expert}`))];
      return bytesOf([header, ...values.map((layers, row) => [steps[row], ...layers.flat()])].map((cells) => cells.join(';')).join('\n'));
    },
  },
  {
    name: 'JSON lines',
    write: ({ steps, values }) => bytesOf(values.map((loads, row) => JSON.stringify({ step: steps[row], loads })).join('\n')),
  },
  {
    name: 'NPY of doubles',
    write({ values }) {
      const shape = [values.length, values[0].length, values[0][0].length];
      return npyBytes('<f8', shape, new Uint8Array(Float64Array.from(values.flat(2)).buffer));
    },
    mapping: { axes: 'steps,layers,experts' },
    withoutSteps: true,
  },
];

const cases = formats.flatMap((format) => [
  { ...format, kind: 'counts', load: count },
  { ...format, kind: 'shares', load: share },
]);

test.each(cases)('$kind as $name', async ({ write, mapping, withoutSteps, load }) => {
  await fc.assert(fc.asyncProperty(traces(load), fc.integer({ min: 1, max: 200 }), async (written, size) => {
    const { trace } = await openTrace(choppedSource(write(written), 'trace', size), { mapping });
    const all = written.values.map((layers, row) => ({ step: withoutSteps ? row : written.steps[row], layers }));
    // Steps without any load are no steps.
    const loaded = all.filter(({ layers }) => layers.flat().some((value) => value > 0));
    const rows = loaded.length > 0 ? loaded : all;
    expect(Array.from(trace.steps)).toEqual(rows.map(({ step }) => step));
    expect(trace.layers.map((layer) => Array.from(layer.values))).toEqual(written.values[0].map((_, layer) => rows.flatMap(({ layers }) => layers[layer])));
    expect(trace.kind).toBe(written.values.flat(2).every((value) => Number.isInteger(value)) ? 'counts' : 'shares');
  }), { numRuns: 60, seed: 20_261_123 });
});
