/** HDF5 as h5py writes it (counts.h5, and tests/fixtures/hdf5/make.py). */
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { fixture, flat, open, refusal } from './support.ts';

/** counts[s, l, e] = 7 s + 3 l + e */
const counts = Array.from({ length: 36 }, (_, i) => 7 * Math.floor(i / 6) + 3 * (Math.floor(i / 3) % 2) + (i % 3));
const axes = { axes: 'steps,layers,experts' };
const holding = ['layers_latest', 'latest_fixed', 'latest_growing_long', 'latest_growing_all_long', 'latest_many', 'latest_appended'];

function indexOf(bytes: Uint8Array, signature: string): number {
  return Buffer.from(bytes).indexOf(signature);
}

describe('one dataset', () => {
  const types = ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'i2_big', 'i8_big', 'f4_big', 'f8_big'];
  const layouts = ['compact', 'chunks', 'gzip', 'shuffle', 'checksum', 'checked_plain', 'lzf', 'lzf_shuffle', 'user_block', 'v18', 'latest_whole', 'latest_single', 'latest_single_plain', 'latest_fixed', 'latest_fixed_plain',
    'latest_compact', 'latest_implicit', 'latest_room', 'latest_growing', 'latest_growing_gzip', 'latest_growing_checked', 'latest_growing_second', 'latest_growing_all', 'latest_growing_all_gzip', 'latest_shrunk', 'latest_edges', 'latest_edges_growing'];
  test.each([...types, ...layouts])('%s.h5 reads exactly', async (name) => {
    const { trace, notes } = await open(fixture(`hdf5/${name}.h5`), `${name}.h5`, axes);
    expect(flat(trace)).toEqual(counts);
    expect(trace).toMatchObject({ kind: 'counts', format: 'HDF5' });
    expect(notes).toEqual(['the file has no step numbers: its rows are steps 0, 1, 2, …']);
  });

  test('truth values read as 0 and 1', async () => {
    expect(flat((await open(fixture('hdf5/bool.h5'), 'bool.h5', axes)).trace)).toEqual(counts.map((count) => count % 2));
  });

  test('what was never written reads as the fill value', async () => {
    const { trace } = await open(fixture('hdf5/partly.h5'), 'partly.h5', axes);
    expect(flat(trace)).toEqual([...counts.slice(0, 24), ...Array<number>(24).fill(5), ...counts.slice(30)]);
  });

  test.each([['latest_pages', 6000], ['latest_growing_long', 2800], ['latest_growing_all_long', 2800]])('hundreds of chunks: %s.h5', async (name, length) => {
    const { trace } = await open(fixture(`hdf5/${name}.h5`), `${name}.h5`, axes);
    expect(flat(trace)).toEqual(Array.from({ length }, (_, i) => i));
  });
});

test.each(['layers', 'layers_latest'])('a dataset a layer in groups, with steps and losses; links and other datasets do no harm: %s.h5', async (name) => {
  const { trace, notes } = await open(fixture(`hdf5/${name}.h5`), `${name}.h5`, { axes: 'steps,experts' });
  expect(trace.layers.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, layer) => String(layer)));
  expect(Array.from(trace.layers[11].values)).toEqual(Array.from({ length: 18 }, (_, i) => 7 * Math.floor(i / 3) + 3 + (i % 3) + 11));
  expect(Array.from(trace.steps)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(Array.from(trace.loss ?? [])).toEqual([6, 5, 4, 3, 2, 1]);
  expect(trace.format).toBe('HDF5, an array a layer');
  expect(notes).toEqual(['2 datasets without numbers are left out']);
});

describe('attributes that name the axes', () => {
  test.each(['axes_labels', 'axes_labels_latest', 'axes_text', 'axes_fixed', 'axes_many_latest', 'axes_layers', 'axes_scales', 'axes_scales_latest'])('%s.h5', async (name) => {
    const { trace, questions } = await open(fixture(`hdf5/${name}.h5`), `${name}.h5`);
    expect(flat(trace)).toEqual(counts);
    expect(questions).toMatchObject([{ id: 'axes', ambiguous: false }]);
  });

  test('are no last word', async () => {
    expect((await open(fixture('hdf5/axes_labels.h5'), 'x.h5', axes)).trace.steps).toHaveLength(3);
  });

  test('are passed over where they say something else', async () => {
    const { questions } = await open(fixture('hdf5/axes_wrong.h5'), 'x.h5');
    expect(questions).toMatchObject([{ id: 'axes', value: 'layers,steps,experts', ambiguous: true }]);
  });
});

test.each([['latest_appended', 30], ['latest_running', 20]])('datasets that a training loop appended to, layers of unequal size: %s.h5, %i steps', async (file, rows) => {
  const { trace, questions } = await open(fixture(`hdf5/${file}.h5`), `${file}.h5`);
  expect(trace.layers.map(({ name, experts }) => `${name}: ${experts}`)).toEqual(Array.from({ length: 10 }, (_, layer) => `${layer}: ${3 + layer}`));
  expect(Array.from(trace.steps)).toEqual(Array.from({ length: rows }, (_, row) => 10 * row));
  expect(Array.from(trace.layers[9].values)).toEqual(Array.from({ length: rows * 12 }, (_, i) => 900 + Math.floor(i / 12) + (i % 12)));
  expect(questions.filter(({ ambiguous }) => ambiguous)).toEqual([]);
});

test('a group of 150 datasets, by number', async () => {
  const { trace } = await open(fixture('hdf5/latest_many.h5'), 'latest_many.h5', { axes: 'steps,experts' });
  expect(trace.layers.map(({ name }) => name)).toEqual(Array.from({ length: 150 }, (_, layer) => String(layer)));
  expect(trace.layers.every(({ values }, layer) => values.every((value, i) => value === layer + i))).toBe(true);
});

describe('what is refused', () => {
  test.each([
    ['negative', 'negative.h5, counts row 1, layer 1, expert 2: -3 is not a count: it is negative'],
    ['texts', 'texts.h5: none of its 1 dataset holds numbers'],
    ['empty', 'empty.h5: no array in it has steps and experts; it holds no arrays'],
    ['scaled', 'scaled.h5, counts: it is packed by scale-offset, which is not read'],
  ])('%s.h5', async (name, message) => {
    const error = await refusal(fixture(`hdf5/${name}.h5`), `${name}.h5`, axes);
    expect(error).toMatchObject({ code: 'bad-input', message });
  });

  test('a shape out of proportion to what was written takes no memory', async () => {
    const bytes = fixture('hdf5/gzip.h5');
    const view = new DataView(bytes.buffer);
    // The dataspace: rank 3, no flags, and its sizes, then those of the chunk, of which the first is told apart.
    const at = Array.from({ length: bytes.length - 24 }, (_, i) => i).filter((i) => view.getBigUint64(i, true) === 6n && view.getBigUint64(i + 8, true) === 2n && view.getBigUint64(i + 16, true) === 3n);
    expect(at.length).toBeGreaterThan(0);
    view.setBigUint64(at[0], 1_000_000_000n, true);
    expect((await refusal(bytes, 'x.h5', axes)).message).toContain('its shape (1000000000, 2, 3) asks for 24000000000 bytes');
  });

  test.each([10, 100, 2000, 15_000, 23_856])('a file cut after %i bytes', async (length) => {
    const error = await refusal(fixture('counts.h5').slice(0, length), 'counts.h5');
    expect(error).toMatchObject({ code: 'bad-input', remedy: 'the file is cut off or damaged; copy it again' });
  });

  test.each(['FADB', 'EAHD', 'EAIB', 'EADB', 'EASB', 'BTHD', 'BTIN', 'BTLF', 'FRHP', 'FHIB', 'FHDB', 'OHDR', 'OCHK'])('a damaged %s structure is told by its checksum', async (signature) => {
    const name = holding.find((one) => indexOf(fixture(`hdf5/${one}.h5`), signature) >= 0) ?? '';
    const bytes = fixture(`hdf5/${name}.h5`);
    bytes[indexOf(bytes, signature) + 6] ^= 4;
    const error = await refusal(bytes, `${name}.h5`, { ...axes });
    expect(error.message).toMatch(/^\w+\.h5: the checksum of \d+ bytes in it is wrong$/);
    expect(error).toMatchObject({ code: 'bad-input', where: expect.stringMatching(/^\w+\.h5, byte \d+$/) as string, remedy: 'the file is cut off or damaged; copy it again' });
  });

  test('a chunk whose checksum is wrong', async () => {
    const bytes = fixture('hdf5/checked_plain.h5');
    // The first load, 0 in all four bytes, before 1 and 2.
    const at = Buffer.from(bytes).indexOf(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0));
    bytes[at] = 9;
    expect((await refusal(bytes, 'x.h5', axes)).message).toBe('x.h5, counts: the checksum of a chunk of it is wrong');
  });

  test.each(['gzip', 'shuffle', 'lzf', 'chunks', 'layers', 'latest_fixed', 'latest_growing_checked', 'latest_growing_all', 'latest_room', 'layers_latest', 'v18'])('%s.h5 with any byte changed ends in a trace or in a refusal', async (name) => {
    const bytes = fixture(`hdf5/${name}.h5`);
    const surprises: unknown[] = [];
    for (let at = 8; at < bytes.length; at += 41) {
      for (const value of [255, bytes[at] ^ 1]) {
        const changed = bytes.slice();
        changed[at] = value;
        await open(changed, `${name}.h5`, axes).catch((error: unknown) => {
          // A lying size is found out before memory is taken for it, so there is no RangeError either.
          if (!(error instanceof GatecastError)) surprises.push([at, value, error]);
        });
      }
    }
    expect(surprises).toEqual([]);
  });
});
