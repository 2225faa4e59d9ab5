/**
 * Moves shares to the nearest point of the simplex in the Euclidean sense, in place: all shares move by the same amount,
 * and what would be negative becomes 0. (`ontoSimplex` clips first and scales then, which moves large shares most.)
 * The amount is found by leaving out what it makes negative until nothing changes (Michelot 1986). What is no number
 * counts as 0.
 * @param values `[blocks][experts]`
 */
export function projectOntoSimplex(values: Float64Array, experts: number): Float64Array {
  for (let from = 0; from + experts <= values.length; from += experts) {
    // Taken relative to the largest: the amount is then between −1 and 0, whatever the size of the values.
    let largest = -Infinity;
    for (let i = from; i < from + experts; i++) {
      if (!Number.isFinite(values[i])) values[i] = 0;
      largest = Math.max(largest, values[i]);
    }
    let amount = -Infinity;
    for (let kept = 0, before = -1; kept !== before;) {
      before = kept;
      kept = 0;
      let sum = 0;
      for (let i = from; i < from + experts; i++) {
        const value = values[i] - largest;
        if (value <= amount) continue;
        sum += value;
        kept++;
      }
      amount = (sum - 1) / kept;
    }
    for (let i = from; i < from + experts; i++) values[i] = Math.max(0, values[i] - largest - amount);
  }
  return values;
}
