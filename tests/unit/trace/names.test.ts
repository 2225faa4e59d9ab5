/** Names of columns and keys as training tools write them, and shares in place of counts. */
import { describe, expect, test } from 'vitest';
import { describeTrace } from '../../../src/trace/describe.ts';
import { namesShares } from '../../../src/trace/read/names.ts';
import { flat, open } from './support.ts';

const fill = (pattern: string, layer: number, expert: number): string => pattern.replace('{L}', String(layer)).replace('{E}', String(expert));

describe.each([
  ['plain', 'layer{L}_expert{E}'],
  ['Weights & Biases', 'moe/layer_{L}/expert_{E}'],
  ['NeMo', 'moe-expert/gpt_layer{L}_expert{E}'],
  ['OLMoE', 'train/TokensTotal/layer{L}/expert{E}'],
  ['Transformers', 'model.layers.{L}.mlp.experts.{E}.tokens'],
  ['short', 'l{L}e{E}'],
  ['blocks', 'block_{L}/expert_{E}/load'],
])('%s: %s', (_, pattern) => {
  const names = [0, 1].flatMap((layer) => [0, 1, 2].map((expert) => fill(pattern, layer, expert)));
  const loads = [1, 2, 3, 4, 5, 6];

  test('in a table', async () => {
    const { trace, questions } = await open(`_step,_runtime,${names.join(',')},train/loss\n7,1.5,${loads.join(',')},2.5\n`, 'x.csv');
    expect({ steps: Array.from(trace.steps), values: flat(trace), layers: trace.layers.length }).toEqual({ steps: [7], values: loads, layers: 2 });
    expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
    expect(trace.loss?.[0]).toBe(2.5);
  });

  test('in JSON lines', async () => {
    const record = (step: number): string => JSON.stringify({ _step: step, _runtime: 1.5, ...Object.fromEntries(names.map((name, i) => [name, loads[i]])) });
    const { trace } = await open(`${record(7)}\n${record(8)}\n`, 'x.jsonl');
    expect({ steps: Array.from(trace.steps), values: flat(trace), layers: trace.layers.length }).toEqual({ steps: [7, 8], values: [...loads, ...loads], layers: 2 });
  });
});

describe.each([
  ['step', 'layer', 'expert', 'count'], ['iteration', 'layer_idx', 'expert_id', 'num_tokens'], ['iter', 'layer_id', 'expert_idx', 'tokens'],
  ['global_step', 'moe_layer', 'expert', 'load'], ['Step', 'Layer', 'Expert', 'Tokens'], ['train/step', 'layer_number', 'expert_index', 'expert_load'],
])('%s, %s, %s, %s', (step, layer, expert, load) => {
  const cells = [[7, 0, 0, 1], [7, 0, 1, 2], [7, 1, 0, 3], [7, 1, 1, 4]];

  test('in a long table, as pandas writes it', async () => {
    const { trace, questions } = await open(`,${[step, layer, expert, load].join(',')}\n${cells.map((row, i) => [i, ...row].join(',')).join('\n')}\n`, 'x.csv');
    expect({ steps: Array.from(trace.steps), values: flat(trace), layers: trace.layers.length }).toEqual({ steps: [7], values: [1, 2, 3, 4], layers: 2 });
    expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
  });

  test('in long records, as pandas writes them', async () => {
    const records = cells.map((row) => Object.fromEntries([step, layer, expert, load].map((name, i) => [name, row[i]])));
    for (const text of [JSON.stringify(records), records.map((record) => JSON.stringify(record)).join('\n')]) {
      const { trace } = await open(text, 'x.json');
      expect({ steps: Array.from(trace.steps), values: flat(trace), layers: trace.layers.length }).toEqual({ steps: [7], values: [1, 2, 3, 4], layers: 2 });
    }
  });
});

describe('shares', () => {
  const shares = [[25, 75], [40, 60], [12.5, 87.5]];
  const whole = [[25, 75], [40, 60], [13, 87]];
  const table = (name: string, rows: readonly (readonly number[])[]): string => `_step,${[0, 1].map((expert) => fill(name, 3, expert)).join()}\n${rows.map((row, step) => `${step},${row.join()}`).join('\n')}\n`;
  const name = 'train/TokensPercentage/layer{L}/expert{E}';

  test.each([
    ['of 100', name, shares, 100], ['of 1', name, shares.map((row) => row.map((share) => share / 100)), 1],
    ['of 100, rounded to whole numbers', name, whole, 100], ['of 1, all on one expert', 'layer{L}_expert{E}_fraction', [[0, 1], [1, 0]], 1],
    ['of 100 under any name', 'layer{L}_expert{E}', shares, 100],
  ])('%s', async (_, pattern, rows, sum) => {
    const result = await open(table(pattern, rows), 'x.csv');
    expect(result.trace.kind).toBe('shares');
    // Said once, by the check.
    expect(result.notes.filter((note) => note.includes('shares'))).toEqual([]);
    expect(describeTrace(result).health.find(({ id }) => id === 'fractions')?.text).toBe(`Loads are shares of ${sum}, not counts; without counts there is no noise floor.`);
    const lines = rows.map((row, step) => JSON.stringify({ _step: step, ...Object.fromEntries(row.map((share, expert) => [fill(pattern, 3, expert), share])) }));
    const json = await open(lines.join('\n'), 'x.jsonl');
    expect(json.trace.fingerprint).toBe(result.trace.fingerprint);
    expect(json.notes).toEqual(result.notes);
  });

  test('in a document by layers and in a long table, too', async () => {
    expect((await open(JSON.stringify({ tokens_percentage: whole.map((row) => [row]) }), 'x.json')).trace.kind).toBe('shares');
    expect((await open(`step,expert,percentage\n0,0,25\n0,1,75\n`, 'x.csv')).trace.kind).toBe('shares');
  });

  test('whole numbers that sum to 100 under a name of counts are counts', async () => {
    const { trace, notes } = await open(table('train/TokensTotal/layer{L}/expert{E}', whole), 'x.csv');
    expect(trace.kind).toBe('counts');
    expect(notes).toEqual([]);
  });

  test('names say it, and words that sound alike do not', () => {
    const shares = ['train/TokensPercentage/layer*/expert*', 'load_proportion', 'share', 'expert*_fraction', 'pct_layer*_expert*', 'ratio', 'load %'];
    expect(shares.filter((one) => !namesShares(one))).toEqual([]);
    expect(['iteration/layer*_expert*', 'shared_expert*', 'TokensTotal', 'counts'].filter(namesShares)).toEqual([]);
  });
});

describe('loads of something else than experts', () => {
  const note = (things: string): string => `the loads are of ${things}, which stand in the place of experts here`;

  test.each([
    ['gpu{E}_util', 'GPUs'], ['system.gpu.{E}.gpu', 'GPUs'], ['cuda:{E}', 'GPUs'], ['device_{E}', 'devices'], ['rank{E}/tokens', 'ranks'], ['node_{E}', 'nodes'],
    ['head_{E}', 'heads'], ['layer{L}_head{E}', 'heads'], ['stage {E}', 'pipeline stages'], ['worker-{E}', 'workers'],
  ])('columns %s are of %s', async (pattern, things) => {
    const layers = pattern.includes('{L}') ? [0, 1] : [0];
    const names = layers.flatMap((layer) => [0, 1, 2].map((expert) => fill(pattern, layer, expert)));
    const loads = names.map((_, i) => i + 1);
    const table = await open(`step,${names.join()}\n4,${loads.join()}\n8,${loads.join()}\n`, 'x.csv');
    const lines = await open([4, 8].map((step) => JSON.stringify({ step, ...Object.fromEntries(names.map((name, i) => [name, loads[i]])) })).join('\n'), 'x.jsonl');
    for (const { trace, notes, questions } of [table, lines]) {
      expect({ steps: Array.from(trace.steps), values: flat(trace), layers: trace.layers.length }).toEqual({ steps: [4, 8], values: [...loads, ...loads], layers: layers.length });
      expect(notes).toContain(note(things));
      expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
    }
  });

  test.each([['gpu', 'GPUs'], ['device_id', 'devices'], ['rank', 'ranks'], ['head_idx', 'heads'], ['stage', 'pipeline stages']])('a long table by %s is of %s', async (column, things) => {
    const cells = [[0, 0, 5], [0, 1, 6], [1, 0, 7], [1, 1, 8]];
    const table = await open(`step,${column},load\n${cells.map((cell) => cell.join()).join('\n')}\n`, 'x.csv');
    const records = await open(cells.map(([step, thing, load]) => JSON.stringify({ step, [column]: thing, load })).join('\n'), 'x.jsonl');
    for (const { trace, notes, questions } of [table, records]) {
      expect(flat(trace)).toEqual([5, 6, 7, 8]);
      expect(notes).toContain(note(things));
      expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
    }
  });

  test('names in cells end in their number', async () => {
    const { trace } = await open('step,device,load\n0,cuda:0,5\n0,cuda:1,6\n', 'x.csv');
    expect(flat(trace)).toEqual([5, 6]);
  });

  test('of two kinds of columns it asks', async () => {
    const { questions } = await open('step,gpu0_util,gpu1_util,gpu0_memory,gpu1_memory\n0,1,2,3,4\n', 'x.csv');
    expect(questions).toContainEqual(expect.objectContaining({ id: 'columns', ambiguous: true }));
  });

  test('beside experts they are no loads, and nothing is asked', async () => {
    const table = await open('step,rank,system.gpu.0.memory,system.gpu.1.memory,layer0_expert0,layer0_expert1\n0,3,1,2,30,40\n', 'x.csv');
    const record = { step: 0, rank: 3, tokens: 70, 'system.gpu.0.memory': 1, 'system.gpu.1.memory': 2 };
    const keys = await open(JSON.stringify({ ...record, layer0_expert0: 30, layer0_expert1: 40 }), 'x.json');
    const arrays = await open(JSON.stringify({ ...record, counts: [[30, 40]] }), 'x.json');
    const long = await open('step,rank,layer,expert,tokens\n0,3,0,0,30\n0,3,0,1,40\n', 'x.csv');
    for (const { trace, notes, questions } of [table, keys, arrays, long]) {
      expect(flat(trace)).toEqual([30, 40]);
      expect(notes.join()).not.toContain('the loads are of');
      expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
    }
  });
});
