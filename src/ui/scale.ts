/** The values that a slider or number field takes. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Distance between the values that dragging and arrow keys reach; typing may hit any value between. */
  readonly step?: number;
  readonly integer?: boolean;
  /** `log` gives each factor the same length; needs `min` over 0. */
  readonly scale?: 'linear' | 'log';
}

function clamp(value: number, { min, max }: Scale): number {
  return Math.min(max, Math.max(min, value));
}

/** Without the tails of binary fractions: 0.30000000000000004 → 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function isLog(scale: Scale): boolean {
  return scale.scale === 'log' && scale.min > 0;
}

/** The step in force: the given one, else 1 for integers, else a hundredth of the range rounded to 1, 2 or 5. */
export function stepOf(scale: Scale): number {
  if (scale.step) return scale.step;
  if (scale.integer) return 1;
  const rough = (scale.max - scale.min) / 100;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return tidy(factor * power);
}

/** Where a value stands on the slider, 0 to 1. */
export function toPosition(value: number, scale: Scale): number {
  const inside = clamp(value, scale);
  if (scale.max <= scale.min) return 0;
  if (isLog(scale)) return Math.log(inside / scale.min) / Math.log(scale.max / scale.min);
  return (inside - scale.min) / (scale.max - scale.min);
}

/** The value that a place on the slider, 0 to 1, stands for: on the grid of steps, two digits on a log scale. */
export function fromPosition(position: number, scale: Scale): number {
  if (!isLog(scale)) return snap(scale.min + position * (scale.max - scale.min), scale);
  return snap(scale.min * (scale.max / scale.min) ** position, scale);
}

/** The nearest value that dragging may give. The ends are always reached. */
export function snap(value: number, scale: Scale): number {
  if (value <= scale.min) return scale.min;
  if (value >= scale.max) return scale.max;
  if (isLog(scale) && !scale.step) {
    const digits = scale.integer && value < 100 ? value.toFixed(0) : value.toPrecision(2);
    return clamp(tidy(Number(digits)), scale);
  }
  const step = stepOf(scale);
  return clamp(tidy(scale.min + Math.round((value - scale.min) / step) * step), scale);
}

/**
 * The value `count` arrow keys away (negative: down). On a log scale an arrow is a hundredth of the way
 * and at least the next value that can be told apart.
 */
export function nudge(value: number, count: number, scale: Scale): number {
  if (isLog(scale)) {
    const moved = fromPosition(toPosition(value, scale) + count / 100, scale);
    const changed = count > 0 ? moved > value : moved < value;
    if (changed) return moved;
    const smallest = scale.step ?? (scale.integer ? 1 : 10 ** (Math.floor(Math.log10(value)) - 1));
    return clamp(tidy(value + Math.sign(count) * smallest), scale);
  }
  const step = stepOf(scale);
  const grid = (value - scale.min) / step;
  const from = count > 0 ? Math.floor(grid + 1e-9) : Math.ceil(grid - 1e-9);
  return clamp(tidy(scale.min + (from + count) * step), scale);
}
