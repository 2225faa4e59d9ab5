/**
 * How numbers are written in pictures: thousands set apart by commas as in `src/ui/format.ts`, minus is U+2212,
 * what is no number is an en dash.
 */

/** Between a number and its unit. */
export const THIN_SPACE = '\u202f';
export const MINUS = '\u2212';
const NOTHING = '\u2013';

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number with a fixed number of decimals: `fixed(1234.5, 1)` is "1,234.5". */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? NOTHING : value > 0 ? '∞' : `${MINUS}∞`;
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? MINUS : '';
  return sign + group(whole) + (fraction === undefined ? '' : `.${fraction}`);
}

/** Whole numbers: "98,304". */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

/** A training step: "5,000". */
export function formatStep(step: number): string {
  return formatFixed(step, Number.isInteger(step) ? 0 : 1);
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹',
};

function superscript(exponent: number): string {
  return [...String(exponent)].map((sign) => SUPERSCRIPTS[sign]).join('');
}

/**
 * Any number with so many significant digits: "1,235", "0.0123", "1.2×10⁻⁶".
 * @param significant significant digits, default 3; whole parts are never rounded away
 */
export function formatNumber(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return formatFixed(value, 0);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e9 || size < 1e-4) {
    return formatScientific(value, significant - 1);
  }
  // Whole numbers are written whole: 3, not 3.00.
  return formatFixed(value, Number.isInteger(value) ? 0 : decimalsOf(size, significant));
}

/** A share (0 to 1) in percent, with as many digits for round numbers as for others: "6.25 %", "50.0 %", "0 %". */
export function formatPercent(share: number, significant = 3): string {
  if (!Number.isFinite(share)) return NOTHING;
  const percent = share * 100;
  const size = Math.abs(percent);
  if (size === 0) return `0${THIN_SPACE}%`;
  if (size < 0.001) return `<${THIN_SPACE}0.001${THIN_SPACE}%`;
  return `${formatFixed(percent, decimalsOf(size, significant))}${THIN_SPACE}%`;
}

function decimalsOf(size: number, significant: number): number {
  return Math.max(0, significant - 1 - Math.floor(Math.log10(size)));
}

/** A ratio: "1.25×". */
export function formatRatio(ratio: number, significant = 3): string {
  return Number.isFinite(ratio) ? `${formatNumber(Number(ratio.toPrecision(significant)), significant)}×` : NOTHING;
}

/** A tick label: as many decimals, or digits before a power of ten, as the distance between ticks asks for. */
export function formatTick(value: number, step: number): string {
  const size = Math.max(Math.abs(value), Math.abs(step));
  if (value === 0 && (size >= 1e9 || Math.abs(step) < 1e-4)) return '0';
  const power = step === 0 ? 0 : orderOf(step);
  if (size >= 1e9 || (size < 1e-3 && Math.abs(step) < 1e-4)) return formatScientific(value, Math.max(0, orderOf(value) - power));
  return formatFixed(value, Math.max(0, -power));
}

/** Power of ten of a number's first digit; rounding dust below a power counts as that power. */
function orderOf(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)) + 1e-9);
}

function formatScientific(value: number, decimals: number): string {
  const [mantissa, exponent] = value.toExponential(Math.min(100, decimals)).split('e');
  return `${mantissa.replace('-', MINUS)}×10${superscript(Number(exponent))}`;
}

/** A tick of a logarithmic axis, one digit times a power of ten: "0.01", "5", "2,000", "10⁻⁵", "2×10⁷". */
export function formatPower(value: number): string {
  const [digit, exponent] = value.toExponential(0).split('e');
  const power = Number(exponent);
  if (power >= -3 && power <= 5) return formatFixed(value, Math.max(0, -power));
  return `${digit === '1' ? '' : `${digit}×`}10${superscript(power)}`;
}

/** The same text for a speech synthesiser: thousands joined, plain signs. */
export function spoken(text: string): string {
  return text
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replaceAll(THIN_SPACE, ' ')
    .replaceAll(MINUS, '-')
    .replace(/(\d)×(?!10)/g, '$1 times');
}
