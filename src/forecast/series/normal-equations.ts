/** Least squares in their normal form, XᵀX and Xᵀy, so that layers and origins can be added up before they are solved. */
export interface NormalEquations {
  readonly size: number;
  /** XᵀX, `[size][size]` */
  readonly gram: Float64Array;
  /** Xᵀy, `[size]` */
  readonly cross: Float64Array;
}

/** @param features X, `[rows][size]` @param target y, `[rows]` */
export function normalEquations(features: Float64Array, target: Float64Array): NormalEquations {
  const size = features.length / target.length;
  const gram = new Float64Array(size * size);
  const cross = new Float64Array(size);
  for (let row = 0, at = 0; row < target.length; row++, at += size) {
    for (let i = 0; i < size; i++) {
      cross[i] += features[at + i] * target[row];
      for (let j = 0; j <= i; j++) gram[i * size + j] += features[at + i] * features[at + j];
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) gram[j * size + i] = gram[i * size + j];
  return { size, gram, cross };
}
