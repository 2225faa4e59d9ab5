/** Several files at once: what belongs together is one trace, of anything else one file is asked for. */
import { zipSync, gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { openTraces } from '../../../src/trace/read/open.ts';
import { nameOfFiles } from '../../../src/trace/together/name-of-files.ts';
import type { Mapping, ReadOptions, ReadResult } from '../../../src/trace/read/reader.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, expectedCounts, fixture, flat, open } from './support.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

function together(files: Files, mapping?: Mapping, options: ReadOptions = {}): Promise<ReadResult> {
  const sources = Object.entries(files).map(([name, content]) => bytesSource(typeof content === 'string' ? bytesOf(content) : content, name));
  return openTraces(sources, 'run', { ...options, mapping });
}

async function refusalOf(files: Files, mapping?: Mapping): Promise<GatecastError> {
  const error = await together(files, mapping).then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(GatecastError);
  return error as GatecastError;
}

const counts = expectedCounts();

/** Counts of the fixture: `[300][3][8]`. */
function countsOf(step: number, layer: number, from = 0, to = 8): number[] {
  return Array.from(counts.subarray((step * 3 + layer) * 8 + from, (step * 3 + layer) * 8 + to));
}

/** A rank's file of Megatron-LM: each load halved into two micro-batches. */
function rankFile(load: (step: number, layer: number) => number[], steps = 300, firstStep = 0): string {
  const lines: string[] = [];
  for (let step = firstStep; step < steps; step++) {
    for (let layer = 0; layer < 3; layer++) {
      const loads = load(step, layer);
      const half = loads.map((value) => Math.floor(value / 2));
      lines.push(JSON.stringify({ iter: step, block: 'decoder', layer, tpe: [half, loads.map((value, i) => value - half[i])] }));
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('the ranks of Megatron-LM', () => {
  const local = (rank: number) => (step: number, layer: number): number[] => countsOf(step, layer, rank * 2, rank * 2 + 2);

  test('that hold different experts are put side by side, rank 10 after rank 2', async () => {
    const names = [2, 10, 0, 1];
    const files = Object.fromEntries(names.map((name) => [`tokens_per_expert/rank${name}.jsonl`, rankFile(local([0, 1, 2, 10].indexOf(name)))]));
    const { trace, questions } = await together(files);
    expect(flat(trace)).toEqual(Array.from(counts));
    expect(trace.layers.map(({ name }) => name)).toEqual(['decoder 0', 'decoder 1', 'decoder 2']);
    expect(questions).toMatchObject([{ id: 'ranks', value: '4', ambiguous: false }]);
    expect(trace.fingerprint).toBe((await open(fixture('long.csv'), 'x.csv')).trace.fingerprint);
  });

  test('that hold all experts are summed, since each routes the same number of tokens', async () => {
    // Every rank routes the same total: its tokens are the fixture's, experts turned by the rank.
    const turned = (by: number) => (step: number, layer: number): number[] => countsOf(step, layer).map((_, i, all) => all[(i + by) % 8]);
    const { trace, questions } = await together({ 'rank0.jsonl': rankFile(turned(0)), 'rank1.jsonl': rankFile(turned(3)) });
    expect(questions).toMatchObject([{ id: 'ranks', value: '1', ambiguous: false }]);
    expect(flat(trace).slice(0, 8)).toEqual(countsOf(0, 0).map((load, i, all) => load + all[(i + 3) % 8]));
  });

  test('both ways at once: two groups of two', async () => {
    const half = (rank: number) => (step: number, layer: number): number[] => countsOf(step, layer, (rank % 2) * 4, (rank % 2) * 4 + 4);
    const files = Object.fromEntries([0, 1, 2, 3].map((rank) => [`rank${rank}.jsonl`, rankFile(half(rank), 20)]));
    const { trace, questions } = await together(files);
    expect(questions).toMatchObject([{ id: 'ranks', value: '2', ambiguous: false }]);
    expect(flat(trace)).toEqual(Array.from(counts.subarray(0, 20 * 24), (load) => 2 * load));
    // The person knows better.
    const all = await together(files, { ranks: '4' });
    expect(all.trace.layers.map(({ experts }) => experts)).toEqual([16, 16, 16]);
  });

  test('of several pipeline stages hold different layers', async () => {
    const stage = (layers: readonly number[], rank: number) => rankFile(local(rank), 5).split('\n').filter((line) => line !== '' && layers.includes((JSON.parse(line) as { layer: number }).layer)).join('\n');
    const { trace } = await together(Object.fromEntries([0, 1, 2, 3].flatMap((rank) => [[`rank${rank}.jsonl`, stage([0], rank)], [`rank${rank + 4}.jsonl`, stage([1, 2], rank)]])));
    expect(flat(trace)).toEqual(Array.from(counts.subarray(0, 5 * 24)));
  });

  test('that ended at different steps keep those that all have', async () => {
    const { trace, notes } = await together({ 'rank0.jsonl': rankFile((s, l) => countsOf(s, l, 0, 4), 10), 'rank1.jsonl': gzipSync(bytesOf(rankFile((s, l) => countsOf(s, l, 4, 8), 8))), 'notes.md': 'nothing' }, { ranks: '2' });
    expect(flat(trace)).toEqual(Array.from(counts.subarray(0, 8 * 24)));
    expect(notes).toContain('2 steps that some rank lacks are left out');
  });

  test('a broken line is told with its file', async () => {
    expect((await refusalOf({ 'rank0.jsonl': rankFile(local(0), 5), 'rank1.jsonl': rankFile(local(1), 5).replace(/\d+\]\]/, '-3]]') })).message).toContain('rank1.jsonl line 1: -3 is not a count: it is negative');
  });
});

describe('several blocks of a model', () => {
  /** Ranks of two pipeline stages: the decoder's first layers on rank 0, its last one and the others' on rank 1. */
  const line = (block: string, layer: number, more: object = {}): string => [0, 1].map((iter) => JSON.stringify({ iter, block, layer, tpe: [[10 * layer + iter, 2]], ...more })).join('\n');
  const files = {
    'rank0.jsonl': [line('decoder', 2), line('decoder', 10)].join('\n'),
    'rank1.jsonl': [line('mtp', 0, { mtp_idx: 0 }), line('mtp', 0, { mtp_idx: 1 }), line('encoder', 3), line('decoder', 11)].join('\n'),
  };
  const namesOf = ({ trace }: ReadResult): string[] => trace.layers.map(({ name }) => name);
  const whole = ['encoder 3', 'decoder 2', 'decoder 10', 'decoder 11', 'mtp 0 layer 0', 'mtp 1 layer 0'];

  test('come in the order of the model, and may be left out', async () => {
    const result = await together(files);
    expect(namesOf(result)).toEqual(whole);
    expect(result.notes).toContain('its layers are of 3 blocks: encoder (1 layer), decoder (3 layers), mtp (2 layers)');
    expect(result.questions.find(({ id }) => id === 'blocks')).toMatchObject({ label: 'Which blocks?', value: 'all', ambiguous: false });
    expect(result.questions.find(({ id }) => id === 'blocks')?.options.map(({ label }) => label))
      .toEqual(['all: encoder, decoder, mtp', 'encoder only', 'decoder only', 'mtp only', 'all without encoder', 'all without decoder', 'all without mtp']);
    const decoder = await together(files, { blocks: 'only decoder' });
    expect(namesOf(decoder)).toEqual(whole.slice(1, 4));
    expect(flat(decoder.trace)).toEqual([20, 2, 100, 2, 110, 2, 21, 2, 101, 2, 111, 2]);
    expect(decoder.notes).toContain('its layers are of 3 blocks: encoder (1 layer), decoder (3 layers), mtp (2 layers); encoder, mtp are left out');
    expect(decoder.trace.fingerprint).not.toBe(result.trace.fingerprint);
    expect(namesOf(await together(files, { blocks: 'without mtp' }))).toEqual(whole.slice(0, 4));
  });

  test('in one file too; of two blocks each is offered alone', async () => {
    const text = [line('mtp', 0), line('decoder', 1), line('decoder', 0)].join('\n');
    const result = await open(text, 'rank0.jsonl');
    expect(namesOf(result)).toEqual(['decoder 0', 'decoder 1', 'mtp 0']);
    expect(result.questions.find(({ id }) => id === 'blocks')?.options.map(({ value }) => value)).toEqual(['all', 'only decoder', 'only mtp']);
    const kept = await open(text, 'rank0.jsonl', { blocks: 'only decoder' });
    const alone = await open([line('decoder', 1), line('decoder', 0)].join('\n'), 'rank0.jsonl');
    expect(kept.trace.fingerprint).toBe(alone.trace.fingerprint);
    expect(alone.questions).toEqual([]);
  });

  test('are told from the names of layers in a table too, and not from numbers', async () => {
    const rows = (names: readonly string[]): string => ['step,layer,expert,count', ...names.flatMap((name) => [0, 1].map((expert) => `0,${name},${expert},5`))].join('\n');
    const named = await open(rows(['decoder.layers.0', 'decoder.layers.1', 'encoder.layers.0']), 'x.csv');
    expect(named.notes).toContain('its layers are of 2 blocks: encoder.layers (1 layer), decoder.layers (2 layers)');
    const others = [['0', '1'], ['layer 0', 'layer 1'], ['first', 'second'], ['decoder 0', '1']];
    const asked = await Promise.all(others.map(async (names) => (await open(rows(names), 'x.csv')).questions.some(({ id }) => id === 'blocks')));
    expect(asked).toEqual([false, false, false, false]);
  });
});

/** TensorRT-LLM's statistics: an int64 array of all experts an iteration and layer. */
function statistics(load: (step: number, layer: number) => number[], steps: readonly number[]): Uint8Array {
  const header: Record<string, object> = {};
  const data: number[] = [];
  for (const step of steps) {
    for (const layer of [0, 1, 2]) {
      const loads = load(step, layer);
      header[`${step}_${layer}`] = { dtype: 'I64', shape: [loads.length], data_offsets: [data.length * 8, (data.length + loads.length) * 8] };
      data.push(...loads);
    }
  }
  const text = bytesOf(JSON.stringify(header));
  return Uint8Array.from([...new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer), ...text, ...new Uint8Array(BigInt64Array.from(data, BigInt).buffer)]);
}

describe('the ranks of TensorRT-LLM', () => {
  const part = (rank: number) => (step: number, layer: number): number[] => countsOf(step, layer).map((load) => (rank === 0 ? Math.floor(load / 3) : load - Math.floor(load / 3)));
  const whole = [0, 10, 20, 100].flatMap((step) => [0, 1, 2].flatMap((layer) => countsOf(step, layer)));

  test('are summed: each counts its own tokens for all experts', async () => {
    const files = { 'run/rank1.safetensors': statistics(part(1), [0, 10, 20, 100]), 'run/rank0.safetensors': statistics(part(0), [100, 20, 10, 0]), 'run/meta_info.json': '{"num_experts": 8, "num_experts_per_token": 2}' };
    const { trace, questions, notes } = await together(files);
    expect([...trace.steps]).toEqual([0, 10, 20, 100]);
    expect(flat(trace)).toEqual(whole);
    expect(trace).toMatchObject({ name: 'run', kind: 'counts', format: 'TensorRT-LLM, 2 ranks' });
    expect(questions.find(({ id }) => id === 'ranks')).toMatchObject({ value: '1', ambiguous: false });
    expect(questions.every(({ ambiguous }) => !ambiguous)).toBe(true);
    expect(notes).toEqual(['1 other file was left alone']);
    // The person knows better.
    expect((await together(files, { ranks: '2' })).trace.layers.map(({ experts }) => experts)).toEqual([16, 16, 16]);
  });

  test('that hold copies of the same loads are one, not their sum', async () => {
    const files = Object.fromEntries([0, 1, 2, 3].map((rank) => [`rank${rank}.safetensors`, statistics(countsOf, [0, 10, 20, 100])]));
    const { trace, questions } = await together(files);
    expect(flat(trace)).toEqual(whole);
    expect(questions).toMatchObject([{ id: 'ranks', value: 'same', ambiguous: false, options: [{ value: '1' }, { value: '2' }, { value: '4' }, { value: 'same', label: 'each rank has the same loads; one is kept' }] }]);
    expect(flat((await together(files, { ranks: '1' })).trace)).toEqual(whole.map((load) => 4 * load));
  });

  test('that lack steps, and a file that is cut off', async () => {
    const files = { 'rank0.safetensors': statistics(part(0), [0, 10, 20]), 'rank1.safetensors': statistics(part(1), [10, 20, 30]) };
    const { trace, notes } = await together(files);
    expect([...trace.steps]).toEqual([10, 20]);
    expect(notes).toContain('2 steps that some rank lacks are left out');
    const error = await refusalOf({ ...files, 'rank1.safetensors': files['rank1.safetensors'].slice(0, -100) });
    expect(error.message).toMatch(/^rank1\.safetensors, 30_\d: its bytes \d+ to \d+ do not lie in the file/);
  });
});

describe('the recordings of SGLang', () => {
  const recordings = (times: readonly string[]): Files => Object.fromEntries(times.map((time) => [`run/expert_distribution_recorder_${time}.pt`, fixture(`torch/sglang/expert_distribution_recorder_${time}.pt`)]));
  const loads = Array.from({ length: 36 }, (_, i) => 7 * Math.floor(i / 6) + 3 * (Math.floor(i / 3) % 2) + (i % 3));
  const axes = { axes: 'steps,layers,experts' };

  test('of one rank follow one another by their times, 1000.25 before 1000.5', async () => {
    const { trace, notes, questions } = await together(recordings(['1000.5', '1000.25']), axes);
    expect(flat(trace)).toEqual(loads);
    expect([...trace.steps]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(trace.name).toBe('run');
    expect(notes).toContain('the steps of 2 recordings of a rank follow one another by their times');
    expect(questions.map(({ id }) => id)).toEqual(['axes']);
  });

  test('of several ranks are summed', async () => {
    const { trace, questions } = await together(recordings(['1000.51', '1000.5', '1000.25', '1000.26']), axes);
    expect(flat(trace)).toEqual(loads.map((load) => 2 * load + 100));
    expect(trace.format).toBe('SGLang, 2 ranks');
    expect(questions.find(({ id }) => id === 'ranks')).toMatchObject({ value: '1', ambiguous: false });
    expect((await together(recordings(['1000.51', '1000.5', '1000.25', '1000.26']), { ...axes, ranks: '2' })).trace.layers.map(({ experts }) => experts)).toEqual([6, 6]);
  });

  test('a broken one is told with its name', async () => {
    const files = recordings(['1000.5', '1000.25']);
    const [broken] = Object.keys(files);
    expect((await refusalOf({ ...files, [broken]: (files[broken] as Uint8Array).slice(0, 700) }, axes)).message).toContain('expert_distribution_recorder_1000.5.pt');
  });
});

describe('the tables of FastMoE', () => {
  const table = (step: number, part: (load: number) => number): string =>
    [0, 1, 2].map((layer) => `${layer}:[[${countsOf(step, layer).map((load) => `${part(load)}.0`).join(', ')}], [${countsOf(step, layer).map(() => '1.0').join(', ')}]]`).join('\n');
  const files = (steps: readonly number[]): Record<string, string> => Object.fromEntries(steps.flatMap((step) => [
    [`log/table_iter${step * 10}_rank0.log`, table(step, (load) => Math.floor(load / 2))],
    [`log/table_iter${step * 10}_rank1.log`, table(step, (load) => Math.ceil(load / 2))],
  ]));

  test('are summed over ranks and micro-batches, a step an iteration', async () => {
    const { trace, notes } = await together(files([0, 1, 2, 10]));
    expect([...trace.steps]).toEqual([0, 10, 20, 100]);
    expect(trace.kind).toBe('counts');
    expect(flat(trace)).toEqual([0, 1, 2, 10].flatMap((step) => [0, 1, 2].flatMap((layer) => countsOf(step, layer).map((load) => load + 2))));
    expect(notes).toContain('the loads of 2 ranks and of the micro-batches are summed');
  });

  test('an iteration that lacks a rank is left out', async () => {
    const all = files([0, 1, 2]);
    delete all['log/table_iter20_rank1.log'];
    const { trace, notes } = await together(all);
    expect([...trace.steps]).toEqual([0, 10]);
    expect(notes.join()).toContain('1 iteration without the tables of all 2 ranks is left out');
  });

  test('one table alone is a trace of one step', async () => {
    const { trace } = await open('0:[[1.0, 2.0], [3.0, 4.0]]\n1:[[5.0, 6.0]]\n', 'table_iter70_rank0.log');
    expect([...trace.steps]).toEqual([70]);
    expect(flat(trace)).toEqual([4, 6, 5, 6]);
  });

  test.each([['0:[[1.0, -2.0]]', '-2 is not a count (expert 1)'], ['nonsense', 'it is not "layer:[[loads], …]"'], ['0:[[1.0], [1.0, 2.0]]', 'it has 2 experts, before there were 1'], ['0:[[NaN]]', 'null is not a count']])('%s is refused', async (line, message) => {
    const error = await refusalOf({ 'table_iter0_rank0.log': line, 'table_iter1_rank0.log': '0:[[1.0, 2.0]]' });
    expect(error.message).toContain('table_iter0_rank0.log line 1');
    expect(error.message).toContain(message);
  });
});

describe('logs that continue one another', () => {
  const head = 'step,expert_0,expert_1\n';
  test('are one trace; after a restart the later file counts', async () => {
    const { trace, notes, questions } = await together({ 'b.csv': `${head}2,50,60\n3,7,8\n`, 'a.csv': `${head}0,1,2\n1,3,4\n2,5,6\n` });
    expect(flat(trace)).toEqual([1, 2, 3, 4, 50, 60, 7, 8]);
    expect(trace.name).toBe('run');
    expect(notes.join()).toContain('restarted from step 2: the later file counts from there');
    expect(questions.find(({ id }) => id === 'files')).toMatchObject({ value: 'continued', ambiguous: false });
  });

  test('in a zip archive too, packed and of thousands of lines', async () => {
    const lines = new TextDecoder().decode(fixture('wide.csv')).trimEnd().split('\n');
    const part = (from: number, to: number): Uint8Array => gzipSync(bytesOf([lines[0], ...lines.slice(from, to)].join('\n')));
    const { trace } = await open(zipSync({ 'part2.csv.gz': part(151, 301), 'part1.csv.gz': part(1, 151) }), 'parts.zip');
    expect(flat(trace)).toEqual(Array.from(counts));
  });

  test('that begin at the same step are runs side by side: one is asked for', async () => {
    const files = { 'a.csv': `${head}0,1,2\n`, 'b.csv': `${head}0,3,4\n1,3,4\n` };
    const { trace, questions, notes } = await together(files);
    expect(questions.find(({ id }) => id === 'files')).toMatchObject({ value: 'b.csv', ambiguous: true, options: [{ value: 'b.csv' }, { value: 'a.csv' }, { value: 'continued' }] });
    expect(flat(trace)).toEqual([3, 4, 3, 4]);
    expect(notes).toContain('1 other file was left alone');
    expect(flat((await together(files, { files: 'a.csv' })).trace)).toEqual([1, 2]);
  });
});

describe('what a trace of several files is called', () => {
  test.each([
    [['long.csv'], 'long.csv'],
    [['run1/tokens_per_expert/rank0.jsonl', 'run1/tokens_per_expert/rank1.jsonl'], 'run1'],
    [['log-part1.csv', 'log-part2.csv'], 'log-part'],
    [['events.out.tfevents.17.a', 'events.out.tfevents.18.a'], 'events.out.tfevents'],
    [['a.csv', 'b.csv'], '2 files'],
    [['one/a.csv', 'two/a.csv'], '2 files'],
  ])('%j: %s', (paths, name) => expect(nameOfFiles(paths)).toBe(name));
});

describe('anything else', () => {
  test('several unlike traces: the largest is read, and the others are offered', async () => {
    const files = { 'small.csv': 'step,expert_0,expert_1\n0,1,2\n', 'counts_i32.npy': fixture('counts_i32.npy'), 'readme.md': 'about' };
    const { trace, questions } = await together(files);
    expect(questions[0]).toMatchObject({ id: 'files', value: 'counts_i32.npy', ambiguous: true });
    expect(flat(trace)).toEqual(Array.from(counts));
    expect(flat((await together(files, { files: 'small.csv' })).trace)).toEqual([1, 2]);
  });

  test('one trace among other files is read without a question', async () => {
    const { trace, questions } = await together({ 'run/loads.csv': fixture('long.csv'), 'run/readme.md': 'about', 'run/empty.log': '' });
    expect(flat(trace)).toEqual(Array.from(counts));
    expect(questions.filter(({ ambiguous }) => ambiguous)).toEqual([]);
  });

  test('no trace at all is an error that names the files', async () => {
    expect((await refusalOf({ 'a.md': 'one', 'b.bin': Uint8Array.of(1, 0, 2) })).message).toBe('run: none of its 2 files can be read as a trace: a.md, b.bin');
  });

  test('files that systems put into folders are passed over', async () => {
    const { trace, questions } = await together({ 'run/.DS_Store': 'x', 'run/wide.csv': fixture('wide.csv') });
    expect(flat(trace)).toEqual(Array.from(counts));
    expect(questions.some(({ id }) => id === 'files')).toBe(false);
    expect((await refusalOf({ 'run/.DS_Store': 'x', 'run/.hidden': 'x' })).message).toBe('run: there is no file in it');
  });

  test('progress of packed files that continue one another never goes back', async () => {
    const done: number[] = [];
    const part = (step: number): Uint8Array => gzipSync(bytesOf(`step,expert_0,expert_1\n${step},1,2\n`));
    const files = { 'a.csv.gz': part(0), 'b.csv.gz': part(1) };
    await together(files, undefined, { onProgress: (progress) => done.push(progress.done) });
    expect(done.length).toBeGreaterThan(2);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(files['a.csv.gz'].length + files['b.csv.gz'].length);
  });

  test('progress goes over the bytes of all ranks, first to look into them, then to read them', async () => {
    const files = { 'rank0.jsonl': rankFile((s, l) => countsOf(s, l, 0, 4)), 'rank1.jsonl': rankFile((s, l) => countsOf(s, l, 4, 8)) };
    const done: Record<string, number[]> = {};
    const total = Object.values(files).reduce((sum, text) => sum + text.length, 0);
    await together(files, undefined, { onProgress: (progress) => {
      expect(progress).toMatchObject({ total, unit: 'bytes' });
      (done[progress.label] ??= []).push(progress.done);
    } });
    expect(Object.keys(done)).toEqual(['looking into run', 'reading run']);
    for (const one of Object.values(done)) {
      expect(one).toEqual([...one].sort((a, b) => a - b));
      expect(one.at(-1)).toBe(total);
    }
  });
});
