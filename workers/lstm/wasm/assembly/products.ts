/** Matrix products on tiles of four rows and eight columns, the most whose sums stay in registers everywhere. */
import { madd } from './simd';

/**
 * out[row][column] = bias[column] + Σ_k a[row][k] · b[k][column].
 * Row `row` of a is `runs` runs of `run` numbers. Panel p of b holds its columns 8p to 8p + 7, `[k][8]`.
 * @param rows a multiple of 4
 * @param aRow bytes between rows of a; `aRun`: between the runs of a row
 * @param bias `[panels · 8]`, or 0 for none
 */
export function product(
  rows: usize, run: usize, runs: usize, a: usize, aRow: usize, aRun: usize, b: usize, panels: usize, bias: usize, out: usize, outRow: usize,
): void {
  const panelBytes = run * runs * 32;
  for (let panel: usize = 0; panel < panels; panel++) {
    const start0 = bias ? v128.load(bias + panel * 32) : f32x4.splat(0);
    const start1 = bias ? v128.load(bias + panel * 32, 16) : f32x4.splat(0);
    for (let row: usize = 0; row < rows; row += 4) {
      let c00 = start0, c01 = start1, c10 = start0, c11 = start1, c20 = start0, c21 = start1, c30 = start0, c31 = start1;
      let w = b + panel * panelBytes;
      let from = a + row * aRow;
      for (let r: usize = 0; r < runs; r++) {
        let a0 = from, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        const end = a0 + (run << 2);
        while (a0 < end) {
          const w0 = v128.load(w), w1 = v128.load(w, 16);
          let x = v128.load32_splat(a0);
          c00 = madd(x, w0, c00);
          c01 = madd(x, w1, c01);
          x = v128.load32_splat(a1);
          c10 = madd(x, w0, c10);
          c11 = madd(x, w1, c11);
          x = v128.load32_splat(a2);
          c20 = madd(x, w0, c20);
          c21 = madd(x, w1, c21);
          x = v128.load32_splat(a3);
          c30 = madd(x, w0, c30);
          c31 = madd(x, w1, c31);
          a0 += 4;
          a1 += 4;
          a2 += 4;
          a3 += 4;
          w += 32;
        }
        from += aRun;
      }
      let to = out + row * outRow + panel * 32;
      v128.store(to, c00);
      v128.store(to, c01, 16);
      to += outRow;
      v128.store(to, c10);
      v128.store(to, c11, 16);
      to += outRow;
      v128.store(to, c20);
      v128.store(to, c21, 16);
      to += outRow;
      v128.store(to, c30);
      v128.store(to, c31, 16);
    }
  }
}

/**
 * sums[i][column] += Σ over steps and rows of a[i] · b[column], for eight columns: the gradient of weights that took a to b.
 * Sums of a few rows at a time keep their digits.
 * @param aRow bytes between rows; `aStep`: between steps
 * @param count how many numbers of a
 */
export function outerProduct(
  rows: usize, steps: usize, a: usize, aRow: usize, aStep: usize, count: usize, b: usize, bRow: usize, bStep: usize, sums: usize, sumsRow: usize,
): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    for (let step: usize = 0; step < steps; step++) {
      let x = a + step * aStep + (i << 2), y = b + step * bStep;
      const end = y + rows * bRow;
      while (y < end) {
        const y0 = v128.load(y), y1 = v128.load(y, 16);
        let x0 = v128.load32_splat(x);
        c00 = madd(x0, y0, c00);
        c01 = madd(x0, y1, c01);
        x0 = v128.load32_splat(x, 4);
        c10 = madd(x0, y0, c10);
        c11 = madd(x0, y1, c11);
        x0 = v128.load32_splat(x, 8);
        c20 = madd(x0, y0, c20);
        c21 = madd(x0, y1, c21);
        x0 = v128.load32_splat(x, 12);
        c30 = madd(x0, y0, c30);
        c31 = madd(x0, y1, c31);
        x += aRow;
        y += bRow;
      }
    }
    let to = sums + i * sumsRow;
    addTo(to, c00, c01);
    addTo((to += sumsRow), c10, c11);
    addTo((to += sumsRow), c20, c21);
    addTo((to += sumsRow), c30, c31);
  }
  for (; i < count; i++) {
    let c0 = f32x4.splat(0), c1 = c0;
    for (let step: usize = 0; step < steps; step++) {
      let x = a + step * aStep + (i << 2), y = b + step * bStep;
      const end = y + rows * bRow;
      while (y < end) {
        const x0 = v128.load32_splat(x);
        c0 = madd(x0, v128.load(y), c0);
        c1 = madd(x0, v128.load(y, 16), c1);
        x += aRow;
        y += bRow;
      }
    }
    addTo(sums + i * sumsRow, c0, c1);
  }
}

/** sums[column] += Σ over steps and rows of b[column], for eight columns: the gradient of a bias. */
export function columnSums(rows: usize, steps: usize, b: usize, bRow: usize, bStep: usize, sums: usize): void {
  let c0 = f32x4.splat(0), c1 = c0;
  for (let step: usize = 0; step < steps; step++) {
    let y = b + step * bStep;
    const end = y + rows * bRow;
    while (y < end) {
      c0 = f32x4.add(c0, v128.load(y));
      c1 = f32x4.add(c1, v128.load(y, 16));
      y += bRow;
    }
  }
  addTo(sums, c0, c1);
}

@inline
function addTo(to: usize, c0: v128, c1: v128): void {
  v128.store(to, f32x4.add(v128.load(to), c0));
  v128.store(to, f32x4.add(v128.load(to, 16), c1), 16);
}
