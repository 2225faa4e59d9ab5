import { studentBeyond } from './special-functions.ts';

export interface RankCorrelation {
  /** Spearman's ρ, −1 to 1; 0 where one side does not vary. */
  readonly rho: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly count: number;
}

/** Up to this many pairs all orders are counted, as in R. */
const mostCounted = 9;

/**
 * Spearman's rank correlation. The p-value is exact for up to nine pairs without ties, and from Student's t otherwise
 * (R's `cor.test(method = "spearman", exact = FALSE)`). Pairs with a missing value (NaN) are left out.
 */
export function spearman(x: Float64Array, y: Float64Array): RankCorrelation {
  const paired = (_: number, i: number): boolean => Number.isFinite(x[i]) && Number.isFinite(y[i]);
  const rankX = ranks(x.filter(paired));
  const rankY = ranks(y.filter(paired));
  const count = rankX.length;
  const middle = (count + 1) / 2;
  let products = 0;
  let squaresX = 0;
  let squaresY = 0;
  for (let i = 0; i < count; i++) {
    products += (rankX[i] - middle) * (rankY[i] - middle);
    squaresX += (rankX[i] - middle) ** 2;
    squaresY += (rankY[i] - middle) ** 2;
  }
  if (!(squaresX > 0 && squaresY > 0)) return { rho: 0, pValue: 1, count };
  const rho = Math.max(-1, Math.min(1, products / Math.sqrt(squaresX * squaresY)));
  const withoutTies = (count ** 3 - count) / 12;
  if (count <= mostCounted && squaresX === withoutTies && squaresY === withoutTies) return { rho, pValue: exactPValue(rho, count), count };
  if (count < 3) return { rho, pValue: 1, count };
  return { rho, pValue: rho * rho === 1 ? 0 : studentBeyond(rho * Math.sqrt((count - 2) / (1 - rho * rho)), count - 2), count };
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) result[order[i]] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
}

/**
 * Twice the part of all orders whose Σ d² (d the differences of ranks) is as far on its side, at most 1. Orders are
 * counted by the set of ranks that the first places took.
 */
function exactPValue(rho: number, count: number): number {
  const middle = (count ** 3 - count) / 6;
  const distance = Math.round(middle * (1 - rho));
  const largest = 2 * middle;
  const sets = 2 ** count;
  const orders = new Float64Array(sets * (largest + 1));
  orders[0] = 1;
  for (let set = 0, from = 0; set < sets; set++, from += largest + 1) {
    const place = bitsOf(set);
    for (let rank = 0; rank < count; rank++) {
      if ((set >> rank) & 1) continue;
      const square = (rank - place) ** 2;
      const to = (set | (1 << rank)) * (largest + 1) + square;
      for (let sum = 0; sum + square <= largest; sum++) orders[to + sum] += orders[from + sum];
    }
  }
  const all = orders.subarray((sets - 1) * (largest + 1));
  const side = distance > middle ? all.subarray(distance) : all.subarray(0, distance + 1);
  const total = all.reduce((sum, value) => sum + value, 0);
  return Math.min(1, (2 * side.reduce((sum, value) => sum + value, 0)) / total);
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
