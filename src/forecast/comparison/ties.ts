import { dieboldMariano } from '../series/diebold-mariano.ts';

/** Worse than the best by chance less often than this: not a tie. */
export const significance = 0.05;
/** A test on fewer origins says nothing. */
const fewestOrigins = 5;

/**
 * p of Diebold and Mariano's test on the differences of two errors, one an origin; NaN of too few origins.
 * @param differences in the order of the origins; NaN is left out
 * @param overlap horizon in units of the distance of origins, rounded up, at least 1
 */
export function pOfTie(differences: Float64Array, overlap: number): number {
  return differences.filter(Number.isFinite).length < fewestOrigins ? NaN : dieboldMariano(differences, overlap).pValue;
}
