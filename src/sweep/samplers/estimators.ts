/** Densities on [0, 1] that the Tree-structured Parzen Estimator draws from and compares. */
import { gaussian, type Random } from '../../random.ts';

export interface Estimator {
  /** A coordinate in [0, 1]. */
  draw(next: Random): number;
  /** Logarithm of the density at a coordinate. */
  logDensity(coordinate: number): number;
}

/**
 * A mixture with a Gaussian on each observation, as wide as the greater of the distances to its neighbours, and a wide one in
 * the middle, which is what is thought before anything is known; each cut off at 0 and 1, all weighing the same
 * (Bergstra et al. 2011, section 4.2). Of no observations, the wide one alone.
 */
export function parzenEstimator(observations: readonly number[]): Estimator {
  const places = [...observations, PRIOR.centre].sort((a, b) => a - b);
  const narrowest = 1 / Math.min(100, 1 + places.length);
  const prior = places.indexOf(PRIOR.centre);
  const parts = places.map((centre, i): Gaussian => {
    if (i === prior) return PRIOR;
    const gap = Math.max(i > 0 ? centre - places[i - 1] : 0, i < places.length - 1 ? places[i + 1] - centre : 0);
    return { centre, deviation: Math.min(1, Math.max(narrowest, gap)) };
  });
  const inside = parts.map(({ centre, deviation }) => normalBelow((1 - centre) / deviation) - normalBelow(-centre / deviation));
  return {
    draw(next) {
      const { centre, deviation } = parts[Math.floor(next() * parts.length)];
      for (;;) {
        const coordinate = centre + deviation * gaussian(next);
        if (coordinate >= 0 && coordinate <= 1) return coordinate;
      }
    },
    logDensity(coordinate) {
      const density = parts.reduce((sum, { centre, deviation }, i) => sum + Math.exp(-0.5 * ((coordinate - centre) / deviation) ** 2) / (deviation * inside[i]), 0);
      return Math.log(density / (parts.length * Math.sqrt(2 * Math.PI)));
    },
  };
}

interface Gaussian {
  readonly centre: number;
  readonly deviation: number;
}

const PRIOR: Gaussian = { centre: 0.5, deviation: 1 };

/**
 * Of a choice, whose values share the unit interval: in proportion to how often each was observed, and once more, which is
 * what is thought before anything is known (Bergstra et al. 2011, section 4.2).
 * @param observations coordinates
 * @param values how many there are to choose from
 */
export function choiceEstimator(observations: readonly number[], values: number): Estimator {
  const placeOf = (coordinate: number): number => Math.min(values - 1, Math.floor(coordinate * values));
  const counts = new Float64Array(values).fill(1);
  for (const coordinate of observations) counts[placeOf(coordinate)]++;
  const total = observations.length + values;
  return {
    draw(next) {
      let left = next() * total;
      let place = 0;
      while (place < values - 1 && left >= counts[place]) left -= counts[place++];
      return (place + 0.5) / values;
    },
    logDensity: (coordinate) => Math.log((counts[placeOf(coordinate)] * values) / total),
  };
}

/** Probability that a normal number is below `x`, to seven digits (Abramowitz and Stegun 1964, 26.2.17). */
function normalBelow(x: number): number {
  if (x < 0) return 1 - normalBelow(-x);
  const t = 1 / (1 + 0.231_641_9 * x);
  const series = t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return 1 - (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * series;
}
