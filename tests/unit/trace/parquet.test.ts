/** Parquet as pyarrow writes it (tests/fixtures/frames/make.py). */
import { describe, expect, test } from 'vitest';
import { expectedCounts, fixture, flat, open, refusal } from './support.ts';

/** counts[s, l, e] = 7 s + 3 l + e */
const counts = Array.from({ length: 36 }, (_, i) => 7 * Math.floor(i / 6) + 3 * (Math.floor(i / 3) % 2) + (i % 3));
const steps = [0, 10, 20, 30, 40, 50];

describe('the shared trace', () => {
  test.each(['long_snappy', 'long_zstd', 'wide_snappy'])('%s.parquet reads exactly', async (name) => {
    const { trace } = await open(fixture(`${name}.parquet`), `${name}.parquet`);
    const other = await open(fixture('long.csv'), 'long.csv');
    expect(flat(trace)).toEqual(Array.from(expectedCounts()));
    expect(trace.fingerprint).toBe(other.trace.fingerprint);
  });
});

const types = ['int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32', 'uint64', 'half', 'float', 'double', 'decimal'];
const codecs = ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'].map((codec) => `codec_${codec}`);
const layouts = ['v2', 'groups', 'pages', 'checked', 'delta', 'delta32', 'split'];

describe('a row a load', () => {
  test.each(['long', ...types, ...codecs, ...layouts])('%s.parquet reads exactly', async (name) => {
    const { trace, notes, questions } = await open(fixture(`frames/${name}.parquet`), `${name}.parquet`);
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual(steps);
    expect(trace).toMatchObject({ kind: 'counts', format: 'Parquet, long' });
    expect(trace.layers.map((layer) => layer.name)).toEqual(['0', '1']);
    expect(notes).toEqual([]);
    expect(questions.some(({ ambiguous }) => ambiguous)).toBe(false);
  });

  test.each(['nulls', 'v2_nulls'])('%s.parquet: an empty cell is no load', async (name) => {
    const { trace, notes } = await open(fixture(`frames/${name}.parquet`), `${name}.parquet`);
    expect(flat(trace)).toEqual(counts);
    expect(notes).toEqual(['1 empty cell read as 0']);
  });

  test.each(['words', 'kinds', 'experts', 'delta_words'])('%s.parquet: layers and experts by name', async (name) => {
    const { trace } = await open(fixture(`frames/${name}.parquet`), `${name}.parquet`);
    expect(flat(trace)).toEqual(counts);
    expect(trace.layers.map((layer) => layer.name)).toEqual(['decoder.0', 'decoder.1']);
  });
});

describe('a row a step', () => {
  test('a column a layer and expert, with losses', async () => {
    const { trace } = await open(fixture('frames/wide.parquet'), 'wide.parquet');
    expect(flat(trace)).toEqual(counts);
    expect(trace.format).toBe('Parquet, wide');
    expect(Array.from(trace.loss ?? [])).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('the index that pandas keeps is the step', async () => {
    const { trace, questions } = await open(fixture('frames/index.parquet'), 'index.parquet');
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual(steps);
    expect(questions.find(({ id }) => id === 'column.step')?.ambiguous).toBe(true);
  });

  test('the columns inside a structure', async () => {
    const { trace } = await open(fixture('frames/structs.parquet'), 'structs.parquet');
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual(steps);
  });

  test.each(['lists', 'lists_large', 'v2_lists', 'pages_lists'])('%s.parquet: lists of layers and experts', async (name) => {
    const { trace } = await open(fixture(`frames/${name}.parquet`), `${name}.parquet`);
    expect(flat(trace)).toEqual(counts);
    expect(Array.from(trace.steps)).toEqual(steps);
    expect(trace.format).toBe('Parquet, lists');
    expect(Array.from(trace.loss ?? [])).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test.each(['lists_layer', 'lists_fixed'])('%s.parquet: a row a step and layer, with a list of experts', async (name) => {
    const { trace } = await open(fixture(`frames/${name}.parquet`), `${name}.parquet`);
    expect(flat(trace)).toEqual(counts);
    expect(trace.layers.map((layer) => layer.name)).toEqual(['0', '1']);
  });
});

describe('what is refused', () => {
  test.each([
    ['dates', 'dates.parquet: column step holds values of type timestamp, where numbers are expected'],
    ['negative', 'negative.parquet row 1: "-1" is not a count: it is negative (column tokens)'],
    ['empty', 'empty.parquet: there is no step in it'],
    ['front_words', 'front_words.parquet, column layer, row group 0, page 0: it is encoded as DELTA_BYTE_ARRAY, which is not read'],
  ])('%s.parquet', async (name, message) => {
    const error = await refusal(fixture(`frames/${name}.parquet`), `${name}.parquet`);
    expect(error.code).toBe('bad-input');
    expect(error.message.split('; and')[0]).toBe(message);
  });
});
