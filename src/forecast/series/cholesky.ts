/**
 * Solves (A + ridge · diag A) y = b for a symmetric positive semidefinite A, `[k][k]`; zero diagonals count as 1.
 * @param factor `[k][k]`, used as room
 * @param into may be b
 * @returns false when the matrix is not positive definite
 */
export function solveDamped(matrix: Float64Array, b: Float64Array, ridge: number, factor: Float64Array, into: Float64Array): boolean {
  const k = b.length;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * k + j];
      if (i === j) sum += sum > 0 ? ridge * sum : 1;
      for (let l = 0; l < j; l++) sum -= factor[i * k + l] * factor[j * k + l];
      if (i > j) factor[i * k + j] = sum / factor[j * k + j];
      else if (sum > 1e-14 * matrix[i * k + i]) factor[i * k + i] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let i = 0; i < k; i++) {
    let sum = b[i];
    for (let l = 0; l < i; l++) sum -= factor[i * k + l] * into[l];
    into[i] = sum / factor[i * k + i];
  }
  for (let i = k - 1; i >= 0; i--) {
    let sum = into[i];
    for (let l = i + 1; l < k; l++) sum -= factor[l * k + i] * into[l];
    into[i] = sum / factor[i * k + i];
  }
  return true;
}
