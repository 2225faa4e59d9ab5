/**
 * Colour maps of heatmaps. Shares use viridis (van der Walt and Smith, matplotlib, CC0): luminance rises with the
 * value, so it survives greyscale and colour blindness. Imbalance uses purple–green (ColorBrewer PRGn by Brewer,
 * Apache 2.0), neutral where an expert has exactly its uniform share; a dark page has its own, dark in the middle.
 */

export type Rgb = readonly [red: number, green: number, blue: number];

const VIRIDIS =
  '440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b 375b8d 33638d 2f6b8e 2c728e 297a8e 26828e 23898e '
  + '21918c 1f988b 1fa088 22a785 28ae80 32b67a 3fbc73 4ec36b 5ec962 70cf57 84d44b 98d83e addc30 c2df23 d8e219 ece51b fde725';
const PURPLE_GREEN = '40004b 762a83 9970ab c2a5cf e7d4e8 f7f7f7 d9f0d3 a6dba0 5aae61 1b7837 00441b';
const PURPLE_GREEN_DARK = 'f0cbff cf98e6 a56cc0 76488f 4a315a 26292e 204432 256a43 34945a 5fbf7c b2ecb8';

function stops(list: string): readonly Rgb[] {
  return list.split(' ').map((hex) => [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb);
}

const MAPS = { viridis: stops(VIRIDIS), diverging: stops(PURPLE_GREEN), divergingDark: stops(PURPLE_GREEN_DARK) } as const;
export type ColourMap = keyof typeof MAPS;

/** Colour at a position from 0 to 1 (clamped), components 0 to 255. */
export function colourAt(map: ColourMap, position: number): Rgb {
  const list = MAPS[map];
  const place = Math.min(1, Math.max(0, position)) * (list.length - 1);
  const index = Math.min(list.length - 2, Math.floor(place));
  const part = place - index;
  return [0, 1, 2].map((i) => Math.round(list[index][i] + (list[index + 1][i] - list[index][i]) * part)) as unknown as Rgb;
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Parts of viridis whose lines hold 3:1 on the page; the best end stands out most. */
const SCORE_ENDS = { light: [0, 0.57], dark: [1, 0.37] } as const;

/**
 * Colour of a score, lower being better: dark purple to green on light paper, yellow to blue on dark.
 * @param position 0 (best) to 1 (worst)
 */
export function scoreColour(position: number, dark: boolean): Rgb {
  const [best, worst] = SCORE_ENDS[dark ? 'dark' : 'light'];
  return colourAt('viridis', best + (worst - best) * Math.min(1, Math.max(0, position)));
}

/** What the colours of a heatmap mean. */
export type HeatScale =
  /** Shares from 0 to `maximum`, viridis. */
  | { readonly kind: 'share'; readonly maximum: number; /** Larger shares exist and have the top colour. */ readonly clipped?: boolean }
  /** Ratio to the uniform share 1/E, from 2^−limit to 2^limit on a logarithmic scale, diverging; default limit 2. */
  | { readonly kind: 'ratio'; readonly uniform: number; readonly limit?: number };

/** Place of a share in its colour map, 0 to 1. */
export function heatPosition(scale: HeatScale, share: number): number {
  if (scale.kind === 'share') return scale.maximum > 0 ? Math.min(1, Math.max(0, share / scale.maximum)) : 0;
  const limit = scale.limit ?? 2;
  const octaves = Math.log2(Math.max(share, 1e-12) / scale.uniform);
  return Math.min(1, Math.max(0, 0.5 + octaves / (2 * limit)));
}

/** Share at the upper end of the colours. */
export function heatTop(scale: HeatScale): number {
  return scale.kind === 'share' ? scale.maximum : scale.uniform * 2 ** (scale.limit ?? 2);
}

/** The colour map of a scale on light or dark paper. */
export function heatMapOf(scale: HeatScale, dark: boolean): ColourMap {
  if (scale.kind === 'share') return 'viridis';
  return dark ? 'divergingDark' : 'diverging';
}

/** Shares that the legend names, ascending, at most 5. */
export function heatTicks(scale: HeatScale): number[] {
  if (scale.kind === 'ratio') {
    const limit = scale.limit ?? 2;
    return [-limit, -limit / 2, 0, limit / 2, limit].map((octaves) => scale.uniform * 2 ** octaves);
  }
  return [0, 0.25, 0.5, 0.75, 1].map((part) => part * scale.maximum);
}

/**
 * Marks of categories (experts, layers): an Okabe–Ito colour from charts.css, a dash and a marker each, so that no two
 * of the first 24 share all three and colour is never the only difference.
 */
export interface CategoryMark {
  readonly colour: string;
  readonly dash: string | undefined;
  readonly marker: Marker;
}
export type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross';

const DASHES = [undefined, '6 3', '2 3'] as const;
const MARKERS: readonly Marker[] = ['circle', 'square', 'triangle', 'diamond', 'cross'];
const CATEGORIES = 8;

export function categoryMark(index: number): CategoryMark {
  const colour = index % CATEGORIES;
  return {
    colour: `var(--category-${colour + 1})`,
    dash: DASHES[Math.floor(index / CATEGORIES) % DASHES.length],
    marker: MARKERS[(colour + Math.floor(index / CATEGORIES)) % MARKERS.length],
  };
}
