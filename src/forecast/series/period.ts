import { powerSpectrum } from './fourier.ts';
import { lnGammaTail } from './special-functions.ts';
import { peakEvidence, spectralLevels, type SpectralLevels } from './spectral-evidence.ts';
import { whitened } from './whiten.ts';

export interface Period {
  /** Values a cycle. */
  readonly period: number;
  /** Bound on the probability that a series without seasonality shows as much, at any of the periods looked at. */
  readonly pValue: number;
}

/** Cycles that a series must hold for its period to be looked at. */
const fewestCycles = 3;
/** Shorter series say nothing. */
const fewestValues = 12;
/**
 * By how much (ln of probabilities) a period beats a divisor of it: every multiple of the true period holds its harmonics
 * too, and chance adds a little to some of them.
 */
const divisorMargin = 5;

interface Found {
  readonly period: number;
  readonly harmonics: number;
  readonly lnProbability: number;
}

/**
 * The period of a series, or null where it shows none. The series is whitened; for each period the evidence at its first
 * 1, 2, 4, … and all harmonics is added up and compared with what would come by chance (Bonferroni over all of these).
 * White noise, autoregressions, random walks, trends and steps raise a false alarm with a probability of about
 * `falseAlarms` at most. Periods are whole, at least 2, and at least three cycles long series are needed; a pattern
 * in few cycles, or within the noise, is not found.
 */
export function detectPeriod(series: Float64Array, { falseAlarms = 0.01 } = {}): Period | null {
  const white = series.length < fewestValues ? null : whitened(series);
  if (!white) return null;
  const power = powerSpectrum(white, 2 * white.length);
  const levels = spectralLevels(power);
  const evidence = power.map((value, k) => peakEvidence(levels, k, value));
  const { best, tests } = search(evidence, excessKurtosis(white));
  const pValue = Math.min(1, Math.exp(best.lnProbability) * tests);
  if (!(pValue <= falseAlarms)) return null;
  return { period: shortest(refined(best, white, levels), best.harmonics, white, levels), pValue };
}

/** Ordinates of a series of n values with heavy tails are dependent: their covariance is the excess kurtosis / n. */
function excessKurtosis(white: Float64Array): number {
  let squares = 0;
  let fourths = 0;
  for (let i = 0; i < white.length; i++) {
    const square = white[i] * white[i];
    squares += square;
    fourths += square * square;
  }
  return Math.max(0, (fourths * white.length) / (squares * squares) - 3);
}

/** Frequency of a harmonic as a place in the spectrum. */
function placeOf(harmonic: number, period: number, length: number): number {
  return Math.round((2 * length * harmonic) / period);
}

/** The period and number of harmonics that chance explains worst, and how many were compared. */
function search(evidence: Float64Array, kurtosis: number): { readonly best: Found; readonly tests: number } {
  const length = evidence.length - 1;
  let best: Found = { period: 2, harmonics: 1, lnProbability: 0 };
  let tests = 0;
  for (let period = 2; period * fewestCycles <= length; period++) {
    const all = period >> 1;
    let sum = 0;
    let next = 1;
    for (let harmonic = 1; harmonic <= all; harmonic++) {
      sum += evidence[placeOf(harmonic, period, length)];
      if (harmonic !== next && harmonic !== all) continue;
      next *= 2;
      tests++;
      // A gamma variable with the sum's mean and variance.
      const inflation = 1 + (harmonic * kurtosis) / length;
      const lnProbability = lnGammaTail(harmonic / inflation, sum / inflation);
      if (lnProbability < best.lnProbability) best = { period, harmonics: harmonic, lnProbability };
    }
  }
  return { best, tests };
}

/** The period nearby (within three quarters of a Fourier frequency at its highest harmonic) whose harmonics hold most power. */
function refined({ period, harmonics }: Found, white: Float64Array, levels: SpectralLevels): number {
  const { length } = white;
  const cycles = length / period;
  const lowest = Math.max(2 * harmonics, Math.ceil(length / (cycles + 0.75 / harmonics)));
  const highest = Math.min(Math.floor(length / fewestCycles), Math.floor(length / Math.max(fewestCycles, cycles - 0.75 / harmonics)));
  let best = period;
  let most = -Infinity;
  for (let candidate = lowest; candidate <= highest; candidate++) {
    const folded = fold(white, candidate);
    let total = 0;
    for (let harmonic = 1; harmonic <= harmonics; harmonic++) {
      total += powerAt(folded, harmonic) / levels.levels[placeOf(harmonic, period, length)];
    }
    if (total <= most) continue;
    most = total;
    best = candidate;
  }
  return best;
}

/** The shortest divisor of a period whose own harmonics are nearly as unlikely by chance. */
function shortest(period: number, harmonics: number, white: Float64Array, levels: SpectralLevels): number {
  const folded = fold(white, period);
  const evidence = Float64Array.from({ length: harmonics }, (_, i) => {
    const harmonic = i + 1;
    return peakEvidence(levels, placeOf(harmonic, period, white.length), powerAt(folded, harmonic));
  });
  const lnProbability = (kept: number): number => {
    let sum = 0;
    for (let harmonic = kept; harmonic <= harmonics; harmonic += kept) sum += evidence[harmonic - 1];
    return lnGammaTail(Math.floor(harmonics / kept), sum);
  };
  const whole = lnProbability(1);
  for (let divisor = 2; divisor <= period / 2; divisor++) {
    const kept = period / divisor;
    if (Number.isInteger(kept) && kept <= harmonics && lnProbability(kept) <= whole + divisorMargin) return divisor;
  }
  return period;
}

/** Sums over the cycles, one for each place in the cycle. */
function fold(white: Float64Array, period: number): Float64Array {
  const sums = new Float64Array(period);
  for (let i = 0, place = 0; i < white.length; i++) {
    sums[place] += white[i];
    place = place + 1 === period ? 0 : place + 1;
  }
  return sums;
}

/** Power of the folded series at a harmonic, which is that of the whole series at its frequency. */
function powerAt(folded: Float64Array, harmonic: number): number {
  const { length } = folded;
  let re = 0;
  let im = 0;
  for (let place = 0; place < length; place++) {
    const angle = (2 * Math.PI * ((harmonic * place) % length)) / length;
    re += folded[place] * Math.cos(angle);
    im += folded[place] * Math.sin(angle);
  }
  return re * re + im * im;
}
