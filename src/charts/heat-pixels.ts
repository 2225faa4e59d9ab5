/** Turns shares into pixels. Pure and without allocation a pixel: 256 experts × 1,000 columns take a few milliseconds. */
import { Recent } from '../recent.ts';
import { lastAtMost } from './scales.ts';
import { colourAt, heatPosition, heatTop, type ColourMap, type HeatScale } from './colour.ts';

const PALETTE_SIZE = 4096;

/** Colours by share: entry i is the colour of the share `top · i / (length − 1)`, as little-endian RGBA. */
export interface Palette {
  readonly colours: Uint32Array;
  readonly top: number;
}

const palettes = new Recent<string, Palette>(8, () => 1);

/** The palette of a scale; those used last are kept, since the pictures of many layers share one. */
export function paletteOf(map: ColourMap, scale: HeatScale): Palette {
  const key = `${map} ${scale.kind === 'share' ? scale.maximum : `${scale.uniform} ${scale.limit}`}`;
  const known = palettes.get(key);
  if (known) return known;
  const palette = makePalette(map, scale);
  palettes.put(key, palette);
  return palette;
}

export function makePalette(map: ColourMap, scale: HeatScale): Palette {
  const top = heatTop(scale) || 1;
  const colours = Uint32Array.from({ length: PALETTE_SIZE }, (_, i) => {
    const [red, green, blue] = colourAt(map, heatPosition(scale, (top * i) / (PALETTE_SIZE - 1)));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
  return { colours, top };
}

const SHARE_OF_CELLS = 0.995;
const BINS = 4096;

/**
 * A top for the colours that a few early spikes do not spoil: 99.5 % of the cells lie under it; the maximum where that
 * is not much higher.
 */
export function robustTop(shares: Float32Array, maximum: number): number {
  if (!(maximum > 0) || shares.length < 200) return maximum;
  const counts = new Uint32Array(BINS + 1);
  let finite = 0;
  for (const share of shares) {
    if (!(share >= 0)) continue;
    counts[Math.min(BINS, Math.floor((share / maximum) * BINS))]++;
    finite++;
  }
  let under = 0;
  let bin = 0;
  while (bin < BINS && under + counts[bin] < finite * SHARE_OF_CELLS) under += counts[bin++];
  const top = ((bin + 1) / BINS) * maximum;
  return top > 0.8 * maximum ? maximum : top;
}

/** Which columns (or rows) of the data each pixel shows: from `first[p]` up to and without `end[p]`. */
export interface PixelCells {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

/**
 * Columns by their steps, so that columns of unequal length are drawn in proportion. Where columns are narrower than
 * pixels a pixel shows the mean of all that it covers, else the column under its middle.
 */
export function columnCells(columnSteps: ArrayLike<number>, fromStep: number, toStep: number, widthPx: number): PixelCells {
  const columns = columnSteps.length;
  const first = new Int32Array(widthPx);
  const end = new Int32Array(widthPx);
  const stepsPerPixel = (toStep - fromStep) / widthPx;
  const many = columns > widthPx;
  for (let p = 0; p < widthPx; p++) {
    const start = many ? p : p + 0.5;
    first[p] = Math.max(0, lastAtMost(columnSteps, fromStep + start * stepsPerPixel));
    end[p] = first[p] + 1;
    if (many) end[p] = Math.max(end[p], Math.min(columns, lastAtMost(columnSteps, fromStep + (p + 1) * stepsPerPixel - 1e-9) + 1));
  }
  return { first, end };
}

/** Rows of equal height: `count` of them over `heightPx` pixels. */
export function rowCells(count: number, heightPx: number): PixelCells {
  const first = Int32Array.from({ length: heightPx }, (_, p) => Math.floor((p * count) / heightPx));
  const end = Int32Array.from({ length: heightPx }, (_, p) => Math.max(first[p] + 1, Math.ceil(((p + 1) * count) / heightPx - 1e-9)));
  // Enlarged, every pixel shows one row; reduced, the mean of the rows that it covers.
  if (heightPx >= count) for (let p = 0; p < heightPx; p++) end[p] = first[p] + 1;
  return { first, end };
}

/**
 * Fills RGBA pixels, `[heightPx][widthPx]`, from shares `[experts][columns]`. A cell that is no number stays transparent.
 */
export function paintHeat(
  pixels: Uint32Array, shares: Float32Array, columns: number, cellsX: PixelCells, cellsY: PixelCells, palette: Palette,
): void {
  const widthPx = cellsX.first.length;
  const heightPx = cellsY.first.length;
  const colour = colourOf(palette);
  const reduced = isReduced(cellsX) || isReduced(cellsY);
  const rowColours = new Uint32Array(columns);
  for (let y = 0; y < heightPx; y++) {
    const row = cellsY.first[y];
    const line = y * widthPx;
    if (y > 0 && row === cellsY.first[y - 1] && cellsY.end[y] === cellsY.end[y - 1]) {
      pixels.copyWithin(line, line - widthPx, line);
    } else if (reduced) {
      for (let x = 0; x < widthPx; x++) pixels[line + x] = colour(meanOf(shares, columns, cellsX, cellsY, x, y));
    } else {
      // Enlarged: a cell is coloured once, however many pixels it has.
      for (let column = 0; column < columns; column++) rowColours[column] = colour(shares[row * columns + column]);
      for (let x = 0; x < widthPx; x++) pixels[line + x] = rowColours[cellsX.first[x]];
    }
  }
}

function colourOf({ colours, top }: Palette): (share: number) => number {
  const last = colours.length - 1;
  const factor = last / top;
  return (share) => {
    if (Number.isNaN(share)) return 0;
    const index = (share * factor + 0.5) | 0;
    return colours[index > last ? last : index];
  };
}

function isReduced({ first, end }: PixelCells): boolean {
  return first.some((start, p) => end[p] - start > 1);
}

function meanOf(shares: Float32Array, columns: number, cellsX: PixelCells, cellsY: PixelCells, x: number, y: number): number {
  let sum = 0;
  for (let row = cellsY.first[y]; row < cellsY.end[y]; row++) {
    for (let column = cellsX.first[x]; column < cellsX.end[x]; column++) sum += shares[row * columns + column];
  }
  return sum / ((cellsY.end[y] - cellsY.first[y]) * (cellsX.end[x] - cellsX.first[x]));
}
