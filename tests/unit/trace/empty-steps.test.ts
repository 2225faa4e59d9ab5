/** Steps that hold no load in any layer are no steps of the trace. */
import { describe, expect, test } from 'vitest';
import { openTraces } from '../../../src/trace/read/open.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, flat, npyBytes, open } from './support.ts';

const header = 'step,loss,layer0_expert0,layer0_expert1,layer1_expert0,layer1_expert1';

describe('steps without any load', () => {
  test('of a wide table are left out, with their losses, and said', async () => {
    const { trace, notes } = await open(`${header}\n0,3.5,1,2,3,4\n1,3.25,,,,\n2,3,NaN,NaN,NaN,\n3,2.75,5,6,,\n`, 'x.csv');
    expect([[...trace.steps], flat(trace), [...(trace.loss ?? [])]]).toEqual([[0, 3], [1, 2, 3, 4, 5, 6, 0, 0], [3.5, 2.75]]);
    expect(notes).toEqual(['2 rows without any load are left out', '2 empty cells read as 0']);
  });

  test('of a wide table without step numbers are counted all the same', async () => {
    const { trace } = await open('expert_0,expert_1\n1,2\n,\n3,4\n', 'x.csv');
    expect([[...trace.steps], flat(trace)]).toEqual([[0, 2], [1, 2, 3, 4]]);
  });

  test.each([
    ['zeros of a table', `${header}\n0,3.5,1,2,3,4\n1,3.25,0,0,0,0\n2,3,5,6,7,8\n`, 'x.csv'],
    ['NaN of a long table', 'step,layer,expert,tokens\n0,0,0,1\n0,0,1,2\n0,1,0,3\n0,1,1,4\n1,0,0,nan\n1,1,1,nan\n2,0,0,5\n2,0,1,6\n2,1,0,7\n2,1,1,8\n', 'x.csv'],
    ['null of JSON lines', '{"step":0,"counts":[[1,2],[3,4]]}\n{"step":1,"counts":[[null,null],[null,null]]}\n{"step":2,"counts":[[5,6],[7,8]]}\n', 'x.jsonl'],
    ['zeros of an array', npyBytes('<u1', [3, 2, 2], Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8)), 'x.npy'],
  ])('are left out, and said: %s', async (_, content, name) => {
    const { trace, notes } = await open(content, name);
    expect([[...trace.steps], flat(trace)]).toEqual([[0, 2], [1, 2, 3, 4, 5, 6, 7, 8]]);
    expect(notes).toContain('1 step without any load in any layer is left out: step 1');
    const { trace: alone } = await open(`${header}\n0,3.5,1,2,3,4\n2,3,5,6,7,8\n`, 'x.csv');
    expect(trace.fingerprint).toBe(alone.fingerprint);
  });

  test('of one rank stay where another rank has some', async () => {
    const rank = (loads: number[][]): string => loads.map((tpe, iter) => JSON.stringify({ iter, layer: 0, tpe: [tpe] })).join('\n');
    const files = { 'rank0.jsonl': rank([[1, 2], [0, 0], [3, 4]]), 'rank1.jsonl': rank([[5, 5], [6, 6], [7, 7]]) };
    const { trace } = await openTraces(Object.entries(files).map(([name, text]) => bytesSource(bytesOf(text), name)), 'run', { mapping: { ranks: '2' } });
    expect([[...trace.steps], flat(trace)]).toEqual([[0, 1, 2], [1, 2, 5, 5, 0, 0, 6, 6, 3, 4, 7, 7]]);
  });

  test('stay where all are such', async () => {
    expect(flat((await open(npyBytes('<u1', [2, 1, 2], new Uint8Array(4)), 'x.npy')).trace)).toEqual([0, 0, 0, 0]);
  });
});
