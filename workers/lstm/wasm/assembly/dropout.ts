/** Dropout by hashes of (seed, step, row, place), as in draws.ts. */

const PRIME = 0x01000193;
const ADDED = 0x7f4a7c15;

@inline
function mix(value: u32): u32 {
  let h = value;
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  return h ^ (h >>> 16);
}

@inline
function hashed(h: u32, value: u32): u32 {
  return mix((h * PRIME ^ value) + ADDED);
}

@inline
function mix4(value: v128): v128 {
  let h = i32x4.mul(v128.xor(value, i32x4.shr_u(value, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/**
 * Multiplies values by 0, or by `kept`.
 * @param values `[bins][rows][units]`, `binStep` and `rowStep` bytes apart
 * @param firstRow number of the first row in its batch
 * @param place of the first unit of bin 0; places go on from bin to bin
 * @param threshold hashes below it drop
 */
export function drop(
  values: usize, bins: usize, binStep: usize, rows: usize, rowStep: usize, units: usize,
  seed: u32, step: u32, firstRow: u32, place: u32, threshold: u32, kept: f32,
): void {
  const start = hashed(hashed(0x9e3779b9, seed), step);
  for (let row: usize = 0; row < rows; row++) {
    const prefix = hashed(start, firstRow + row) * PRIME;
    for (let bin: usize = 0; bin < bins; bin++) {
      let at = values + bin * binStep + row * rowStep;
      let here: u32 = place + bin * units;
      const end = at + (units << 2);
      for (; at + 16 <= end; at += 16) {
        const places = i32x4.add(i32x4.splat(here), i32x4(0, 1, 2, 3));
        const h = mix4(i32x4.add(v128.xor(i32x4.splat(prefix), places), i32x4.splat(ADDED)));
        const keeps = i32x4.ge_u(h, i32x4.splat(threshold));
        v128.store(at, v128.and(keeps, f32x4.mul(v128.load(at), f32x4.splat(kept))));
        here += 4;
      }
      for (; at < end; at += 4) {
        store<f32>(at, mix((prefix ^ here) + ADDED) < threshold ? 0 : load<f32>(at) * kept);
        here++;
      }
    }
  }
}
