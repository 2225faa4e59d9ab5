/** How many experts layers have, of which a long table lacks loads. */
import { describe, expect, test } from 'vitest';
import { CellStore, type ScratchFile } from '../../../src/trace/build/cell-store.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, open } from './support.ts';

/** A long table of layers of these numbers of experts. @param load of a cell, null for one that is left out */
function table(experts: readonly number[], load: (step: number, layer: number, expert: number) => number | null, steps = 200): string {
  const rows = ['step,layer,expert,tokens'];
  for (let step = 0; step < steps; step++) {
    experts.forEach((count, layer) => {
      for (let expert = 0; expert < count; expert++) {
        const here = load(step, layer, expert);
        if (here !== null) rows.push(`${step},${layer},${expert},${here}`);
      }
    });
  }
  return `${rows.join('\n')}\n`;
}

const kept = 'layer 1 has 2 experts, as in the file, where others have 4';
const filled = 'the last of the 4 experts in layer 1 are not in the file and are taken for experts without load';

describe('layers of unequal numbers of experts', () => {
  test.each([
    ['where one cell is missing', (step: number, layer: number, expert: number) => (step === 7 && layer === 0 && expert === 1 ? null : 1 + expert), [4, 2], true],
    ['where a layer is missing at some steps', (step: number, layer: number) => (step % 3 === 0 && layer === 1 ? null : 5), [4, 2], false],
    ['where zeros are written', (step: number, _: number, expert: number) => (step % 3 === 0 && expert === 1 ? null : expert === 0 ? 0 : 5), [4, 2], false],
    ['whose experts occur in almost every step', (step: number, layer: number, expert: number) => (step % 3 === 0 && layer === 0 && expert === 3 ? null : 5), [4, 2], true],
  ] as const)('keep their own %s', async (_, load, experts, ambiguous) => {
    const { trace, notes, questions } = await open(table([4, 2], load), 'x.csv');
    expect(trace.layers.map((layer) => layer.experts)).toEqual(experts);
    expect(notes).toContain(kept);
    expect(questions.find(({ id }) => id === 'experts')).toMatchObject({ value: 'own', ambiguous });
    const equal = await open(table([4, 2], load), 'x.csv', { experts: 'equal' });
    expect(equal.trace.layers.map((layer) => layer.experts)).toEqual([4, 4]);
    expect(equal.notes).toContain(filled);
  });

  test.each([
    ['where loads of 0 are left out, as are those of the last experts', [4, 2], (step: number, _: number, expert: number) => ((step + expert) % 3 === 0 ? null : 5)],
    ['where a few of many experts never occur', [8, 7], (step: number, layer: number, expert: number) => (layer === 0 && (step + expert) % 3 === 0 ? null : 5)],
  ] as const)('are filled %s', async (_, experts, load) => {
    const { trace, notes, questions } = await open(table(experts, load), 'x.csv');
    expect(trace.layers.map((layer) => layer.experts)).toEqual([experts[0], experts[0]]);
    expect(notes).toContain(filled.replace('4', String(experts[0])));
    expect(questions.find(({ id }) => id === 'experts')).toMatchObject({ value: 'equal', ambiguous: true });
    const own = await open(table(experts, load), 'x.csv', { experts: 'own' });
    expect(own.trace.layers.map((layer) => layer.experts)).toEqual(experts);
    expect(own.notes).toContain(kept.replace('2', String(experts[1])).replace('4', String(experts[0])));
  });

  test('are filled where the layer is sparse, and kept beside it where it is not', async () => {
    const text = table([8, 4, 4], (step, layer, expert) => (layer < 2 && (step + expert) % 3 === 0 ? null : 5));
    const { trace, questions } = await open(text, 'x.csv');
    expect(trace.layers.map((layer) => layer.experts)).toEqual([8, 8, 4]);
    expect(questions.find(({ id }) => id === 'experts')?.options.map(({ value, label }) => [value, label])).toEqual([
      ['own', 'those in the file: layer 1 has 4 experts, layer 2 has 4 experts'],
      ['equal', '8 experts in every layer: the file leaves out loads of 0'],
      ['some', '8 experts in layer 1, those in the file in others'],
    ]);
  });

  test('are found the same where loads lie in a scratch file, and experts are numbered from 1', async () => {
    const text = table([40, 20], (step, layer, expert) => (step === 7 && layer === 0 && expert === 1 ? null : 1 + expert), 600).replaceAll(/^(\d+,\d+,)(\d+)/gm, (_, before: string, expert: string) => `${before}${Number(expert) + 1}`);
    const bytes = new Map<number, Uint8Array>();
    const file: ScratchFile = {
      isReady: () => true,
      write: (at, written) => void bytes.set(at, written.slice()),
      read(at, into) {
        for (const [start, written] of bytes) if (start <= at && at + into.length <= start + written.length) return into.set(written.subarray(at - start, at - start + into.length));
        throw new Error(`nothing was written at ${at}`);
      },
    };
    const spilled = await openTrace(bytesSource(bytesOf(text), 'x.csv'), { store: new CellStore(file, 20_000) });
    const { trace } = await open(text, 'x.csv');
    expect(bytes.size).toBeGreaterThan(2);
    expect(spilled.trace.layers.map((layer) => layer.experts)).toEqual([40, 20]);
    expect([spilled.trace.fingerprint, spilled.notes]).toEqual([trace.fingerprint, expect.arrayContaining(['layer 1 has 20 experts, as in the file, where others have 40'])]);
  });

  test('are asked for no further where nothing is missing', async () => {
    const { questions, notes } = await open(table([4, 2], () => 5), 'x.csv');
    expect([questions.map(({ id }) => id).includes('experts'), notes]).toEqual([false, []]);
  });
});
