/** Gaussian reference by whole covariance matrices: nothing of a filter, a recursion or a difference equation in it. */

/** Autocovariances of an ARMA process, in units of its innovations' variance, by its first 4,000 ψ weights. */
export function autocovariances(phi: ArrayLike<number>, theta: ArrayLike<number>, lags: number): Float64Array {
  const psi = new Float64Array(4000);
  for (let j = 0; j < psi.length; j++) {
    psi[j] = j === 0 ? 1 : j <= theta.length ? theta[j - 1] : 0;
    for (let i = 1; i <= Math.min(j, phi.length); i++) psi[j] += phi[i - 1] * psi[j - i];
  }
  return Float64Array.from({ length: lags }, (_, k) => {
    let sum = 0;
    for (let j = 0; j + k < psi.length; j++) sum += psi[j] * psi[j + k];
    return sum;
  });
}

/** Lower triangle L with L L' = A. */
function cholesky(a: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  for (const [i, row] of a.entries()) {
    lower.push([]);
    for (let j = 0; j <= i; j++) {
      let sum = row[j];
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k];
      lower[i].push(i === j ? Math.sqrt(sum) : sum / lower[j][j]);
    }
  }
  return lower;
}

function solveLower(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const y: number[] = [];
  for (const [i, row] of lower.entries()) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= row[k] * y[k];
    y.push(sum / row[i]);
  }
  return y;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** −log-likelihood less n/2 (1 + log 2π), its variance, and a multiple of `regressor` where there is one, at their best. */
export function profile(values: readonly number[], covariance: readonly (readonly number[])[], regressor: readonly number[] | null): number {
  const lower = cholesky(covariance);
  const z = solveLower(lower, values);
  let squares = dot(z, z);
  if (regressor) {
    const u = solveLower(lower, regressor);
    squares -= dot(u, z) ** 2 / dot(u, u);
  }
  const n = values.length;
  return 0.5 * n * Math.log(squares / n) + lower.reduce((sum, row, i) => sum + Math.log(row[i]), 0);
}

/** Mean and covariance of the unknown part of a Gaussian vector with mean 0, the known part given. */
export function conditional(known: readonly number[], covariance: (i: number, j: number) => number, knownAt: readonly number[], unknownAt: readonly number[]): { mean: number[]; covariance: number[][] } {
  const lower = cholesky(knownAt.map((i) => knownAt.map((j) => covariance(i, j))));
  const z = solveLower(lower, known);
  const across = unknownAt.map((i) => solveLower(lower, knownAt.map((j) => covariance(i, j))));
  return {
    mean: across.map((row) => dot(row, z)),
    covariance: unknownAt.map((i, a) => unknownAt.map((j, b) => covariance(i, j) - dot(across[a], across[b]))),
  };
}
