/** Combinations of several forecasts of the same values. */

/** @param forecasts of each forecaster, of equal length */
export function meanForecast(forecasts: readonly Float64Array[], into = new Float64Array(forecasts[0].length)): Float64Array {
  return weightedForecast(forecasts, new Float64Array(forecasts.length).fill(1 / forecasts.length), into);
}

/** Median value by value; it does not sum to 1 where shares do. */
export function medianForecast(forecasts: readonly Float64Array[], into = new Float64Array(forecasts[0].length)): Float64Array {
  const sorted = new Float64Array(forecasts.length);
  const high = sorted.length >> 1;
  const low = (sorted.length - 1) >> 1;
  for (let i = 0; i < into.length; i++) {
    for (let one = 0; one < sorted.length; one++) sorted[one] = forecasts[one][i];
    sorted.sort();
    into[i] = (sorted[low] + sorted[high]) / 2;
  }
  return into;
}

/** Sum of weight × forecast. */
export function weightedForecast(forecasts: readonly Float64Array[], weights: Float64Array, into = new Float64Array(forecasts[0].length)): Float64Array {
  into.fill(0);
  for (let one = 0; one < forecasts.length; one++) {
    const weight = weights[one];
    const forecast = forecasts[one];
    if (weight !== 0) for (let i = 0; i < into.length; i++) into[i] += weight * forecast[i];
  }
  return into;
}

/**
 * Weights that fall with past error, exp(−sharpness (e / e_min − 1)), summing to 1. A forecaster without an error (NaN)
 * gets nothing; without any error, or where the least one is 0, those that have the least share alike.
 */
export function inverseErrorWeights(errors: Float64Array, sharpness = 15): Float64Array {
  const least = errors.reduce((smallest, error) => (error < smallest ? error : smallest), Infinity);
  const weights = errors.map((error) => {
    if (least === Infinity) return 1;
    if (Number.isNaN(error)) return 0;
    return error === least ? 1 : Math.exp(-sharpness * (error / least - 1));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
