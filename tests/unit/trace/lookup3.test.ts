import { expect, test } from 'vitest';
import { lookup3 } from '../../../src/trace/formats/hdf5/lookup3.ts';
import { bytesOf } from './support.ts';

/** The values that lookup3.c prints in its own driver5, at initial value 0, and HDF5's documentation of an empty input. */
test.each([
  ['', 0xdeadbeef],
  ['Four score and seven years ago', 0x17770551],
])('%j', (text, sum) => expect(lookup3(bytesOf(text))).toBe(sum));
