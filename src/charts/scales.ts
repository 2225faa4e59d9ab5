/** Scales and ticks that the drawn picture and what lies over it share. Pure. */

export type Span = readonly [low: number, high: number];

/** Maps values to pixels and back. */
export interface Scale {
  readonly kind: 'linear' | 'log';
  readonly domain: Span;
  readonly range: Span;
  /** Pixel of a value; outside the domain it goes on beyond the range. */
  at(value: number): number;
  /** Value of a pixel. */
  invert(pixel: number): number;
}

export function linearScale(domain: Span, range: Span): Scale {
  const [low, high] = domain;
  const [from, to] = range;
  const size = high - low || 1;
  const length = to - from || 1;
  return {
    kind: 'linear', domain, range,
    at: (value) => from + ((value - low) / size) * (to - from),
    invert: (pixel) => low + ((pixel - from) / length) * (high - low),
  };
}

/** @param domain both ends over 0 */
export function logScale(domain: Span, range: Span): Scale {
  const inner = linearScale([Math.log10(domain[0]), Math.log10(domain[1])], range);
  return {
    kind: 'log', domain, range,
    at: (value) => inner.at(Math.log10(value)),
    invert: (pixel) => 10 ** inner.invert(pixel),
  };
}

/**
 * Round numbers (1, 2 or 5 times a power of ten apart) inside a domain.
 * @param maximum at most so many, default 7
 * @param whole only whole numbers (steps, experts)
 */
export function linearTicks([low, high]: Span, maximum = 7, whole = false): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return Number.isFinite(low) ? [low] : [];
  const step = tickStep([low, high], maximum, whole);
  const ticks: number[] = [];
  const last = Math.floor(high / step + 1e-9);
  for (let i = Math.ceil(low / step - 1e-9); i <= last; i++) ticks.push(round(i * step, step));
  return ticks;
}

/** Distance between the ticks of `linearTicks`; 1 where the domain is empty or its ends cannot be told apart. */
export function tickStep([low, high]: Span, maximum = 7, whole = false): number {
  const rough = (high - low) / maximum;
  // Smaller distances vanish beside the values themselves, and a search for a round one would never end.
  if (!Number.isFinite(rough) || rough <= 1e-300 || rough <= Math.max(Math.abs(low), Math.abs(high)) * 1e-13) return 1;
  let power = 10 ** Math.floor(Math.log10(rough));
  if (whole) power = Math.max(1, power);
  for (;;) {
    for (const factor of [1, 2, 5]) {
      const step = factor * power;
      if (Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1 <= maximum) return step;
    }
    power *= 10;
  }
}

// 3 × 0.1 is 0.30000000000000004: cut what lies below the step's own digits.
function round(value: number, step: number): number {
  const digits = 2 - Math.floor(Math.log10(step));
  return Number(digits <= 20 ? value.toFixed(Math.max(0, digits)) : value.toPrecision(15)) + 0;
}

/** Ticks of a logarithmic axis: `powerTicks`, or those of a linear axis where the domain is too narrow for them. */
export function logTicks(domain: Span, maximum = 7): number[] {
  return powerTicks(domain, maximum) ?? linearTicks(domain, maximum);
}

/**
 * Powers of ten inside a domain, thinned out to at most `maximum`; with 2 and 5 between them where there is room.
 * Null where the domain holds fewer than two.
 */
export function powerTicks([low, high]: Span, maximum = 7): number[] | null {
  const ticks = (factors: readonly number[], every: number): number[] => {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high) + 1e-9; power++) {
      if (power % every !== 0) continue;
      for (const factor of factors) {
        const value = Number(`${factor}e${power}`);
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) found.push(value);
      }
    }
    return found;
  };
  for (const factors of [[1, 2, 5], [1, 3]]) {
    const found = ticks(factors, 1);
    if (found.length <= maximum && found.length > 1) return found;
  }
  for (let every = 1; every < 400; every++) {
    const found = ticks([1], every);
    if (found.length <= maximum) return found.length > 1 ? found : null;
  }
  return null;
}

/** The smallest and largest finite number of `values` from index `first` up to and without `end`; null when there is none. */
export function extent(values: ArrayLike<number>, first = 0, end = values.length, positiveOnly = false): Span | null {
  let low = Infinity;
  let high = -Infinity;
  for (let i = first; i < end; i++) {
    const value = values[i];
    if (!Number.isFinite(value) || (positiveOnly && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** A domain with air around the values: 5 % above and below, 0 kept where `zero`, something sensible for one value. */
export function paddedDomain(span: Span | null, { zero = false, log = false } = {}): Span {
  if (!span) return log ? [1, 10] : [0, 1];
  let [low, high] = span;
  if (log) {
    const air = Math.max((high / low) ** 0.05, 1.05);
    return [low / air, high * air];
  }
  if (zero) {
    low = Math.min(0, low);
    high = Math.max(0, high);
    if (low === high) return [0, 1];
  }
  // A spread of rounding errors is no spread.
  const single = high - low <= Math.max(Math.abs(low), Math.abs(high)) * 1e-9 || high - low < 1e-290;
  const size = single ? Math.abs(high) || 1 : high - low;
  const air = size * (single ? 0.5 : 0.05);
  return [zero && low === 0 ? 0 : low - air, zero && high === 0 ? 0 : high + air];
}

/** Index of the last value that is at most `target` (ascending values); −1 when all are larger. */
export function lastAtMost(values: ArrayLike<number>, target: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= target) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Index of the value nearest to `target` (ascending values, at least one). */
export function nearest(values: ArrayLike<number>, target: number): number {
  const below = lastAtMost(values, target);
  if (below < 0) return 0;
  if (below === values.length - 1) return below;
  return target - values[below] <= values[below + 1] - target ? below : below + 1;
}

/** How many tick labels fit along an axis: at most 7, each `room` pixels wide. */
export function ticksThatFit(lengthPx: number, room = 52): number {
  return Math.max(2, Math.min(7, Math.floor(lengthPx / room)));
}
