/** Complex numbers as two arrays, real and imaginary parts. */
interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Fast Fourier transform in place, of a power of two of numbers (Cooley and Tukey, radix 2). */
function transform({ re, im }: Complex): void {
  const { length } = re;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j], re[i]];
    [im[i], im[j]] = [im[j], im[i]];
  }
  const cosines = Float64Array.from({ length: length >> 1 }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  const sines = Float64Array.from({ length: length >> 1 }, (_, i) => -Math.sin((2 * Math.PI * i) / length));
  for (let half = 1; half < length; half <<= 1) {
    const stride = length / (2 * half);
    for (let from = 0; from < length; from += 2 * half) {
      for (let i = from, at = 0; i < from + half; i++, at += stride) {
        const re2 = re[i + half] * cosines[at] - im[i + half] * sines[at];
        const im2 = re[i + half] * sines[at] + im[i + half] * cosines[at];
        re[i + half] = re[i] - re2;
        im[i + half] = im[i] - im2;
        re[i] += re2;
        im[i] += im2;
      }
    }
  }
}

/**
 * |Σ x_j exp(−2πi j k / points)|² for k = 0 … points / 2, for any even number of points: a convolution with a chirp
 * (Bluestein 1970), so that frequencies are exact fractions of the length and not of a power of two.
 */
export function powerSpectrum(series: Float64Array, points: number): Float64Array {
  const wanted = points / 2 + 1;
  let length = 1;
  while (length < series.length + wanted - 1) length *= 2;
  const signal = { re: new Float64Array(length), im: new Float64Array(length) };
  const chirp = { re: new Float64Array(length), im: new Float64Array(length) };
  for (let j = 0; j < Math.max(series.length, wanted); j++) {
    const angle = (Math.PI * ((j * j) % (2 * points))) / points;
    const re = Math.cos(angle);
    const im = Math.sin(angle);
    if (j < series.length) {
      signal.re[j] = series[j] * re;
      signal.im[j] = -series[j] * im;
    }
    if (j < wanted) {
      chirp.re[j] = re;
      chirp.im[j] = im;
    }
    if (j > 0 && j < series.length) {
      chirp.re[length - j] = re;
      chirp.im[length - j] = im;
    }
  }
  transform(signal);
  transform(chirp);
  for (let i = 0; i < length; i++) {
    const re = signal.re[i] * chirp.re[i] - signal.im[i] * chirp.im[i];
    const im = signal.re[i] * chirp.im[i] + signal.im[i] * chirp.re[i];
    // Transformed back as the conjugate of the conjugate's transform; only sizes are wanted.
    signal.re[i] = re;
    signal.im[i] = -im;
  }
  transform(signal);
  return Float64Array.from({ length: wanted }, (_, k) => (signal.re[k] * signal.re[k] + signal.im[k] * signal.im[k]) / (length * length));
}
