/**
 * Brings shares back onto the simplex in place: what is negative or no number becomes 0, then the sum becomes 1.
 * Where nothing is left, the shares become uniform.
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
