import type { ImbalanceMeasure } from './pictures-types.ts';

/** Imbalance of one row: `values[at … at + experts)` with their sum. A row without tokens counts as balanced. */
export type RowMeasure = (values: Uint32Array | Float32Array, at: number, experts: number, total: number) => number;

/** The measure of rows with up to `experts` experts; see `ImbalanceMeasure` for what each means. */
export function rowMeasure(measure: ImbalanceMeasure, experts: number): RowMeasure {
  return measures[measure](experts);
}

const measures: Readonly<Record<ImbalanceMeasure, (experts: number) => RowMeasure>> = {
  'max-over-mean': () => maxOverMean,
  variation: () => variation,
  gini: giniMeasure,
  entropy: () => (values, at, experts, total) => (experts < 2 ? 1 : entropy(values, at, experts, total) / Math.log(experts)),
  kl: () => (values, at, experts, total) => Math.max(0, Math.log(experts) - entropy(values, at, experts, total)),
  dead: () => dead,
};

const maxOverMean: RowMeasure = (values, at, experts, total) => {
  if (!(total > 0)) return 1;
  let maximum = 0;
  for (let i = at; i < at + experts; i++) if (values[i] > maximum) maximum = values[i];
  return (maximum * experts) / total;
};

const variation: RowMeasure = (values, at, experts, total) => {
  if (!(total > 0)) return 0;
  const mean = total / experts;
  let squares = 0;
  for (let i = at; i < at + experts; i++) squares += (values[i] - mean) ** 2;
  return Math.sqrt(squares / experts) / mean;
};

const dead: RowMeasure = (values, at, experts) => {
  let count = 0;
  for (let i = at; i < at + experts; i++) if (!(values[i] > 0)) count++;
  return count;
};

/** x ln x of whole numbers: four times faster than the logarithm over a long trace. */
let countTimesLog: Float64Array | undefined;

/** Entropy of the row's shares, nats: ln N − Σ x ln x / N. */
function entropy(values: Uint32Array | Float32Array, at: number, experts: number, total: number): number {
  if (!(total > 0)) return Math.log(experts);
  let sum = 0;
  if (values instanceof Uint32Array) {
    countTimesLog ??= Float64Array.from({ length: 65_536 }, (_, count) => (count > 0 ? count * Math.log(count) : 0));
    const table = countTimesLog;
    for (let i = at; i < at + experts; i++) {
      const count = values[i];
      sum += count < 65_536 ? table[count] : count * Math.log(count);
    }
  } else {
    for (let i = at; i < at + experts; i++) if (values[i] > 0) sum += values[i] * Math.log(values[i]);
  }
  return Math.max(0, Math.log(total) - sum / total);
}

/**
 * Gini coefficient: (2 Σ i x₍ᵢ₎) / (E Σ x) − (E + 1) / E over the ascending values, i from 1.
 * Ranks come from a radix sort over 16 bits of the value relative to the row's largest: experts that agree in all of
 * them may rank in any order, which moves the result by less than 2⁻¹⁶ of max/mean. Twice as fast as the array's own sort.
 */
function giniMeasure(experts: number): RowMeasure {
  const keys = new Uint16Array(experts);
  const byLow = new Uint16Array(experts);
  const lowPlaces = new Uint32Array(256);
  const highPlaces = new Uint32Array(256);
  return (values, at, count, total) => {
    if (!(total > 0)) return 0;
    let maximum = 0;
    for (let i = at; i < at + count; i++) if (values[i] > maximum) maximum = values[i];
    const scale = 65_535 / maximum;
    lowPlaces.fill(0);
    highPlaces.fill(0);
    for (let i = 0; i < count; i++) {
      const key = (values[at + i] * scale) | 0;
      keys[i] = key;
      lowPlaces[key & 255]++;
      highPlaces[key >> 8]++;
    }
    for (let digit = 0, low = 0, high = 0; digit < 256; digit++) {
      const lows = lowPlaces[digit];
      lowPlaces[digit] = low;
      low += lows;
      const highs = highPlaces[digit];
      highPlaces[digit] = high;
      high += highs;
    }
    for (let i = 0; i < count; i++) byLow[lowPlaces[keys[i] & 255]++] = i;
    let weighted = 0;
    for (let i = 0; i < count; i++) {
      const expert = byLow[i];
      weighted += ++highPlaces[keys[expert] >> 8] * values[at + expert];
    }
    return Math.max(0, (2 * weighted) / (count * total) - (count + 1) / count);
  };
}
