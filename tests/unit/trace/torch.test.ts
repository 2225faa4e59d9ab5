/** torch.save's two forms: what PyTorch wrote (dict.pt, list_of_tensors.pt) and what tests/fixtures/torch/make.py did. */
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { expectedCounts, fixture, flat, open, refusal } from './support.ts';

/** counts[s, l, e] = 7 s + 3 l + e */
const counts = Array.from({ length: 36 }, (_, i) => 7 * Math.floor(i / 6) + 3 * (Math.floor(i / 3) % 2) + (i % 3));
const axes = { axes: 'steps,layers,experts' };

describe('written by PyTorch', () => {
  test('a dict of counts and loss', async () => {
    const { trace, questions } = await open(fixture('dict.pt'), 'dict.pt');
    expect(flat(trace)).toEqual(Array.from(expectedCounts()));
    expect(trace.loss?.[0]).toBe(Math.fround(10.717926025390625));
    expect(trace.format).toBe('PyTorch');
    expect(questions.map(({ id }) => id)).toEqual(['axes']);
  });

  test('a list of tensors, one a step', async () => {
    const { trace, questions, notes } = await open(fixture('list_of_tensors.pt'), 'list_of_tensors.pt');
    expect(trace.layers.map(({ experts }) => experts)).toEqual([8, 8, 8]);
    expect(trace.steps).toEqual(Float64Array.from({ length: 200 }, (_, row) => row));
    expect(flat(trace)).toEqual(Array.from(expectedCounts().subarray(0, 200 * 24)));
    expect(trace.format).toBe('PyTorch, an array a step');
    expect(questions[0]).toMatchObject({ id: 'array', value: '[*], a step', ambiguous: false });
    expect(notes).toEqual(['the file has no step numbers: its arrays are steps 0, 1, 2, …']);
  });

  test('the same list as one tensor a layer, when told so', async () => {
    const { trace } = await open(fixture('list_of_tensors.pt'), 'list_of_tensors.pt', { array: '[*]' });
    expect(trace.layers).toHaveLength(200);
  });
});

describe('written in every shape', () => {
  test.each([
    'bare.pt', 'big_endian.pt', 'protocol4.pt', 'deflated.pt', 'untyped.pt', 'sliced.pt', 'offset.pt', 'fortran.pt', 'permuted.pt', 'legacy.pt', 'legacy_part.pt',
  ])('%s reads exactly', async (name) => {
    const { trace } = await open(fixture(`torch/${name}`), name, axes);
    expect(flat(trace)).toEqual(counts);
    expect(trace.kind).toBe('counts');
  });

  test('losses beside the counts, in the old form', async () => {
    const { trace } = await open(fixture('torch/legacy.pt'), 'legacy.pt', axes);
    expect(Array.from(trace.loss ?? [])).toEqual([10, 9, 8, 7, 6, 5]);
  });

  test('views of one storage, one a step, with step numbers beside them', async () => {
    const { trace, notes } = await open(fixture('torch/views.pt'), 'views.pt');
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(notes).toEqual([]);
  });

  test('nested dicts: one tensor a layer, losses elsewhere', async () => {
    const { trace } = await open(fixture('torch/nested.pt'), 'nested.pt', { axes: 'steps,experts' });
    expect(trace.layers.map(({ name }) => name)).toEqual(['0', '1']);
    expect(flat(trace)).toEqual(counts);
    expect(trace.loss?.[5]).toBe(5);
  });

  test('a dict of steps, each a dict of layers', async () => {
    const { trace } = await open(fixture('torch/steps.pt'), 'steps.pt');
    expect(Array.from(trace.steps)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(flat(trace)).toEqual(counts);
  });
});

describe('SGLang’s ring', () => {
  test.each([
    ['of which the end is unused', 1, '4 rows of the ring are unused (all 0) and left out'],
    ['that was written over its edge', 2, '4 rows of the ring are unused (all 0) and left out'],
    ['that is full', 3, 'the ring of rows is full: where it began cannot be known, so the order of its rows may be turned'],
  ])('%s', async (_, number, note) => {
    const name = `expert_distribution_recorder_${number}.pt`;
    const { trace, notes } = await open(fixture(`torch/${name}`), name, axes);
    expect(flat(trace)).toEqual(counts.slice(6));
    expect(Array.from(trace.steps)).toEqual([0, 1, 2, 3, 4]);
    expect(notes).toContain(note);
  });
});

describe('what is refused', () => {
  test.each([
    ['parameter.pt', 'parameter.pt, archive/data.pkl: it holds torch._utils._rebuild_parameter, which is not read: objects in a pickle may run code'],
    ['complex.pt', 'it holds torch.ComplexFloatStorage, which is not read'],
    ['system.pt', 'it holds posix.system, which is not read'],
    ['beyond.pt', 'beyond.pt: a tensor of shape (7, 2, 3) and strides (6, 3, 1) at 0 reaches beyond its storage of 36 elements'],
    ['expanded.pt', 'repeats the 36 elements of its storage; save it with .contiguous()'],
    ['empty.pt', 'empty.pt: there is no tensor in it'],
  ])('%s', async (name, message) => {
    const error = await refusal(fixture(`torch/${name}`), name);
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain(message);
    expect(error.remedy).toContain('torch.save');
  });

  test('a pickle that is not torch’s is called one', async () => {
    const error = await refusal(fixture('torch/bare.pkl'), 'bare.pkl');
    expect(error).toMatchObject({ code: 'unknown-format', message: 'bare.pkl is a Python pickle, which cannot be read as a trace' });
  });

  test.each([16, 60, 200, 400, 450, 628])('an old file cut after %i bytes', async (length) => {
    const error = await refusal(fixture('torch/legacy.pt').slice(0, length), 'legacy.pt');
    expect(error).toMatchObject({ code: 'bad-input', remedy: 'the file is cut off or damaged; copy it again' });
  });

  test.each([100, 500, 700])('a file cut after %i bytes', async (length) => {
    expect((await refusal(fixture('torch/bare.pt').slice(0, length), 'bare.pt')).message).toMatch(/directory/);
  });

  /** An old file whose object is this pickle, without storages. */
  function legacy(...object: number[]): Uint8Array {
    const head = fixture('torch/legacy.pt').slice(0, 21);
    return Uint8Array.from([...head, 0x80, 2, 0x4b, 1, 0x2e, 0x80, 2, ...object, 0x2e, 0x80, 2, 0x5d, 0x2e]);
  }
  const text = (...parts: string[]): number[] => [...new TextEncoder().encode(parts.join(''))];

  test.each([
    ['a global by any other name', text('cos\nsystem\n'), 'it holds os.system, which is not read'],
    ['a global from the stack', [0x8c, 2, ...text('os'), 0x8c, 6, ...text('system'), 0x93], 'it holds os.system'],
    ['a known storage that is called', text('ctorch\nIntStorage\n)R'), 'it calls torch.IntStorage'],
    ['a call of what is no function', text('K\x01)R'), 'its pickle calls what is no function'],
    ['attributes of a number', text('K\x01}b'), 'its pickle sets attributes of what is no dict'],
    ['an opcode of an instance', text('(ios\nsystem\n'), 'it has opcode 105'],
    ['an empty stack', text('0'), 'the stack is empty'],
    ['nothing kept', text('h\x07'), 'nothing is kept under 7'],
    ['a tuple without a mark', text('t'), 'a mark is missing'],
    ['a number of two billion bytes', [0x8b, 255, 255, 255, 127], 'it has a number of 2147483647 bytes'],
    ['a storage of unknown kind', text('K\x01Q'), 'it has a storage that cannot be understood'],
    ['a tensor of nothing', text('ctorch._utils\n_rebuild_tensor_v2\n)R'), 'it has a tensor that cannot be understood'],
    ['a list in itself', text(']q\x00h\x00a'), 'levels of dicts and lists'],
    // 16 lists, each the one before ten times: 10 ** 16 objects.
    ['a list of lists of lists', [...text(']q\x00'), ...Array.from({ length: 16 }, () => text('q\x00](', 'h\x00'.repeat(10), 'e')).flat()], 'more than 1000000 objects'],
  ])('%s', async (_, object, message) => {
    const error = await refusal(legacy(...object), 'x.pt');
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain(message);
  });

  test.each(['bare.pt', 'steps.pt', 'permuted.pt', 'legacy.pt', 'legacy_part.pt'])('%s with any byte changed ends in a trace or in a refusal', async (name) => {
    const bytes = fixture(`torch/${name}`);
    const surprises: unknown[] = [];
    for (let at = 4; at < bytes.length; at += 3) {
      for (const value of [255, bytes[at] ^ 1]) {
        const changed = bytes.slice();
        changed[at] = value;
        await open(changed, name, axes).catch((error: unknown) => {
          if (!(error instanceof GatecastError)) surprises.push([at, value, error]);
        });
      }
    }
    expect(surprises).toEqual([]);
  });

  test('an old file of another protocol', async () => {
    const bytes = fixture('torch/legacy.pt');
    bytes[18]++;
    expect((await refusal(bytes, 'x.pt')).message).toContain('it is of torch\'s protocol 1002; 1001 is known');
  });

  test('text that claims more bytes than there are', async () => {
    expect((await refusal(legacy(0x58, 255, 255, 255, 127), 'x.pt')).message).toBe('x.pt: it ends inside its pickles');
  });

  test('a storage of another length than announced', async () => {
    const bytes = fixture('torch/legacy.pt');
    // 8 bytes of length and 6 floats lie at the end; 8 and 36 ints before.
    bytes[bytes.length - 32] = 5;
    expect((await refusal(bytes, 'x.pt')).message).toBe('x.pt: storage 94000001 has 5 elements where 6 were announced');
  });
});
