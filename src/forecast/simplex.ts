/**
 * Brings shares back onto the simplex in place: what is negative or no number becomes 0, then the sum becomes 1.
 * Where nothing is left, the shares become uniform. The nearest point of the simplex in the Euclidean sense, for which all
 * shares move by the same amount, is no better on the recorded traces (load error of the Theta method 1.75, 4.97 and 3.95 %
 * against 1.75, 4.95 and 3.93, of the ridge 1.28, 4.90 and 1.84 against 1.28, 4.87 and 1.84, 1,000 steps ahead), and gives
 * dead experts a load.
 * @param values `[blocks][experts]`
 */
export function ontoSimplex(values: Float64Array, experts: number): Float64Array {
  for (let at = 0; at + experts <= values.length; at += experts) {
    let sum = 0;
    for (let i = at; i < at + experts; i++) {
      if (!(values[i] > 0) || values[i] === Infinity) values[i] = 0;
      sum += values[i];
    }
    for (let i = at; i < at + experts; i++) values[i] = sum > 0 ? values[i] / sum : 1 / experts;
  }
  return values;
}
