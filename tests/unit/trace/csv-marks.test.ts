import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { bytesOf, choppedSource, flat, open, refusal } from './support.ts';

const asThousands = 'points in numbers stand between thousands: "3.470" is read as 3470';

describe('points in a table that is cut at semicolons or tabs', () => {
  test.each([
    ['stand between thousands beside whole numbers without one', 'step;expert_0;expert_1\n0;3.470;812\n1;1.200;999\n', [3470, 812, 1200, 999]],
    ['stand between thousands where the step has them beside whole numbers', 'step;expert_0;expert_1\n998;3.470;1.000\n1.000;1.200;2.000\n', [3470, 1000, 1200, 2000]],
    ['stand between thousands where some number has two', 'step\texpert_0\texpert_1\n0\t3.470\t1.234.567\n1\t1.200\t1.000\n', [3470, 1_234_567, 1200, 1000]],
    ['stand between thousands where commas are decimal', 'step;expert_0;expert_1\n0;3.470;0,5\n1;1.200,25;2.000\n', [3470, 0.5, 1200.25, 2000]],
    ['stand between thousands of a long table', 'step;expert;tokens\n0;0;3.470\n0;1;812\n1;0;1.200\n1;1;999\n', [3470, 812, 1200, 999]],
  ])('%s, and it says so', async (_, text, values) => {
    const { trace, notes } = await open(text, 'x.csv');
    expect(flat(trace)).toEqual(values);
    expect(notes).toContain(asThousands);
    for (const size of [1, 3]) expect(flat((await openTrace(choppedSource(bytesOf(text), 'x.csv', size))).trace)).toEqual(values);
  });

  test.each([
    ['other numbers of digits stand behind one', 'step;expert_0;expert_1\n0;3.470;8.5\n1;1.200;9.1\n', [3.47, 8.5, 1.2, 9.1]],
    ['0 stands before one', 'step;expert_0;expert_1\n0;3.470;0.125\n1;1.200;2.000\n', [3.47, 0.125, 1.2, 2]],
  ])('are decimal where %s', async (_, text, values) => {
    const { trace, notes, questions } = await open(text, 'x.csv');
    expect(flat(trace)).toEqual(values.map(Math.fround));
    expect(notes.filter((note) => note.includes('thousands'))).toEqual([]);
    expect(questions.filter(({ id }) => id === 'thousands')).toEqual([]);
  });

  test('with three digits behind each are asked about: thousands between semicolons, decimals between tabs and of shares', async () => {
    const text = 'step;expert_0;expert_1\n0;3.470;8.500\n1;1.200;9.100\n';
    const guessed = await open(text, 'x.csv');
    expect(flat(guessed.trace)).toEqual([3470, 8500, 1200, 9100]);
    expect(guessed.notes).toContain(asThousands);
    expect(guessed.questions).toContainEqual({
      id: 'thousands', label: 'What is the point in "3.470"?', value: 'thousands', ambiguous: true,
      options: [{ value: 'thousands', label: 'between thousands: 3470' }, { value: 'decimals', label: 'the decimal point: 3.47' }],
    });
    const answered = await open(text, 'x.csv', { thousands: 'decimals' });
    expect(flat(answered.trace)).toEqual([3.47, 8.5, 1.2, 9.1].map(Math.fround));
    const tabs = await open(text.replaceAll(';', '\t'), 'x.tsv');
    expect(tabs.questions).toContainEqual(expect.objectContaining({ id: 'thousands', value: 'decimals', ambiguous: true }));
    expect(flat(tabs.trace)[0]).toBe(Math.fround(3.47));
    const shares = await open('step;expert_0;expert_1\n0;34.700;65.300\n1;12.000;88.000\n', 'x.csv');
    expect(shares.questions).toContainEqual(expect.objectContaining({ id: 'thousands', value: 'decimals', ambiguous: true }));
  });

  const many = Array.from({ length: 20_000 }, (_, step) => `${step};5;812`);

  test('are found to stand between thousands late in a table of whole numbers', async () => {
    const { trace, notes } = await open(['step;expert_0;expert_1', ...many, '20000;3.470;5', '20001;1.000;6'].join('\n'), 'x.csv');
    expect(flat(trace).slice(-4)).toEqual([3470, 5, 1000, 6]);
    expect(notes).toContain(asThousands);
  });

  test('that contradict those before are an error with line, column and the question', async () => {
    const text = ['step;expert_0;expert_1', ...many, '20000;3.470;5', '20001;5;1.5'].join('\n');
    const error = await refusal(text, 'x.csv');
    expect(error.message).toBe('x.csv: line 20003: the point in "1.5" does not stand between thousands, that in "3.470" before does');
    expect(error.where).toBe('x.csv line 20003, column 3 (expert_1)');
    expect(error.questions?.map(({ id, value }) => [id, value])).toEqual([['column.step', 'step'], ['thousands', 'thousands']]);
    expect(flat((await open(text, 'x.csv', { thousands: 'decimals' })).trace).slice(-4)).toEqual([3.47, 5, 5, 1.5].map(Math.fround));
    const other = await refusal('step;expert_0;expert_1\n0;3.470;1.234.567\n', 'x.csv', { thousands: 'decimals' });
    expect(other.message).toBe('x.csv: line 2: the point in "1.234.567" stands between thousands, that in "3.470" before is the decimal point');
  });

  test('of a loss are decimal whatever they are in loads', async () => {
    const { trace } = await open('step;loss;expert_0;expert_1\n0;2.125;3.470;812\n', 'x.csv');
    expect([flat(trace), [...(trace.loss ?? [])]]).toEqual([[3470, 812], [2.125]]);
  });
});

test('commas between thousands of a table that is cut at tabs are read as such', async () => {
  const { trace, notes } = await open('step\texpert_0\texpert_1\n0\t3,470\t812.5\n1\t1,200\t9.25\n', 'x.tsv');
  expect(flat(trace)).toEqual([3470, 812.5, 1200, 9.25]);
  expect(notes).toContain('commas in numbers stand between thousands: "3,470" is read as 3470');
});
