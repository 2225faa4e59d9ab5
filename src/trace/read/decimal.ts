const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const plus = 43;
const comma = 44;
const minus = 45;
const point = 46;
const zero = 48;
const lowerE = 101;

/**
 * The decimal number written in bytes `from` (in) to `to` (out); NaN when they are anything else.
 * Correctly rounded: up to 15 digits and powers of ten up to 22 are exact in a double (Clinger 1990); of shares with up to
 * 19 digits, as Python writes them, the last ones are worked out apart; the rest goes to `Number`, which takes several times as long.
 * @param decimalComma whether "12,5" is a number too
 */
export function parseDecimal(bytes: Uint8Array, from: number, to: number, decimalComma = false): number {
  let at = from;
  let negative = false;
  if (bytes[at] === minus || bytes[at] === plus) negative = bytes[at++] === minus;
  const first = at;
  let mantissa = 0;
  /** Digits behind the fifteenth. */
  let rest = 0;
  let digits = 0;
  let exponent = 0;
  let pointAt = -1;
  for (; at < to; at++) {
    const byte = bytes[at];
    const digit = byte - zero;
    if (digit >= 0 && digit <= 9) {
      if (mantissa > 0 || digit > 0) digits++;
      if (digits <= 15) mantissa = mantissa * 10 + digit;
      else rest = rest * 10 + digit;
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
  if (digits > 15 && digits <= 19 && exponent < 0 && exponent >= -22) {
    const value = quotient(mantissa, powersOfTen[digits - 15], rest, powersOfTen[-exponent]);
    if (value === value) return negative ? -value : value;
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

/**
 * (a · b + c) / d, correctly rounded, for whole numbers that are exact in a double.
 * @returns NaN when it lies too near the middle of two doubles to tell
 */
function quotient(a: number, b: number, c: number, d: number): number {
  const product = a * b;
  const rest = productRest(a, b, product) + c;
  const first = (product + rest) / d;
  const back = first * d;
  const second = (product - back - productRest(first, d, back) + rest) / d;
  const value = first + second;
  // `second` is good to some 50 bits; where its last ten change nothing, neither does what it lacks.
  return first + second * (1 + 2 ** -40) === value && first + second * (1 - 2 ** -40) === value ? value : NaN;
}

/** What rounding took from a product, exactly (Dekker 1971). */
function productRest(a: number, b: number, product: number): number {
  const splitA = 134217729 * a;
  const splitB = 134217729 * b;
  const highA = splitA - (splitA - a);
  const highB = splitB - (splitB - b);
  const [lowA, lowB] = [a - highA, b - highB];
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}
