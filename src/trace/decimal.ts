const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const plus = 43;
const comma = 44;
const minus = 45;
const point = 46;
const zero = 48;
const lowerE = 101;

/**
 * The decimal number written in bytes `from` (in) to `to` (out); NaN when they are anything else.
 * Correctly rounded: up to 15 digits and powers of ten up to 22 are exact in a double (Clinger 1990), the rest goes to `Number`.
 * @param decimalComma whether "12,5" is a number too
 */
export function parseDecimal(bytes: Uint8Array, from: number, to: number, decimalComma = false): number {
  let at = from;
  let negative = false;
  if (bytes[at] === minus || bytes[at] === plus) negative = bytes[at++] === minus;
  const first = at;
  let mantissa = 0;
  let digits = 0;
  let exponent = 0;
  let pointAt = -1;
  for (; at < to; at++) {
    const byte = bytes[at];
    const digit = byte - zero;
    if (digit >= 0 && digit <= 9) {
      if (mantissa > 0 || digit > 0) digits++;
      if (digits <= 15) mantissa = mantissa * 10 + digit;
      if (pointAt >= 0) exponent--;
    } else if (pointAt < 0 && (byte === point || (decimalComma && byte === comma))) {
      pointAt = at;
    } else break;
  }
  if (at - first - (pointAt >= 0 ? 1 : 0) === 0) return NaN;
  if (at < to) {
    if ((bytes[at] | 32) !== lowerE) return NaN;
    let sign = 1;
    at++;
    if (bytes[at] === minus || bytes[at] === plus) sign = bytes[at++] === minus ? -1 : 1;
    if (at >= to) return NaN;
    let power = 0;
    for (; at < to; at++) {
      const digit = bytes[at] - zero;
      if (digit < 0 || digit > 9) return NaN;
      power = Math.min(power * 10 + digit, 9999);
    }
    exponent += sign * power;
  }
  if (digits > 15 || exponent > 22 || exponent < -22) {
    const text = String.fromCharCode(...bytes.subarray(from, to));
    return Number(decimalComma ? text.replace(',', '.') : text);
  }
  // Zero has no sign here, so that "-0" and "0" are the same load.
  if (mantissa === 0) return 0;
  const value = exponent < 0 ? mantissa / powersOfTen[-exponent] : mantissa * powersOfTen[exponent];
  return negative ? -value : value;
}
