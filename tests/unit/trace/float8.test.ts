/** Floats of 8 bits in every format that has them. Numbers by ml_dtypes, of which all 256 patterns of each type were compared once. */
import { describe, expect, test } from 'vitest';
import { float8Numbers } from '../../../src/trace/arrays/float8.ts';
import { bytesOf, fixture, flat, open, refusal } from './support.ts';

const patterns = [0x00, 0x01, 0x07, 0x08, 0x38, 0x3c, 0x40, 0x7b, 0x7e, 0x7f, 0x80, 0x81, 0xff];
test.each([
  ['e4f1', [0, 0.001953125, 0.013671875, 0.015625, 1, 1.5, 2, 352, 448, NaN, -0, -0.001953125, NaN]],
  ['e5f1', [0, 1.52587890625e-05, 0.0001068115234375, 0.0001220703125, 0.5, 1, 2, 57344, NaN, NaN, -0, -1.52587890625e-05, NaN]],
  ['e4z1', [0, 0.0009765625, 0.0068359375, 0.0078125, 0.5, 0.75, 1, 176, 224, 240, NaN, -0.0009765625, -240]],
  ['e5z1', [0, 7.62939453125e-06, 5.340576171875e-05, 6.103515625e-05, 0.25, 0.5, 1, 28672, 49152, 57344, NaN, -7.62939453125e-06, -57344]],
] as const)('%s', (type, numbers) => {
  const table = float8Numbers(type);
  expect(patterns.map((bits) => table[bits])).toEqual(numbers);
  expect(float8Numbers('e5f1')[0x7c]).toBe(Infinity);
});

const bits = Uint8Array.of(0x01, 0x08, 0x38, 0x7b, 0x3c, 0x40, 0x00, 0x79);
const e4 = [0.001953125, 0.015625, 1, 352, 1.5, 2, 0, 288];
const e5 = [1.52587890625e-05, 0.0001220703125, 0.5, 57344, 1, 2, 0, 40960];
const axes = { axes: 'steps,layers,experts' };

function safetensors(dtype: string, data: Uint8Array): Uint8Array {
  const header = bytesOf(JSON.stringify({ share: { dtype, shape: [2, 1, 4], data_offsets: [0, data.length] } }));
  const length = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
  return Uint8Array.from([...length, ...header, ...data]);
}

describe('read as loads', () => {
  test.each([['F8_E4M3', e4], ['F8_E5M2', e5], ['F8_E4M3FNUZ', e4.map((load) => load / 2)], ['F8_E5M2FNUZ', e5.map((load) => load / 2)]])('safetensors %s', async (dtype, loads) => {
    const { trace } = await open(safetensors(dtype, bits), 'x.safetensors', axes);
    expect(flat(trace)).toEqual(loads);
    expect(trace.kind).toBe('shares');
  });

  test.each([['e4m3fn', e4], ['e5m2', e5], ['e4m3fnuz', e4.map((load) => load / 2)], ['e5m2fnuz', e5.map((load) => load / 2)]])('torch.float8_%s', async (name, loads) => {
    expect(flat((await open(fixture(`torch/float8_${name}.pt`), 'x.pt', axes)).trace)).toEqual(loads);
  });

  test('HDF5', async () => {
    expect(flat((await open(fixture('hdf5/float8.h5'), 'x.h5', axes)).trace)).toEqual(e4);
  });

  test('what is no number is refused with its place', async () => {
    expect((await refusal(safetensors('F8_E4M3', bits.with(5, 0x7f)), 'x.safetensors', axes)).message).toBe('x.safetensors, share row 1, layer 0, expert 1: NaN is not a count');
  });
});
