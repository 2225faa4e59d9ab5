/** One JSON document of any size is read while it comes. */
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { hash } from '../../../src/random.ts';
import { JsonFault, parseJson } from '../../../src/trace/formats/json/parse.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import type { Mapping, ReadResult, Source } from '../../../src/trace/read/reader.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { mutated } from './mutate.ts';
import { bytesOf, choppedSource, flat, open, refusal } from './support.ts';

const steps = 3000;
const load = (step: number, layer: number, expert: number): number => (step * 7919 + layer * 104_729 + expert * 1299) % 90_000;
const at = (step: number): number[][] => [0, 1].map((layer) => [0, 1, 2].map((expert) => load(step, layer, expert)));
const all = Array.from({ length: steps }, (_, step) => at(step));
const numbers = all.map((_, step) => step * 10);
const values = all.flat(2);

/** Text between that makes a document larger than what is looked at before its layout is decided. */
const filler = 'x'.repeat(1_300_000);

function inPieces(text: string, name: string, size: number, mapping?: Mapping): Promise<ReadResult> {
  return openTrace(choppedSource(bytesOf(text), name, size), { mapping });
}

describe('layouts, when their end has not come yet', () => {
  const layer = (l: number): number[][] => all.map((step) => step[l]);
  const withSteps: readonly [string, unknown][] = [
    ['a list of records', { load_history: all.map((loads, step) => ({ step: step * 10, note: 'x'.repeat(400), logical_expert_load: loads })) }],
    ['a list in objects', { run: { model: { name: 'x' }, load_history: all.map((loads, step) => ({ step: step * 10, note: 'x'.repeat(400), logical_expert_load: loads })) } }],
    ['a list after other things', { config: { text: filler, sizes: [1, 2, 3] }, load_history: all.map((loads, step) => ({ step: step * 10, logical_expert_load: loads })) }],
    ['a list of long records', { load_history: all.flatMap((loads, step) => loads.flatMap((own, l) => own.map((count, expert) => ({ step: step * 10, layer: l, expert, count, text: 'x'.repeat(50) })))) }],
    ['an array of steps and its numbers', { counts: all, text: filler, step: numbers }],
    ['its numbers first', { steps: numbers, text: filler, stats: { counts: all } }],
    ['layers by name', { layer0: layer(0), text: filler, layer1: layer(1), iteration: numbers }],
    ['a column an expert', Object.fromEntries([...[0, 1].flatMap((l) => [0, 1, 2].map((e): [string, unknown] => [`layer${l}_expert${e}`, all.map((step) => step[l][e])])), ['text', filler], ['step', numbers]])],
    ['a document over several lines', { counts: all.map((step) => step.map((loads) => [...loads])), text: filler, step: numbers }],
  ];
  test.each(withSteps)('%s', async (name, document) => {
    const text = JSON.stringify(document, null, name.includes('lines') ? 1 : 0);
    expect(text.length).toBeGreaterThan(1 << 20);
    for (const size of [64 << 10, 10_007]) {
      const { trace } = await inPieces(text, 'x.json', size);
      expect(flat(trace)).toEqual(values);
      expect(Array.from(trace.steps)).toEqual(numbers);
      expect(trace.layers.map((one) => one.name)).toEqual(['0', '1']);
    }
  });

  test('a bare array', async () => {
    const many = [...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all];
    const { trace, notes } = await inPieces(JSON.stringify(many), 'x.json', 64 << 10);
    expect(trace.steps.length).toBe(10 * steps);
    expect(flat(trace).slice(-values.length)).toEqual(values);
    expect(notes.join()).toContain('no step numbers');
  });

  test('rows of one layer', async () => {
    const rows = all.flatMap((step) => step).map((own) => [...own, ...own, ...own, ...own, ...own, ...own, ...own, ...own, ...own, ...own, ...own]);
    const { trace } = await inPieces(JSON.stringify({ loads: rows, text: filler, steps: rows.map((_, i) => i) }), 'x.json', 64 << 10);
    expect(trace.layers.map((one) => one.experts)).toEqual([33]);
    expect(trace.steps.length).toBe(rows.length);
  });
});

describe('any pieces', () => {
  const documents: readonly string[] = [
    '{"load_history": [{"step": 5, "a\\"]": "}\\\\", "counts": [[1, 2], [3, 4]]}, {"step": 6, "counts": [[5, 6], [7, 8]]}]}',
    '\uFEFF { "text" : "é[{\\"" , "counts" : [ [ [1,2] , [3,4] ] , [ [5 , 6],[7,8 ] ] ] , "steps" : [ 5 , 6 ] , "n" : -1.5e3 } ',
    '{"layer0":[[1,2],[5,6]],"steps":[5,6],"layer1":[[3,4],[7,8]]}',
    '[{"step":5,"counts":[[1,2],[3,4]]},\n{"step":6,"counts":[[5,6],[7,8]]}\n]',
    '{\n"step": 5, "counts": [[1,2],[3,4]]}\n{\n"step": 6, "counts": [[5,6],[7,8]]}',
  ];
  test.each(documents)('%s', async (text) => {
    for (const size of [1, 2, 3, 5, 17, 1000]) {
      const { trace } = await inPieces(text, 'x.json', size);
      expect({ steps: Array.from(trace.steps), values: flat(trace) }).toEqual({ steps: [5, 6], values: [1, 2, 3, 4, 5, 6, 7, 8] });
    }
  });
});

test('what is passed over may be longer than what may be held', async () => {
  const before = bytesOf(`{"counts":[[[1,2],[3,4]]${',[[1,2],[3,4]]'.repeat(100_000)}],"text":"`);
  const spaces = new Uint8Array(1 << 20).fill(32);
  const pieces = [before, ...Array.from({ length: 300 }, () => spaces), bytesOf('","steps":[9]}')];
  const source: Source = {
    name: 'x.json',
    slice: (start, end) => Promise.resolve(before.subarray(start, end)),
    stream: () => new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift();
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
    }),
  };
  const { trace } = await openTrace(source);
  expect(trace.steps.length).toBe(100_001);
});

describe('questions', () => {
  const text = JSON.stringify({ train: [{ step: 1, counts: [[1, 2]] }, { step: 2, counts: [[1, 2]] }], lr: [{ at: 0, value: 1 }, { at: 1, value: 1 }, { at: 2, value: 2 }], valid: [{ step: 1, counts: [[3, 4]] }] });

  test('of several lists with loads it asks; the longest is the guess', async () => {
    const { trace, questions } = await open(text, 'x.json');
    expect(questions).toEqual([expect.objectContaining({ id: 'list', value: 'train', ambiguous: true, options: [expect.objectContaining({ value: 'train' }), expect.objectContaining({ value: 'valid' })] })]);
    expect(trace.steps.length).toBe(2);
    expect(flat((await open(text, 'x.json', { list: 'valid' })).trace)).toEqual([3, 4]);
  });

  test('a question that is asked while more of the document comes is asked once', async () => {
    const { questions } = await inPieces(JSON.stringify({ text: filler, a: [[[1, 2]], [[3, 4]]], b: [[[5, 6]], [[7, 8]]] }), 'x.json', 64 << 10);
    expect(questions.map(({ id }) => id)).toEqual(['field']);
  });
});

describe('wrong content', () => {
  const record = '{"step":0,"counts":[[1,2]]}';
  test.each([
    ['a cut document', `{"load_history":[${record},{"step":1,"counts":[[1,2`, 'x.json: it is not valid JSON (it ends inside an array or object: the file is cut off, byte '],
    ['a string without end', `{"counts":[[[1,2]]],"text":"abc`, 'x.json: it is not valid JSON (it ends inside'],
    ['something between', `{"load_history":[${record} ${record}]}`, 'x.json: it is not valid JSON ("{" where a comma or the end of an array should be, byte 45)'],
    ['a wrong bracket', '{"load_history":[{"counts":[[1,2]}]}', 'x.json: it is not valid JSON ("}" where a comma or the end of an array should be, byte 33)'],
    ['a key without value', '{"counts":[[[1,2]]],"x"}', 'x.json: it is not valid JSON ("}" where the colon after a key should be, byte 23)'],
    ['a comma too many', '{"counts":[[[1,2],]]}', 'x.json: it is not valid JSON ("]" where a value should be, byte 18)'],
    ['a number beyond all', '{"counts":[[[1,1e400]]]}', 'x.json: it is not valid JSON (the number 1e400 is too large, byte 15)'],
    ['a number that is none', '{"counts":[[[1,0x10]]]}', 'x.json: it is not valid JSON ("x10" where a comma or the end of an array should be, byte 16'],
    ['Infinity', '{"counts":[[[1,Infinity]]]}', 'x.json counts[0]: Infinity is not a count (counts[0][0][1])'],
    ['a key that comes twice', '{"step":1,"step":2,"counts":[[1,2]]}', 'x.json: it is not valid JSON (the key "step" comes twice in an object, byte 10)'],
    ['nothing but blanks', '  \n\n ', 'x.json'],
    ['ragged layers', '{"counts":[[[1,2],[3,4]],[[1,2],[3]]]}', 'x.json counts[1]: counts[1][1] has 1 expert, before it had 2'],
    ['a wrong step', '{"counts":[[[1,2]],[[1,2]]],"steps":[0,"x"]}', 'x.json steps[1]: "x" is not a training step'],
    ['layers of unequal length', '{"layer0":[[1,2],[3,4]],"layer1":[[7,8]]}', 'x.json: layer1 has 1 step, layer0 has 2'],
    ['a lonely number', '5', 'x.json'],
  ])('%s', async (_, text, message) => {
    const error = await refusal(text, 'x.json');
    expect(error.message).toContain(message);
    expect(['bad-input', 'unknown-format']).toContain(error.code);
    expect(error.remedy).toBeTruthy();
  });

  test('a list or an array that comes twice, after its layout was decided', async () => {
    const list = `"load_history":[${Array.from({ length: 50_000 }, () => record).join()}]`;
    expect((await refusal(`{${list},${list}}`, 'x.json')).message).toBe('x.json: load_history comes twice');
    const counts = `"counts":[${Array.from({ length: 150_000 }, () => '[[1,2]]').join()}]`;
    expect((await refusal(`{${counts},${counts}}`, 'x.json')).message).toBe('x.json: counts comes twice');
  });

  test('a fault far into a document is named by its byte', async () => {
    const text = `{"counts":[${Array.from({ length: 150_000 }, () => '[[1,2]]').join()},[[1,2}]]}`;
    expect((await refusal(choppedSource(bytesOf(text), 'x.json', 5000), 'x.json')).where).toBe(`x.json, byte ${text.indexOf('}')}`);
  });

  test('the first 20 problems are listed', async () => {
    const records = Array.from({ length: 50 }, (_, step) => ({ step, counts: [[1, step > 10 ? -1 : 1]] }));
    for (const text of [JSON.stringify(records), records.map((one) => JSON.stringify(one)).join('\n'), JSON.stringify({ counts: records.map(({ counts }) => counts) })]) {
      const { message } = await refusal(text, 'x.jsonl');
      expect(message.match(/-1 is not a count/g)).toHaveLength(20);
      expect(message).toContain('at least 19 more problems');
    }
  });
});

test('of lines that are no JSON the first 20 are listed, each with its column', async () => {
  const { message } = await refusal(Array.from({ length: 30 }, (_, step) => (step < 2 ? `{"step":${step},"counts":[[1,2]]}` : `{"step":${step},"counts":[[1,,2]]}`)).join('\n'), 'x.jsonl');
  expect(message).toContain('x.jsonl line 3: it is not valid JSON ("," where a value should be, column 24); and at least 19 more problems');
  expect(message.split('\n')).toHaveLength(20);
});

test('NaN is an empty load, a loss of Infinity is none', async () => {
  const { trace, notes } = await open('[{"step":0,"loss":Infinity,"counts":[[NaN,2]]},{"step":1,"loss":2,"counts":[[1,2]]}]', 'x.json');
  expect(flat(trace)).toEqual([0, 2, 1, 2]);
  expect(Array.from(trace.loss ?? [])).toEqual([NaN, 2]);
  expect(notes).toContain('1 empty load (null, NaN) read as 0');
});

describe('SGLang’s ring of rows', () => {
  const [a, b, c, none] = [[[1, 2], [3, 0]], [[4, 5], [6, 7]], [[8, 9], [1, 1]], [[0, 0], [0, 0]]];
  test.each([
    ['of which the end is unused', [a, b, c, none, none], '2 rows of the ring are unused (all 0) and left out'],
    ['that was written over its edge', [b, c, none, a], '1 row of the ring is unused (all 0) and left out'],
    ['that is full', [a, b, c], 'the ring of rows is full: where it began cannot be known, so the order of its rows may be turned'],
  ])('%s', async (_, rows, note) => {
    const { trace, notes } = await open(JSON.stringify({ rank: 0, logical_count: rows }), 'x.json');
    expect(flat(trace)).toEqual([a, b, c].flat(2));
    expect(Array.from(trace.steps)).toEqual([0, 1, 2]);
    expect(notes).toContain(note);
  });

  test('with step numbers, rows keep them', async () => {
    const { trace, notes } = await open(JSON.stringify({ logical_count: [a, none, b], steps: [3, 4, 5] }), 'x.json');
    expect([[...trace.steps], flat(trace)]).toEqual([[3, 5], [...a.flat(), ...b.flat()]]);
    expect(notes).toEqual(['1 step without any load in any layer is left out: step 4']);
  });

  test('rows of other arrays keep their numbers', async () => {
    const { trace, notes } = await open(JSON.stringify({ counts: [a, none, b] }), 'x.json');
    expect([...trace.steps]).toEqual([0, 2]);
    expect(notes).toContain('1 step without any load in any layer is left out: step 1');
  });
});

test('of a step that comes twice in an array, the later row counts', async () => {
  const { trace, repeatedSteps } = await open('{"counts":[[[1,2]],[[3,4]],[[5,6]],[[7,8]]],"steps":[5,6,5,4]}', 'x.json');
  expect(Array.from(trace.steps)).toEqual([4, 5, 6]);
  expect(flat(trace)).toEqual([7, 8, 5, 6, 3, 4]);
  expect(repeatedSteps).toBe(1);
});

describe('broken at random', () => {
  const some = Array.from({ length: 12 }, (_, step) => at(step));
  const documents = [
    JSON.stringify({ config: { a: 'x"y', n: [1.5, -2e3] }, load_history: some.map((loads, step) => ({ step, logical_expert_load: loads })) }),
    JSON.stringify({ logical_count: [...some, [[0, 0, 0], [0, 0, 0]]], rank: 0 }, null, 1),
    JSON.stringify({ steps: some.map((_, step) => step), counts: some, loss: some.map(() => 0.25) }),
    JSON.stringify({ layer0: some.map((step) => step[0]), layer1: some.map((step) => step[1]) }),
    JSON.stringify({ layer0_expert0: some.map((step) => step[0][0]), layer0_expert1: some.map((step) => step[0][1]), iteration: some.map((_, step) => 2 * step) }),
    some.map((loads, step) => JSON.stringify({ step, 'm/layer0/expert0': loads[0][0], 'm/layer0/expert1': loads[0][1], tag: 'é\u2028"' })).join('\n'),
    some.map((loads, step) => JSON.stringify({ step, counts: loads }, null, 1)).join('\n'),
  ];
  const outcome = (reading: Promise<ReadResult>): Promise<string> =>
    reading.then(({ trace, notes }) => `${trace.fingerprint} ${notes.join()}`, (error: unknown) => (error instanceof GatecastError ? `${error.code} ${error.message}` : `no clear error: ${String(error)}`));

  test('a document reads the same, or is refused in the same words, in pieces of any size', async () => {
    for (const [index, text] of documents.entries()) {
      for (let round = 0; round < 150; round++) {
        const bytes = mutated(bytesOf(text), hash(round, index));
        const whole = await outcome(openTrace(bytesSource(bytes, 'x.json')));
        expect(whole).not.toMatch(/^(?:no clear error|internal)/);
        expect(await outcome(openTrace(choppedSource(bytes, 'x.json', 1 + (round % 13))))).toBe(whole);
      }
    }
  });

  test('what is JSON to JSON.parse is JSON here, with the same value', () => {
    let same = 0;
    const value = (parse: () => unknown): unknown => {
      try {
        return parse();
      } catch (error) {
        return error instanceof JsonFault && /twice|too large/.test(error.message) ? 'stricter here' : 'no JSON';
      }
    };
    for (const [index, text] of documents.entries()) {
      for (let round = 0; round < 300; round++) {
        const bytes = mutated(bytesOf(text.split('\n')[0] === '{' ? text : text.split('\n')[0]), hash(round, index, 1));
        const broken = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        if (/NaN|Infinity/.test(broken)) continue;
        const ours = value(() => parseJson(bytesOf(broken)));
        if (ours === 'stricter here') continue;
        expect(ours).toEqual(value(() => JSON.parse(broken)));
        same++;
      }
    }
    expect(same).toBeGreaterThan(documents.length * 200);
  });
});

describe('tables as pandas writes them', () => {
  const rows = [0, 1].flatMap((step) => [0, 1].flatMap((layer) => [0, 1, 2].map((expert) => [step, layer, expert, 100 * step + 10 * layer + expert])));
  const names = ['step', 'layer', 'expert', 'tokens'];
  const byColumn = Object.fromEntries(names.map((name, column) => [name, Object.fromEntries(rows.map((row, i) => [i, row[column]]))]));
  const byRow = Object.fromEntries(rows.map((row, i) => [i, Object.fromEntries(names.map((name, column) => [name, row[column]]))]));

  test.each([
    ['split', { columns: names, index: rows.map((_, i) => i), data: rows }],
    ['values', rows],
    ['records', rows.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column]])))],
  ])('%s', async (_, document) => {
    const { trace } = await open(JSON.stringify(document), 'table.json');
    expect(trace.layers.map(({ experts, values }) => [experts, ...values])).toEqual([[3, 0, 1, 2, 100, 101, 102], [3, 10, 11, 12, 110, 111, 112]]);
  });

  test.each([['columns', byColumn], ['index', byRow]])('%s, whose cells are numbered, is refused with a way out', async (_, document) => {
    const error = await refusal(JSON.stringify(document), 'table.json');
    expect(error.message).toContain('a table whose cells are numbered');
    expect(error.remedy).toContain('orient="records"');
  });

  test('rows that rise may be loads when the person says so, and rows that do not are', async () => {
    const asked = await open(JSON.stringify(rows), 'table.json');
    expect(asked.questions.map(({ id, value, ambiguous }) => [id, value, ambiguous])).toEqual([['form', 'long', true]]);
    const wide = await openTrace(bytesSource(bytesOf(JSON.stringify(rows)), 'table.json'), { mapping: { form: 'wide' } });
    // The first row is of zeros alone.
    expect([wide.trace.steps.length, wide.trace.layers[0].experts]).toEqual([11, 4]);
    const loads = await open(JSON.stringify([[5, 6, 7, 8], [5, 7, 6, 8], [4, 9, 9, 4]]), 'loads.json');
    expect([loads.questions.length, loads.trace.steps.length, loads.trace.layers[0].experts]).toEqual([0, 3, 4]);
  });
});

describe('steps as keys', () => {
  test('are the steps, and may be something else', async () => {
    const { trace, questions } = await open(JSON.stringify({ 10: [[1, 2], [3, 4]], 20: [[5, 6], [7, 8]] }), 'steps.json');
    expect([...trace.steps]).toEqual([10, 20]);
    expect(trace.layers.map(({ values }) => [...values])).toEqual([[1, 2, 5, 6], [3, 4, 7, 8]]);
    expect(questions.map(({ id, ambiguous }) => [id, ambiguous])).toEqual([['keys', true]]);
  });

  test('with losses beside them they are not', async () => {
    const { trace } = await open(JSON.stringify({ layer0: [[1, 2], [3, 4]], layer1: [[5, 6], [7, 8]] }), 'layers.json');
    expect(trace.layers.map(({ values }) => [...values])).toEqual([[1, 2, 3, 4], [5, 6, 7, 8]]);
  });
});
