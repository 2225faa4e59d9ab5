/** Scalars that TensorBoard exported as CSV, a file each. */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { GatecastError } from '../../../src/errors.ts';
import { openTraces } from '../../../src/trace/read/open.ts';
import type { ReadResult } from '../../../src/trace/read/reader.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, flat, open, refusal } from './support.ts';

type Files = Readonly<Record<string, string>>;

const scalar = (values: readonly (readonly [step: number, value: number | string])[]): string =>
  `Wall time,Step,Value\n${values.map(([step, value]) => `1700000000.25,${step},${value}\n`).join('')}`;

function together(files: Files): Promise<ReadResult> {
  return openTraces(Object.entries(files).map(([name, text]) => bytesSource(bytesOf(text), name)), 'run');
}

/** Two layers of two experts; expert e of layer l has 10 l + e more than the step. */
const layers: Files = Object.fromEntries([0, 1].flatMap((layer) => [0, 1].map((expert) =>
  [`run-train-tag-moe_layer${layer}_expert${expert}.csv`, scalar([100, 200].map((step) => [step, `${step + 10 * layer + expert}.0`]))])));
const loads = [100, 101, 110, 111, 200, 201, 210, 211];

describe('scalars that TensorBoard exported', () => {
  test('are one trace where layers and experts are in their names', async () => {
    const { trace, questions, notes } = await together(layers);
    expect([[...trace.steps], flat(trace), trace.kind, trace.format]).toEqual([[100, 200], loads, 'counts', 'TensorBoard, 4 exported scalars']);
    expect([questions, notes]).toEqual([[], []]);
    const zipped = zipSync(Object.fromEntries(Object.entries(layers).map(([name, text]) => [name, bytesOf(text)])));
    expect(flat((await open(zipped, 'scalars.zip')).trace)).toEqual(loads);
  });

  test('give a loss beside, and others are left out; of a second run one is read', async () => {
    const second = Object.fromEntries(Object.entries(layers).map(([name, text]) => [name.replace('train', 'other'), text]));
    const { trace, questions, notes } = await together({ ...second, ...layers, 'run-train-tag-loss.csv': scalar([[100, '2.5'], [150, '2.4'], [200, 'NaN']]), 'run-train-tag-lr.csv': scalar([[100, '-1']]) });
    expect([flat(trace), [...(trace.loss ?? [])]]).toEqual([loads, [2.5, NaN]]);
    expect(notes).toEqual(['1 other scalar left out: lr', '4 other files were left alone']);
    expect(questions.find(({ id }) => id === 'files')).toMatchObject({ value: 'scalars:run-train', ambiguous: true });
  });

  test('keep the steps that all have, and say which experts have no file', async () => {
    const { 'run-train-tag-moe_layer1_expert0.csv': _, ...others } = layers;
    const { trace, notes } = await together({ ...others, 'run-train-tag-moe_layer0_expert1 (1).csv': scalar([[200, 7], [300, 8]]), 'run-train-tag-moe_layer0_expert1.csv': scalar([[200, 7], [300, 8]]) });
    expect([[...trace.steps], flat(trace)]).toEqual([[200], [200, 7, 0, 211]]);
    expect(notes).toContain('2 steps that some scalar lacks are left out');
    expect(notes).toContain('layer 1 lacks the files of 1 expert: 0');
  });

  test('need all files of a run: one alone says so', async () => {
    const [[name, text]] = Object.entries(layers);
    const error = await refusal(text, name);
    expect(error.message).toBe(`${name}: no column for the expert: it is one scalar that TensorBoard exported`);
    expect(error.remedy).toBe('open the CSV files of all experts of a run together, or TensorBoard’s event files');
  });

  test('that hold no count are an error with step and file', async () => {
    const error = await together({ ...layers, 'run-train-tag-moe_layer0_expert1.csv': scalar([[100, -4], [200, 1]]) }).catch((reason: unknown) => reason);
    expect((error as GatecastError).message).toBe('run step 100: -4 is not a count: it is negative (run-train-tag-moe_layer0_expert1.csv)');
    const word = await together({ ...layers, 'run-train-tag-moe_layer0_expert1.csv': scalar([[100, 'many'], [200, 1]]) }).catch((reason: unknown) => reason);
    expect((word as GatecastError).message).toBe('run-train-tag-moe_layer0_expert1.csv line 2: "many" is not a number');
  });
});
