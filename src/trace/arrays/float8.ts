/** Floats of 8 bits: `e4` has 4 bits of exponent and 3 of fraction, `e5` 5 and 2; `f` are the Open Compute Project's, `z` AMD's without negative zero and infinity ("fnuz"). */
export type Float8 = 'e4f1' | 'e5f1' | 'e4z1' | 'e5z1';

const tables = new Map<Float8, Float32Array>();

/** The number of each of the 256 patterns of bits. */
export function float8Numbers(type: Float8): Float32Array {
  const known = tables.get(type);
  if (known) return known;
  const table = Float32Array.from({ length: 256 }, (_, bits) => numberOf(bits, type));
  tables.set(type, table);
  return table;
}

function numberOf(bits: number, type: Float8): number {
  const fractionBits = type.startsWith('e4') ? 3 : 2;
  const exponentBits = 7 - fractionBits;
  const isFnuz = type.endsWith('z1');
  const bias = 2 ** (exponentBits - 1) - (isFnuz ? 0 : 1);
  const sign = bits & 128 ? -1 : 1;
  const rest = bits & 127;
  const exponent = rest >> fractionBits;
  const fraction = rest & (2 ** fractionBits - 1);
  if (isFnuz && bits === 128) return NaN;
  if (type === 'e4f1' && rest === 127) return NaN;
  if (type === 'e5f1' && exponent === 31) return fraction ? NaN : sign * Infinity;
  const scaled = fraction / 2 ** fractionBits;
  return exponent === 0 ? sign * scaled * 2 ** (1 - bias) : sign * (1 + scaled) * 2 ** (exponent - bias);
}
