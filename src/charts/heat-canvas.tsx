import { useLayoutEffect, useRef } from 'preact/hooks';
import type { HeatmapPicture } from '../../workers/contract.ts';
import { theme } from '../ui/theme.ts';
import { heatMapOf, type HeatScale } from './colour.ts';
import { placed, type StepSpan } from './frame.ts';
import { columnCells, paintHeat, paletteOf, rowCells } from './heat-pixels.ts';
import { useDevicePixels } from './use-size.ts';

interface HeatCanvasProps {
  readonly picture: HeatmapPicture;
  readonly scale: HeatScale;
  /** Steps from the left to the right edge. */
  readonly steps: StepSpan;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The cells of a heatmap, painted pixel by pixel in the screen's own resolution. */
export function HeatCanvas({ picture, scale, steps, left, top, width, height }: HeatCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const kept = useRef<ImageData | null>(null);
  const ratio = useDevicePixels();
  const dark = theme.value === 'dark';
  const palette = paletteOf(heatMapOf(scale, dark), scale);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width < 1 || height < 1) return;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a canvas's size empties it, even to the same size.
    if (element.width !== wide || element.height !== high || !kept.current) {
      element.width = wide;
      element.height = high;
      kept.current = context.createImageData(wide, high);
    }
    const image = kept.current;
    const columns = columnCells(picture.columnSteps, steps.fromStep, steps.toStep, element.width);
    const rows = rowCells(picture.experts, element.height);
    paintHeat(new Uint32Array(image.data.buffer), picture.shares, picture.columns, columns, rows, palette);
    context.putImageData(image, 0, 0);
  }, [picture, palette, steps.fromStep, steps.toStep, width, height, ratio]);
  return <canvas ref={canvas} class="gc-canvas" style={placed({ left, top, width, height })} data-export="" aria-hidden="true" />;
}
