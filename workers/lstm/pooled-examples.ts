/** The flat arrays of the pooled form: windows and targets as rows of moving means that all anchors share. */
import type { Anchor } from './anchors.ts';
import { ANCHOR_FIELDS, type Examples } from './examples.ts';
import { meanShare, placeOf, planesOf, type Prefix } from './prefix.ts';

/** Inputs are clipped to ± this, in units of a uniform share. */
export const CLIP = 10;
/** Shares of experts under this part of a uniform share look alike to the network. */
export const COLDEST = 1e-3;
/** Most numbers of cut windows, which hold their bins themselves (64 MiB). */
const MOST_CUT = 2 ** 24;

/** Lengths in grains. */
export interface Spans {
  /** Bins of a window. */
  readonly bins: number;
  readonly bin: number;
  readonly base: number;
  /** Of the means that join after the LSTM. */
  readonly windows: readonly number[];
}

/** Mean over the `span` grains before `at`; a span that begins before the history is cut there. */
function meanBefore(prefix: Prefix, series: number, span: number, at: number): number {
  return meanShare(prefix, series, Math.max(0, at - span), at);
}

/** The base forecast at `at`. */
export function baseOf(prefix: Prefix, { base }: Spans, series: number, at: number): number {
  return meanBefore(prefix, series, base, at);
}

/** Whether a window that ends at `at` begins before the history. */
function isCut({ bins, bin }: Spans, at: number): boolean {
  return at < bins * bin;
}

/** Anchors whose windows are cut take memory of their own: too many are thinned evenly. */
export function thinned(anchors: readonly Anchor[], spans: Spans, width: number): readonly Anchor[] {
  const cut = new Set(anchors.flatMap(({ at }) => (isCut(spans, at) ? [at] : [])));
  const stride = Math.ceil((cut.size * spans.bins * width) / MOST_CUT);
  return stride <= 1 ? anchors : anchors.filter(({ at }) => !isCut(spans, at) || at % stride === 0);
}

/** Inputs after the LSTM: differences of the windows, the way back to uniform, the level. */
export function staticsOf(windows: readonly number[]): number {
  return windows.length + 2;
}

/**
 * A bin that begins before the history is to be exactly 0 after its reference was subtracted, and references differ by
 * anchor. So windows that are cut there lie behind the planes, with their reference in the place of what is missing.
 * @param anchors one whose target ends after the history has none
 */
export function layOut(anchors: readonly Anchor[], horizons: readonly number[], spans: Spans, prefix: Prefix): Pick<Examples, 'values' | 'hop' | 'anchors' | 'norms' | 'sides'> {
  const { width, grains } = prefix;
  const { bins, bin } = spans;
  const moments = [...new Set(anchors.map(({ at }) => at))].toSorted((a, b) => a - b);
  const cut = moments.filter((at) => isCut(spans, at));
  const whole = moments.slice(cut.length);
  /** Windows have a hop of `bin` rows, so as many cut ones lie between each other. */
  const cutRow = (which: number, n: number): number => (Math.floor(which / bin) * bins + n) * bin + (which % bin);
  const { values, planes: [binned, ...targets], spareAt } = planesOf(
    prefix,
    [
      { length: bin, first: (whole[0] ?? 0) - bins * bin, last: (whole.at(-1) ?? -Infinity) - bin },
      ...horizons.map((length) => {
        const starts = anchors.flatMap(({ at, horizon }) => (horizon === length && at + horizon <= grains ? [at] : []));
        return { length, first: Math.min(...starts), last: Math.max(...starts) };
      }),
    ],
    Math.ceil(cut.length / bin) * bin * bins * width,
    (share) => share,
  );

  const statics = staticsOf(spans.windows);
  const norms = new Float32Array(moments.length * width * 2);
  const sides = new Float32Array(moments.length * width * statics);
  for (const [row, at] of moments.entries()) {
    for (let series = 0; series < width; series++) {
      const place = row * width + series;
      norms[place * 2] = baseOf(prefix, spans, series, at);
      norms[place * 2 + 1] = prefix.experts[series];
      writeSides(prefix, spans, series, at, sides.subarray(place * statics, (place + 1) * statics));
    }
  }
  for (const [row, at] of cut.entries()) {
    for (let n = 0; n < bins; n++) {
      const from = at - (bins - n) * bin;
      const into = spareAt + cutRow(row, n) * width;
      for (let series = 0; series < width; series++) values[into + series] = from < 0 ? norms[(row * width + series) * 2] : meanShare(prefix, series, from, from + bin);
    }
  }

  const records = new Uint32Array(anchors.length * ANCHOR_FIELDS);
  for (const [i, { at, horizon }] of anchors.entries()) {
    const row = moments.indexOf(at);
    const window = row < cut.length ? spareAt + cutRow(row, 0) * width : placeOf(binned, prefix, at - bins * bin);
    const target = at + horizon <= grains ? placeOf(targets[horizons.indexOf(horizon)], prefix, at) : 0;
    records.set([window, target, row], i * ANCHOR_FIELDS);
  }
  return { values, hop: bin * width, anchors: records, norms, sides };
}

/** What joins after the LSTM, in units of a uniform share. */
function writeSides(prefix: Prefix, spans: Spans, series: number, at: number, into: Float32Array): void {
  const level = baseOf(prefix, spans, series, at);
  const experts = prefix.experts[series];
  const clip = (value: number): number => Math.max(-CLIP, Math.min(CLIP, value));
  let i = 0;
  for (const window of spans.windows) into[i++] = clip((meanBefore(prefix, series, window, at) - level) * experts);
  into[i++] = clip(1 - level * experts);
  into[i] = Math.log(Math.max(COLDEST, level * experts));
}
