/**
 * How many layers of equal size lie behind each other in rows of loads, told from the loads themselves:
 * every layer routes the same number of tokens, so the sums of the layers of a row agree (counts),
 * or each is 1 or 100 (shares). 1 when nothing speaks for more.
 * @param rows some rows, each of the same length
 */
export function guessLayers(rows: readonly ArrayLike<number>[]): number {
  const columns = rows[0]?.length ?? 0;
  let best = 1;
  for (const layers of divisors(columns)) {
    if (layers > 1 && columns / layers >= 2 && rows.every((row) => haveEqualSums(row, layers))) best = layers;
  }
  return best;
}

/** Numbers of layers that `columns` can be cut into, ascending, 1 first. */
export function divisors(columns: number): number[] {
  const found: number[] = [];
  for (let n = 1; n <= columns; n++) if (columns % n === 0) found.push(n);
  return found;
}

function haveEqualSums(row: ArrayLike<number>, layers: number): boolean {
  const experts = row.length / layers;
  const sums = Array.from({ length: layers }, (_, layer) => {
    let sum = 0;
    for (let expert = 0; expert < experts; expert++) sum += row[layer * experts + expert];
    return sum;
  });
  const values = Array.from(row);
  // Sums of equal loads agree however they are grouped, which says nothing.
  if (values.every((value) => value === values[0])) return false;
  if (values.every((value) => Number.isInteger(value))) return sums.every((sum) => sum > 0 && sum === sums[0]);
  const whole = sums[0] > 10 ? 100 : 1;
  return sums.every((sum) => Math.abs(sum - whole) < whole * 0.005);
}
