import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import type { Mapping, ReadResult } from '../../../src/trace/read/reader.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, choppedSource, flat, open, refusal } from './support.ts';

async function read(text: string, name = 'x.csv'): Promise<{ steps: number[]; values: number[]; notes: readonly string[] }> {
  const { trace, notes } = await open(text, name);
  return { steps: Array.from(trace.steps), values: flat(trace), notes };
}

describe('dialects', () => {
  const plain = { steps: [5, 6], values: [1, 2, 3, 4] };
  test.each([
    ['tabs', 'step\texpert_0\texpert_1\n5\t1\t2\n6\t3\t4\n'],
    ['semicolons', 'step;expert_0;expert_1\n5;1;2\n6;3;4\n'],
    ['carriage returns', 'step,expert_0,expert_1\r\n5,1,2\r\n6,3,4\r\n'],
    ['no newline at the end', 'step,expert_0,expert_1\n5,1,2\n6,3,4'],
    ['a byte order mark', '\uFEFFstep,expert_0,expert_1\n5,1,2\n6,3,4\n'],
    ['quotes', '"step","expert_0","expert_1"\n"5","1","2"\n6,"3",4\n'],
    ['spaces', 'step, expert_0, expert_1\n 5, 1, 2 \n6 ,3 ,4\n'],
    ['blank lines', 'step,expert_0,expert_1\n\n5,1,2\n\r\n6,3,4\n\n'],
    ['scientific notation', 'step,expert_0,expert_1\n5e0,1.0,2.000e+00\n6,30E-1,.4e1\n'],
    ['an index column of pandas', ',step,expert_0,expert_1\n0,5,1,2\n1,6,3,4\n'],
    ['a comment mark before the header', '# step,expert_0,expert_1\n5,1,2\n6,3,4\n'],
    ['columns out of order', 'expert_1,step,expert_0\n2,5,1\n4,6,3\n'],
    ['rows out of order', 'step,expert_0,expert_1\n6,3,4\n5,1,2\n'],
    ['experts numbered from 1', 'step,expert_1,expert_2\n5,1,2\n6,3,4\n'],
    ['long rows', 'iteration,expert_id,num_tokens\n5,0,1\n5,1,2\n6,0,3\n6,1,4\n'],
    ['long rows in any order', 'load,expert,step\n4,1,6\n1,0,5\n3,0,6\n2,1,5\n'],
    ['long rows with named experts', 'step,layer,expert,tokens\n5,layer_0,expert_0,1\n5,layer_0,expert_1,2\n6,layer_0,expert_0,3\n6,layer_0,expert_1,4\n'],
    ['long rows, experts from 1', 'step,expert,tokens\n5,1,1\n5,2,2\n6,1,3\n6,2,4\n'],
  ])('%s', async (_, text) => {
    expect(await read(text)).toMatchObject(plain);
    for (const size of [1, 3]) {
      const { trace } = await openTrace(choppedSource(bytesOf(text), 'x.csv', size));
      expect(flat(trace)).toEqual(plain.values);
    }
  });

  test('decimal commas stand between semicolons', async () => {
    expect((await read('step;expert_0;expert_1\n0;0,25;0,75\n')).values).toEqual([0.25, 0.75]);
  });

  test('a quoted cell may hold a newline and quotes, and lines are still counted right', async () => {
    const text = 'step,note,expert_0,expert_1\n5,"two\nlines, ""said"" he",1,2\n6,,3,four\n';
    const error = await refusal(text, 'x.csv');
    expect(error.message).toContain('x.csv line 4: "four" is not a count (column expert_1)');
  });
});

describe('column names', () => {
  test.each([
    'layer1_expert2', 'layers.1.mlp.experts.2', 'train/TokensTotal/layer1/expert2', 'moe-expert/run_layer1_expert2', 'L1E2', 'l1_e2', 'Layer 1 Expert 2',
  ])('%s is understood', async (pattern) => {
    const name = (layer: number, expert: number): string => pattern.replace('1', String(layer)).replace('2', String(expert));
    const header = [0, 1].flatMap((layer) => [0, 1, 2].map((expert) => name(layer, expert)));
    const { trace } = await open(`step,${header.join(',')}\n3,1,2,3,4,5,6\n`, 'x.csv');
    expect(trace.layers.map((layer) => Array.from(layer.values))).toEqual([[1, 2, 3], [4, 5, 6]]);
  });

  test('of totals and percentages the totals are taken, and it asks', async () => {
    const header = ['_step', ...['TokensPercentage', 'TokensTotal'].flatMap((kind) => [0, 1].map((expert) => `train/${kind}/layer0/expert${expert}`)), 'train/loss'];
    const text = `${header.join(',')}\n10,25,75,100,300,2.5\n`;
    const guessed = await open(text, 'wandb.csv');
    expect(flat(guessed.trace)).toEqual([100, 300]);
    expect(Array.from(guessed.trace.loss ?? [])).toEqual([2.5]);
    expect(guessed.questions).toContainEqual(expect.objectContaining({ id: 'columns', value: 'train/TokensTotal/layer*/expert*', ambiguous: true }));
    const chosen = await open(text, 'wandb.csv', { columns: 'train/TokensPercentage/layer*/expert*' });
    expect(flat(chosen.trace)).toEqual([25, 75]);
  });

  test('a row may be a step and a layer', async () => {
    const { trace } = await open('step,layer,expert_0,expert_1\n0,0,1,2\n0,1,3,4\n1,0,5,6\n1,1,7,8\n', 'x.csv');
    expect(flat(trace)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(trace.layers).toHaveLength(2);
  });

  test('layer 10 comes after layer 9', async () => {
    const names = [10, 2, 9].map((layer) => `layer${layer}_expert0,layer${layer}_expert1`);
    const { trace } = await open(`step,${names.join(',')}\n0,1,2,3,4,5,6\n`, 'x.csv');
    expect(trace.layers.map((layer) => layer.name)).toEqual(['2', '9', '10']);
  });

  test('a column of an unknown name is taken where only one is left, and it asks', async () => {
    const { trace, questions } = await open('step,layer,expert,foo\n0,0,0,1\n0,0,1,2\n', 'x.csv');
    expect(flat(trace)).toEqual([1, 2]);
    expect(questions).toContainEqual(expect.objectContaining({ id: 'column.load', value: 'foo', ambiguous: true }));
  });

  test('a column of an unknown name is not taken for the layer, but it asks', async () => {
    const text = 'step,expert,tokens,group\n0,0,1,5\n0,1,2,6\n';
    const { trace, questions } = await open(text, 'x.csv');
    expect(trace.layers).toHaveLength(1);
    expect(questions).toContainEqual(expect.objectContaining({ id: 'column.layer', ambiguous: true }));
    expect((await open(text, 'x.csv', { 'column.layer': 'group' })).trace.layers.map((layer) => layer.name)).toEqual(['5', '6']);
  });

  test('columns can be told', async () => {
    const text = 'step,layer,expert,tokens,capacity\n0,0,0,1,9\n0,0,1,2,8\n';
    expect(flat((await open(text, 'x.csv', { 'column.load': 'capacity' })).trace)).toEqual([9, 8]);
  });

  test('a table without a header is guessed at, and says so', async () => {
    const text = '0 0 0 5\n0 0 1 6\n1 0 0 7\n1 0 1 8\n';
    const { trace, questions } = await open(text, 'x.txt');
    expect(flat(trace)).toEqual([5, 6, 7, 8]);
    expect(questions[0]).toMatchObject({ id: 'form', value: 'long', ambiguous: true });
    const wide = await open('10,1,2,3,3,2,1\n20,4,1,1,1,1,4\n', 'x.csv');
    expect(Array.from(wide.trace.steps)).toEqual([10, 20]);
    expect(wide.trace.layers.map((layer) => layer.experts)).toEqual([3, 3]);
  });
});

describe('what is not there', () => {
  test('empty cells are 0, and counted', async () => {
    const { values, notes } = await read('step,expert_0,expert_1\n0,1,\n1,nan,4\n');
    expect(values).toEqual([1, 0, 0, 4]);
    expect(notes).toContain('2 empty cells read as 0');
  });

  test('loads that a long table leaves out are 0, and counted', async () => {
    const { values, notes } = await read('step,layer,expert,count\n0,0,0,4\n0,0,1,1\n1,0,0,5\n0,1,0,5\n1,1,1,5\n');
    expect(values).toEqual([4, 1, 5, 0, 5, 0, 0, 5]);
    expect(notes).toContain('3 of 8 cells are not in the file and are read as 0');
  });

  test('of a step that comes twice the later values count', async () => {
    const wide = await open('step,expert_0,expert_1\n0,1,1\n1,2,2\n1,3,3\n', 'x.csv');
    expect(flat(wide.trace)).toEqual([1, 1, 3, 3]);
    expect(wide.repeatedSteps).toBe(1);
    const long = await open('step,expert,tokens\n0,0,1\n0,1,1\n0,0,7\n', 'x.csv');
    expect(flat(long.trace)).toEqual([7, 1]);
    expect(long.repeatedSteps).toBe(1);
  });
});

describe('counts and shares', () => {
  const rows = Array.from({ length: 700 }, (_, step) => [step, step + 1, 2, 3]);
  const table = (cells: readonly (readonly (number | string)[])[]): string => ['step,expert_0,expert_1,expert_2', ...cells.map((row) => row.join(','))].join('\n');

  test.each([
    ['a fraction', '2.5', 2.5],
    ['a number beyond 32 bits', '5000000000', Math.fround(5e9)],
  ])('%s late in a table turns all loads to shares, and loses none', async (_, text, value) => {
    const { trace } = await open(table([...rows, [700, 9, text, 7]]), 'x.csv');
    expect(trace.kind).toBe('shares');
    expect(flat(trace)).toEqual([...rows.flatMap((row) => row.slice(1)), 9, value, 7]);
  });

  test('many rows out of order, with repeated ones among them, are sorted', async () => {
    const shuffled = [...rows].sort((a, b) => ((a[0] * 379) % 700) - ((b[0] * 379) % 700));
    const result = await open(table([[5, 0, 0, 0], ...shuffled]), 'x.csv');
    expect(flat(result.trace)).toEqual(rows.flatMap((row) => row.slice(1)));
    expect(result.repeatedSteps).toBe(1);
  });
});

describe('wrong content', () => {
  test('a word in the place of a number is named with line, column and a way out', async () => {
    const rows = Array.from({ length: 60 }, (_, step) => `${step},1,2,3,${step === 46 ? 'abc' : 4}`);
    const error = await refusal(`step,layer2_expert0,layer2_expert1,layer2_expert2,layer2_expert7\n${rows.join('\n')}\n`, 'wide.csv');
    expect(error).toMatchObject({
      code: 'bad-input',
      message: 'wide.csv line 48: "abc" is not a count (column layer2_expert7)',
      where: 'wide.csv line 48, column 5',
      remedy: 'fix the cell or leave the column out',
    });
  });

  test('the first 20 problems are told at once', async () => {
    const few = await refusal('step,expert,tokens\n0,0,x\n0,1,2\nz,0,-5\n', 'x.csv');
    expect(few.message).toBe('x.csv line 2: "x" is not a count (column tokens); and 2 more problems:\nline 4: "z" is not a training step (column step)\nline 4: "-5" is not a count: it is negative (column tokens)');
    const many = await refusal(`step,expert,tokens\n${'0,0,x\n'.repeat(500)}`, 'x.csv');
    expect(many.message.split('\n')).toHaveLength(20);
    expect(many.message).toContain('at least 19 more problems');
  });

  test.each([
    ['a negative count', 'step,expert_0,expert_1\n0,1,2\n1,-3,4\n', 'x.csv line 3: "-3" is not a count: it is negative (column expert_0)'],
    ['a row that is too short', 'step,expert_0,expert_1\n0,1,2\n1,3\n', 'x.csv line 3: 2 cells, where the first line has 3'],
    ['a row that is too long', 'step,expert_0,expert_1\n0,1,2,9\n', 'x.csv line 2: 4 cells, where the first line has 3'],
    ['a fraction of a step', 'step,expert_0,expert_1\n0.5,1,2\n', 'x.csv line 2: "0.5" is not a training step (column step)'],
    ['a count beyond all numbers', 'step,expert_0,expert_1\n0,1e999,2\n', 'x.csv line 2: "1e999" is not a count (column expert_0)'],
    ['no expert', 'step,layer,tokens\n0,0,5\n', 'x.csv: no column for the expert; the columns are "step", "layer", "tokens"'],
    ['no rows', 'step,expert_0,expert_1\n', 'x.csv: there is no step in it'],
    ['an expert beyond reason', 'step,expert,tokens\n0,70000,5\n', 'x.csv: expert number 70000 is beyond 65535'],
    ['prose', 'Dear all,\nplease find the loads attached, as ever.\n', 'x.csv: no column for the training step; the columns are "Dear all", ""'],
  ])('%s', async (_, text, message) => {
    const error = await refusal(text, 'x.csv');
    expect(error.message).toBe(message);
    expect(error.code).toBe('bad-input');
    expect(error.remedy).toBeTruthy();
  });
});

describe('columns whose names say nothing', () => {
  const text = 't,a,b,c\n0,1,2,3\n1,4,5,6\n';
  const readWith = (mapping: Mapping): Promise<ReadResult> => openTrace(bytesSource(new TextEncoder().encode(text), 'x.csv'), { mapping });

  test('are asked for in the error', async () => {
    const error = await readWith({}).catch((reason: unknown) => reason as GatecastError);
    if (!(error instanceof GatecastError)) throw new Error('it opened');
    expect(error.questions?.map(({ id, value }) => [id, value])).toEqual([
      ['form', 'long'], ['column.step', ' none'], ['column.layer', ' none'], ['column.expert', ' none'], ['column.load', ' none'],
    ]);
    expect(error.questions?.[1].options.map(({ value }) => value)).toEqual(['t', 'a', 'b', 'c', ' none']);
  });

  test('are loads of one step a row when the person says so', async () => {
    const { trace, questions } = await readWith({ form: 'wide', 'column.step': 't' });
    expect(trace.layers.map(({ name, experts, values }) => [name, experts, [...values]])).toEqual([['0', 3, [1, 2, 3, 4, 5, 6]]]);
    expect([...trace.steps]).toEqual([0, 1]);
    expect(questions.map(({ id }) => id)).toEqual(['form', 'column.step']);
    const withoutSteps = await readWith({ form: 'wide' });
    expect(withoutSteps.trace.layers[0].experts).toBe(4);
  });

  test('are what the person says of a row a load', async () => {
    const { trace } = await readWith({ form: 'long', 'column.step': 't', 'column.expert': 'a', 'column.load': 'c', 'column.layer': ' none' });
    // Experts 1 to 4, numbered from 0.
    expect(trace.layers.map(({ experts, values }) => [experts, ...values])).toEqual([[4, 3, 0, 0, 0, 0, 0, 0, 6]]);
  });
});

describe('what people have', () => {
  test('quoted numbers with commas between the thousands', async () => {
    expect(await read('step,expert_0,expert_1\n0,"1,234","12,345,678"\n1,"900","1,000.0"\n')).toMatchObject({ values: [1234, 12_345_678, 900, 1000] });
    expect((await refusal('step,expert_0,expert_1\n0,"1,23",5\n', 'x.csv')).message).toContain('"1,23" is not a count');
  });

  test('comments between the rows, also many and cut anywhere', async () => {
    const text = `step,expert_0,expert_1\n0,1,2\n# stopped, and begun again\n${'# \n'.repeat(30_000)}1,3,4\n# the end`;
    for (const size of [7, 1 << 20]) {
      const { trace } = await openTrace(choppedSource(bytesOf(text), 'x.csv', size));
      expect([flat(trace), [...trace.steps]]).toEqual([[1, 2, 3, 4], [0, 1]]);
    }
    expect((await refusal('step,expert_0,expert_1\n# one\n0,x,2\n', 'x.csv')).message).toContain('line 3');
  });

  const table = 'step,expert_0,expert_1\n5,1,2\n6,3,4\n';
  test.each([
    ['two lines of free text', `Loads of run A\nGPT-3 125M, seed 3\n${table}`, ['the 2 lines before the table are left out: "Loads of run A", …']],
    ['a line of free text that is cut like the table', `Run A, expert loads, lr 1e-4\n${table}`, ['the line before the table is left out: "Run A, expert loads, lr 1e-4"']],
    ['comments and an empty line', `# run A\n# seed 3\n\n${table}`, []],
    ['free text, and names that say nothing', 'Run A\nstep,expert,foo\n5,0,1\n5,1,2\n6,0,3\n6,1,4\n', ['the line before the table is left out: "Run A"']],
    ['the names that numpy.savetxt writes', '# step expert tokens\n5 0 1\n5 1 2\n6 0 3\n6 1 4\n', []],
  ])('a header behind %s', async (_, text, expected) => {
    for (const size of [1, 1 << 20]) {
      const { trace, notes } = await openTrace(choppedSource(bytesOf(text), 'x.csv', size));
      expect([flat(trace), ...notes]).toEqual([[1, 2, 3, 4], ...expected]);
    }
    const wrong = await refusal(text.replace(/\d+\n$/, 'x\n'), 'x.csv');
    expect(wrong.message).toContain(`x.csv line ${text.split('\n').length - 1}: "x" is not a count`);
  });

  test('rows of numbers behind free text have no names', async () => {
    const { trace, notes } = await open('Run A\n10,1,2,3,3,2,1\n20,4,1,1,1,1,4\n', 'x.csv');
    expect([flat(trace), notes]).toEqual([[1, 2, 3, 3, 2, 1, 4, 1, 1, 1, 1, 4], ['the line before the table is left out: "Run A"', 'there is no header line; what the columns are is a guess']]);
  });

  test('text without a table is refused with its beginning', async () => {
    const error = await refusal('Dear all\nno loads today\n', 'x.csv');
    expect(error.message).toBe('x.csv: none of its first 2 lines begins a table; the first is "Dear all"');
    expect((await refusal('Dear all', 'x.csv')).message).toBe('x.csv: its only line has no comma, tab or semicolon: "Dear all"');
  });

  test('a clock is no expert', async () => {
    const error = await refusal('Wall time,Step,Value\n1700000000.5,0,5\n1700000001.5,1,6\n', 'x.csv');
    expect(error.message).toContain('no column for the expert');
  });
});
