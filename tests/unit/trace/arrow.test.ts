/** Arrow and Feather files as pyarrow writes them (tests/fixtures/frames/make.py). */
import { describe, expect, test } from 'vitest';
import { expectedCounts, fixture, flat, open, refusal } from './support.ts';

/** counts[s, l, e] = 7 s + 3 l + e */
const counts = Array.from({ length: 36 }, (_, i) => 7 * Math.floor(i / 6) + 3 * (Math.floor(i / 3) % 2) + (i % 3));
const steps = [0, 10, 20, 30, 40, 50];

test('the shared trace reads exactly', async () => {
  const { trace } = await open(fixture('long_lz4.arrow'), 'long_lz4.arrow');
  const other = await open(fixture('long.csv'), 'long.csv');
  expect(flat(trace)).toEqual(Array.from(expectedCounts()));
  expect(trace.fingerprint).toBe(other.trace.fingerprint);
});

const types = ['int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32', 'uint64', 'half', 'float', 'double', 'decimal'];

describe('a row a load', () => {
  test.each([...['long', ...types, 'codec_lz4', 'codec_zstd', 'batches'].map((name) => `${name}.arrow`), 'long.arrows', 'lz4.arrows'])('%s reads exactly', async (name) => {
    const { trace, notes, questions } = await open(fixture(`frames/${name}`), name);
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual(steps);
    expect(trace).toMatchObject({ kind: 'counts', format: 'Arrow, long' });
    expect(notes).toEqual([]);
    expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
  });

  test('an empty cell is no load', async () => {
    const { trace, notes } = await open(fixture('frames/nulls.arrow'), 'nulls.arrow');
    expect(flat(trace)).toEqual(counts);
    expect(notes).toEqual(['1 empty cell read as 0']);
  });

  test.each(['words.arrow', 'kinds.arrow', 'kinds.arrows', 'experts.arrow', 'deltas.arrows'])('%s: layers and experts by name', async (name) => {
    const { trace } = await open(fixture(`frames/${name}`), name);
    expect(flat(trace)).toEqual(counts);
    expect(trace.layers.map((layer) => layer.name)).toEqual(['decoder.0', 'decoder.1']);
  });
});

test.each(['large_words.arrow', 'view_words.arrow'])('%s: names of layers that do not fit where short ones do', async (name) => {
  const { trace } = await open(fixture(`frames/${name}`), name);
  expect(flat(trace)).toEqual(counts);
  expect(trace.layers.map((layer) => layer.name)).toEqual(['transformer.decoder.0', 'transformer.decoder.1']);
});

describe('a row a step', () => {
  test('a column a layer and expert, with losses', async () => {
    const { trace } = await open(fixture('frames/wide.arrow'), 'wide.arrow');
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.loss ?? [])).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('the columns inside a structure, some of it empty', async () => {
    const { trace } = await open(fixture('frames/structs.arrow'), 'structs.arrow');
    expect(flat(trace)).toEqual(counts);
  });

  test.each(['lists.arrow', 'lists_large.arrow', 'lists_lz4.arrow', 'lists_zstd.arrow', 'lists.arrows'])('%s: lists of layers and experts', async (name) => {
    const { trace } = await open(fixture(`frames/${name}`), name);
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual(steps);
    expect(trace.format).toBe('Arrow, lists');
  });

  test.each(['lists_layer.arrow', 'lists_fixed.arrow'])('%s: a row a step and layer, with a list of experts', async (name) => {
    const { trace } = await open(fixture(`frames/${name}`), name);
    expect(flat(trace)).toEqual(counts);
  });
});

describe('what is refused', () => {
  test.each([
    ['dates.arrow', 'dates.arrow: column step holds values of type timestamp, where numbers are expected'],
    ['negative.arrow', 'negative.arrow row 1: "-1" is not a count: it is negative (column tokens)'],
    ['empty.arrow', 'empty.arrow: there is no step in it'],
    ['version1.feather', 'version1.feather: it is Feather version 1, which is not read'],
  ])('%s', async (name, message) => {
    const error = await refusal(fixture(`frames/${name}`), name);
    expect(error.code).toBe('bad-input');
    expect(error.message.split('; and')[0]).toBe(message);
  });

  test('a file that was cut off', async () => {
    const bytes = fixture('frames/long.arrow');
    const error = await refusal(bytes.subarray(0, bytes.length - 20), 'long.arrow');
    expect(error.message).toBe('long.arrow: the table at its end is missing');
  });
});
