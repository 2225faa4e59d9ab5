import { describe, expect, test } from 'vitest';
import { flat, open, refusal } from './support.ts';

const lines = (...records: unknown[]): string => records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n') + '\n';

describe('layouts', () => {
  const plain = { steps: [5, 6], values: [1, 2, 3, 4, 5, 6, 7, 8] };
  test.each([
    ['nested arrays under a usual name', lines({ step: 5, counts: [[1, 2], [3, 4]] }, { step: 6, counts: [[5, 6], [7, 8]] })],
    ['nested arrays under any name', lines({ iteration: 5, whatever: [[1, 2], [3, 4]] }, { iteration: 6, whatever: [[5, 6], [7, 8]] })],
    ['nested arrays inside objects', lines({ step: 5, moe: { stats: { counts: [[1, 2], [3, 4]] } } }, { step: 6, moe: { stats: { counts: [[5, 6], [7, 8]] } } })],
    ['flat keys', lines({ _step: 5, 'moe/layer0/expert0': 1, 'moe/layer0/expert1': 2, 'moe/layer1/expert0': 3, 'moe/layer1/expert1': 4 }, { _step: 6, 'moe/layer0/expert0': 5, 'moe/layer0/expert1': 6, 'moe/layer1/expert0': 7, 'moe/layer1/expert1': 8 })],
    ['an array a layer', lines({ step: 5, layer_0: [1, 2], layer_1: [3, 4] }, { step: 6, layer_0: [5, 6], layer_1: [7, 8] })],
    ['nested objects', lines({ step: 5, layer0: { expert0: 1, expert1: 2 }, layer1: { expert0: 3, expert1: 4 } }, { step: 6, layer0: { expert0: 5, expert1: 6 }, layer1: { expert0: 7, expert1: 8 } })],
    ['a record a step and layer', lines({ step: 5, layer: 0, load: [1, 2] }, { step: 5, layer: 1, load: [3, 4] }, { step: 6, layer: 0, load: [5, 6] }, { step: 6, layer: 1, load: [7, 8] })],
    [
      'Megatron’s micro-batches, summed',
      lines(
        { iter: 5, block: 'decoder', layer: 0, tpe: [[1, 0], [0, 2]] }, { iter: 5, block: 'decoder', layer: 1, tpe: [[1, 3], [2, 1]] },
        { iter: 6, block: 'decoder', layer: 0, tpe: [[4, 6], [1, 0]] }, { iter: 6, block: 'decoder', layer: 1, tpe: [[7, 8]] },
      ),
    ],
    ['records in other lines', lines({ step: 4, lr: 0.1 }, { step: 5, counts: [[1, 2], [3, 4]] }, { step: 5, val_loss: 2 }, { step: 6, counts: [[5, 6], [7, 8]] })],
    ['one list of records', JSON.stringify({ model: 'x', load_history: [{ step: 5, logical_expert_load: [[1, 2], [3, 4]] }, { step: 6, logical_expert_load: [[5, 6], [7, 8]] }] })],
    ['a document over several lines', JSON.stringify([{ step: 5, counts: [[1, 2], [3, 4]] }, { step: 6, counts: [[5, 6], [7, 8]] }], null, 2)],
    ['one array with its steps', JSON.stringify({ steps: [5, 6], counts: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] })],
  ])('%s', async (_, text) => {
    const { trace } = await open(text, 'x.jsonl');
    expect({ steps: Array.from(trace.steps), values: flat(trace) }).toEqual(plain);
    expect(trace.layers).toHaveLength(2);
  });

  test('a bare array of steps, layers and experts', async () => {
    const { trace, notes } = await open('[[[1,2],[3,4]],\n [[5,6],[7,8]]]', 'x.json');
    expect(flat(trace)).toEqual(plain.values);
    expect(notes.join()).toContain('no step numbers');
  });

  test('layers keep the names of their blocks', async () => {
    const { trace } = await open(lines({ iter: 1, block: 'decoder', layer: 10, tpe: [[1, 2]] }, { iter: 1, block: 'decoder', layer: 2, tpe: [[3, 4]] }, { iter: 1, block: 'mtp', mtp_idx: 0, layer: 2, tpe: [[5, 6]] }), 'rank0.jsonl');
    expect(trace.layers.map((layer) => layer.name)).toEqual(['decoder 2', 'decoder 10', 'mtp 0 layer 2']);
  });

  test('losses are picked up, and Python’s NaN is no error', async () => {
    const { trace } = await open(lines('{"step": 0, "loss": NaN, "counts": [[1, 2]]}', { step: 1, loss: 2.5, counts: [[3, 4]] }), 'x.jsonl');
    expect(Array.from(trace.loss ?? [])).toEqual([NaN, 2.5]);
  });

  test('of two fields it asks', async () => {
    const text = lines({ step: 0, a: [[1, 2]], b: [[3, 4]] });
    const { questions } = await open(text, 'x.jsonl');
    expect(questions).toContainEqual(expect.objectContaining({ id: 'field', value: 'a', ambiguous: true }));
    expect(flat((await open(text, 'x.jsonl', { field: 'b' })).trace)).toEqual([3, 4]);
  });

  test('layers may have unequal numbers of experts', async () => {
    const { trace } = await open(lines({ step: 0, counts: [[1, 2, 3], [4, 5]] }, { step: 1, counts: [[1, 2, 3], [4, 5]] }), 'x.jsonl');
    expect(trace.layers.map((layer) => layer.experts)).toEqual([3, 2]);
  });
});

describe('wrong content', () => {
  test.each([
    ['a negative count', lines({ step: 0, counts: [[1, 2]] }, { step: 1, counts: [[1, -2]] }), 'x.jsonl line 2: -2 is not a count: it is negative (counts[0][1])'],
    ['a word', lines({ step: 0, counts: [[1, 2]] }, { step: 1, counts: [[1, 'x']] }), 'x.jsonl line 2: "x" is not a count (counts[0][1])'],
    ['ragged rows', lines({ step: 0, counts: [[1, 2]] }, { step: 1, counts: [[1, 2, 3]] }), 'x.jsonl line 2: counts[0] has 3 experts, before it had 2'],
    ['a missing step', lines({ step: 0, counts: [[1, 2]] }, { counts: [[1, 2]] }), 'x.jsonl line 2: the step is missing (step)'],
    ['a cut line', `${lines({ step: 0, counts: [[1, 2]] }, { step: 1, counts: [[1, 2]] })}{"step": 2, "cou`, 'x.jsonl line 3: it is not valid JSON'],
    ['a cut document', '{"counts": [[[1, 2], [3, 4]],\n [[5, 6]', 'x.jsonl: it is not valid JSON'],
    ['no loads', lines({ step: 0, lr: 1 }, { step: 1, lr: 1 }), 'x.jsonl: no record holds expert loads'],
  ])('%s', async (_, text, message) => {
    const error = await refusal(text, 'x.jsonl');
    expect(error.message.slice(0, message.length)).toBe(message);
    expect(error.code).toBe('bad-input');
  });

  test('keys of a hostile file are no more than keys', async () => {
    const { trace } = await open('{"step":0,"__proto__":{"expert0":9},"constructor":{"x":1},"expert0":1,"expert1":2}\n', 'x.jsonl');
    expect(flat(trace)).toEqual([1, 2]);
    expect(({} as Record<string, unknown>).expert0).toBeUndefined();
  });
});

test('lists without experts are refused', async () => {
  expect((await refusal(lines({ step: 0, counts: [] }, { step: 1, counts: [] }), 'x.jsonl')).message).toBe('x.jsonl: layer 0 has no experts');
});

describe('routing traces', () => {
  test('which experts tokens were sent to is counted, over all records of a step and layer', async () => {
    const lines = [
      { step: 10, layer: 0, top_indices: [[0, 1], [1, 2], [1, 3]] }, { step: 10, layer: 1, top_indices: [[3, 2]] },
      // Another rank, or another micro-batch; a dropped token.
      { step: 10, layer: 0, top_indices: [[1, -1]] }, { step: 11, layer: 0, top_indices: [[0, 0]] }, { step: 11, layer: 1, top_indices: [[3, 3]] },
    ];
    const { trace, notes, repeatedSteps } = await open(lines.map((line) => JSON.stringify(line)).join('\n'), 'routing.jsonl');
    expect(flat(trace)).toEqual([1, 4, 1, 1, 0, 0, 1, 1, 2, 0, 0, 0, 0, 0, 0, 2]);
    expect(trace.kind).toBe('counts');
    expect(Array.from(trace.steps)).toEqual([10, 11]);
    expect(repeatedSteps ?? 0).toBe(0);
    expect(notes).toEqual(expect.arrayContaining(['the experts that tokens were sent to are counted', '1 choice of no expert (-1) is left out']));
  });

  test('with all layers in a record, too', async () => {
    const { trace } = await open(JSON.stringify([{ step: 0, selected_experts: [[[0], [1]], [[1], [1]]] }, { step: 1, selected_experts: [[[1], [1]], [[0], [0]]] }]), 'routing.json');
    expect(flat(trace)).toEqual([1, 1, 0, 2, 0, 2, 2, 0]);
  });

  test('what is no expert’s number is an error', async () => {
    expect((await refusal(JSON.stringify({ step: 0, layer: 0, top_indices: [[0, 1.5]] }), 'routing.jsonl')).message).toContain('1.5 is not an expert\'s number (top_indices)');
  });
});

describe('layers by name', () => {
  test('in a document, each with an array of steps', async () => {
    const { trace } = await open(JSON.stringify({ layer0: [[1, 2], [3, 4], [5, 6]], layer1: [[7, 8, 9], [0, 1, 2], [3, 4, 5]] }), 'layers.json');
    expect(trace.layers.map(({ name, experts }) => [name, experts])).toEqual([['0', 2], ['1', 3]]);
    expect(Array.from(trace.layers[1].values)).toEqual([7, 8, 9, 0, 1, 2, 3, 4, 5]);
    expect(trace.steps.length).toBe(3);
  });

  test('of unequal numbers of steps are refused', async () => {
    expect((await refusal(JSON.stringify({ layer0: [[1, 2], [3, 4]], layer1: [[7, 8]] }), 'layers.json')).message).toContain('layer1 has 1 step, layer0 has 2');
  });

  test('in a record of a step, each with its micro-batches', async () => {
    const { trace, notes } = await open('{"step":5,"layer0":[[1,2],[3,4]],"layer1":[[5,6],[7,8]]}\n{"step":6,"layer0":[[0,1],[0,1]],"layer1":[[1,0],[1,0]]}', 'layers.jsonl');
    expect(flat(trace)).toEqual([4, 6, 12, 14, 0, 2, 2, 0]);
    expect(notes).toContain('the micro-batches of a step are summed');
  });
});

test.each([['objects', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)], ['arrays', '[['.repeat(50_000) + '1' + ']]'.repeat(50_000)]])('%s nested without end are refused', async (_, text) => {
  const error = await refusal(text, 'deep.json');
  expect(['bad-input', 'unknown-format']).toContain(error.code);
});
