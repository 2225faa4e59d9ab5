import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { bytesOf, choppedSource, flat, open, refusal } from './support.ts';

const first = '{"step":3,"tokens_per_expert":[[1,2],[3,4]]}';
const second = '{"step":4,"tokens_per_expert":[[5,6],[7,8]]}';
const loads = [1, 2, 3, 4, 5, 6, 7, 8];

describe('records of JSON in a log', () => {
  test.each([
    ['between its lines', 'train.log', `[2026-01-01 12:00:00] iter 3 | loss 2.1\n${first}\n[2026-01-01 12:00:01] iter 4 | loss 2.0\n${second}\n`,
      '2 lines without a record of JSON are left out; the first is line 1: "[2026-01-01 12:00:00] iter 3 | loss 2.1"'],
    ['before its lines', 'train.jsonl', `${first}\niter 4, loss 2.0\n${second}\n`, '1 line without a record of JSON is left out, line 2: "iter 4, loss 2.0"'],
    ['behind what a logger puts before them', 'out.txt', `INFO:root:${first}\nINFO:root:${second}`, null],
    ['behind a rank in brackets', 'out.log', `[0] ${first}\n[0] ${second}\n`, null],
    ['behind words in braces, and before colours', 'out.log', `INFO {trainer} ${first}\u001B[0m\nINFO {trainer} {ok}\nINFO {trainer} ${second}\u001B[0m\n`,
      '1 line without a record of JSON is left out, line 2: "INFO {trainer} {ok}"'],
  ])('%s', async (_, name, text, note) => {
    for (const size of [1, 7, 1 << 20]) {
      const { trace, notes } = await openTrace(choppedSource(bytesOf(text), name, size));
      expect([[...trace.steps], flat(trace), notes]).toEqual([[3, 4], loads, note === null ? [] : [note]]);
    }
  });

  test('whose loads begin late is read by its name', async () => {
    const { trace } = await open(`${'starting\n'.repeat(10_000)}${first}\n${second}\n`, 'run.log');
    expect(flat(trace)).toEqual(loads);
  });

  test('are not mistaken for the configuration before them', async () => {
    const config = '{"model":{"dims":[[768,12],[64,3]]},"ratios":[0.5,0.5]}';
    const { trace, notes } = await open(`${config}\n${first}\n${config}\n${second}\n`, 'run.jsonl');
    expect([flat(trace), notes]).toEqual([loads, ['2 records hold no loads and are left out']]);
    // Where nothing has a step or a name, the first arrays are the loads.
    const nameless = Array.from({ length: 60 }, (_, i) => `{"x":[${i},1]}`);
    expect(flat((await open(nameless.join('\n'), 'x.jsonl')).trace)).toEqual(nameless.flatMap((__, i) => [i, 1]));
    expect(flat((await open(nameless.slice(0, 3).join('\n'), 'x.jsonl')).trace)).toEqual([0, 1, 1, 1, 2, 1]);
    expect((await refusal('{"x":[1,2]}\n{"x":[1,"a"]}\n', 'x.jsonl')).message).toBe('x.jsonl line 2: "a" is not a count (x[1])');
  });

  test('that hold no loads are an error that shows what was passed over', async () => {
    const error = await refusal('[12:00] begins\n{"step":3,"lr":0.1}\n[12:01] ends\n', 'run.log');
    expect(error.message).toBe('run.log: no record holds expert loads; 2 lines without a record of JSON are left out; the first is line 1: "[12:00] begins"');
    expect(error.remedy).toBe('write a line a step with nested [layer][expert] arrays, or keys like layer3_expert12');
  });

  test('that are broken are a problem of their own', async () => {
    const error = await refusal(`iter 3\n${first}\niter 4\n${second.slice(0, -4)}\n`, 'run.log');
    expect(error.message).toContain('run.log line 4: it is not valid JSON');
  });
});
