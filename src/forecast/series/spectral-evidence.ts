/**
 * Evidence that single frequencies stand out of a spectrum whose level changes slowly.
 *
 * An ordinate is compared with the upper median of its neighbours, up to 12 on either side. Where the spectrum is flat
 * that far, ordinates are independent and exponential, and the j-th smallest of m of them is Σ_{i<j} E_i / (m − i)
 * (Rényi 1953), so the probability that an ordinate exceeds x times the median is Π_{i<j} (m − i) / (m − i + x):
 * Fisher's test with a level that is local and that other peaks do not raise. At low frequencies there are as many
 * neighbours on one side as on the other, so that a slope there, which trends and random walks leave, is no peak; at the
 * highest, where a spectrum has no slope, more of them lie below.
 */
export interface SpectralLevels {
  /** Upper median of the neighbours' power; 0 where there are none. */
  readonly levels: Float64Array;
  readonly neighbours: Uint8Array;
}

const neighboursEachSide = 12;

/**
 * @param power at frequencies k / (2n), k = 0 … n, n the even length of the series. Neighbours are 1 / n apart: such
 * ordinates are independent of each other, and so are the ones half-way among themselves.
 */
export function spectralLevels(power: Float64Array): SpectralLevels {
  const last = power.length - 1;
  const levels = new Float64Array(power.length);
  const neighbours = new Uint8Array(power.length);
  const sorted = new Float64Array(2 * neighboursEachSide);
  for (let k = 3; k <= last; k++) {
    const even = Math.min(neighboursEachSide, (k - 1) >> 1);
    const above = Math.min(even, Math.max(0, (last - 1 - k) >> 1));
    const below = above === even ? even : Math.min(2 * neighboursEachSide - above, (k - 1) >> 1);
    let count = 0;
    for (let i = -below; i <= above; i++) {
      if (i === 0) continue;
      const value = power[k + 2 * i];
      let at = count++;
      for (; at > 0 && sorted[at - 1] > value; at--) sorted[at] = sorted[at - 1];
      sorted[at] = value;
    }
    levels[k] = sorted[count >> 1];
    neighbours[k] = count;
  }
  return { levels, neighbours };
}

/** −ln of the probability of such power at k where there is no peak; without one, exponential with mean 1. */
export function peakEvidence({ levels, neighbours }: SpectralLevels, k: number, power: number): number {
  const count = neighbours[k];
  if (count === 0 || !(power > 0)) return 0;
  // At half the sampling rate an ordinate is the square of one Gaussian number: exp(−x / 2) bounds its tail.
  const ratio = power / levels[k] / (k === levels.length - 1 ? 2 : 1);
  let inverse = 1;
  for (let i = 0; i <= count >> 1; i++) inverse *= 1 + ratio / (count - i);
  return Math.min(700, Math.log(inverse));
}
