/** Numbers as a person reads them: thousands separated by commas, a space before the unit. */

const SPACE = ' ';
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 6 });

/** 1150 → "1,150" */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** A setting's value with as many digits as it has, at most 6 significant: 1000 → "1,000", 0.003 → "0.003". */
export function formatNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-6) return value.toExponential(2);
  return significant.format(value);
}

/** 0.424 → "42 %" */
export function formatFraction(fraction: number): string {
  return `${whole.format(Math.floor(fraction * 100))}${SPACE}%`;
}

/** "1,000 steps"; without a unit "1,000". */
export function withUnit(text: string, unit: string | undefined): string {
  return unit ? `${text}${SPACE}${unit}` : text;
}

/** Elapsed or remaining time in milliseconds → "under 1 s", "12 s", "3 min 20 s", "1 h 5 min". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 1) return `under 1${SPACE}s`;
  if (seconds < 60) return `${seconds}${SPACE}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return parts(minutes, 'min', seconds % 60, 's');
  return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function parts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${formatCount(large)}${SPACE}${largeUnit}`;
  return small === 0 ? head : `${head} ${small}${SPACE}${smallUnit}`;
}

/** Bytes in decimal units: 12345678 → "12.3 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)}${SPACE}${units[unit]}`;
}
