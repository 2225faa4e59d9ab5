import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import { colourAt } from '../../src/charts/colour.ts';
import type { StepSpan } from '../../src/charts/frame.ts';
import { Figure } from '../../src/charts/figure.tsx';
import { Heatmap } from '../../src/charts/heatmap.tsx';
import { HeatmapGrid } from '../../src/charts/heatmap-grid.tsx';
import { Strips } from '../../src/charts/strips.tsx';
import type { HeatmapPicture } from '../../workers/contract.ts';
import { heat } from '../gallery/synthetic.ts';

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement('div');
  root.style.width = '800px';
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

/** Two experts, four columns of 10 steps; expert 1 takes over in the last two. */
const picture: HeatmapPicture = {
  layer: 0, experts: 2, columns: 4, fromStep: 0, toStep: 40, maximum: 0.75,
  columnSteps: Float64Array.from([0, 10, 20, 30]),
  shares: Float32Array.from([0.75, 0.75, 0.25, 0.25, 0.25, 0.25, 0.75, 0.75]),
};

test('the canvas shows each share in its colour, in device pixels', async () => {
  render(<Heatmap label="Load" picture={picture} />, root);
  await expect.poll(() => root.querySelector('canvas')?.width).toBeGreaterThan(100);
  const canvas = root.querySelector('canvas') as HTMLCanvasElement;
  const box = canvas.getBoundingClientRect();
  expect(canvas.width).toBe(Math.round(box.width * devicePixelRatio));
  const at = (x: number, y: number): number[] => Array.from(canvas.getContext('2d')?.getImageData(x * canvas.width, y * canvas.height, 1, 1).data ?? []);
  expect(at(0.1, 0.25)).toEqual([...colourAt('viridis', 1), 255]);
  expect(at(0.9, 0.75)).toEqual([...colourAt('viridis', 1), 255]);
  at(0.9, 0.25).slice(0, 3).forEach((part, i) => expect(Math.abs(part - colourAt('viridis', 1 / 3)[i])).toBeLessThanOrEqual(1));
});

test('the crosshair says step, expert, share and its ratio to uniform', async () => {
  render(<Heatmap label="Load" picture={picture} />, root);
  const surface = page.getByRole('slider', { name: 'Load, crosshair' });
  await expect.element(surface).toBeVisible();
  (surface.element() as HTMLElement).focus();
  await userEvent.keyboard('{End}{ArrowDown}');
  await expect.element(surface).toHaveAttribute('aria-valuetext', 'step 30, expert 1: 75.0 %, 1.50 times uniform');
  expect(root.querySelector('.gc-tooltip')?.textContent?.replaceAll('\u202f', ' ')).toBe('mean of steps 30–39expert 175.0 %to uniform1.50×');
});

test('Shift and arrows choose whole columns, Enter applies, a button zooms out', async () => {
  const chosen: StepSpan[] = [];
  let zoomedOut = 0;
  render(<Heatmap label="Load" picture={picture} zoomed onSelect={(span) => chosen.push(span)} onZoomOut={() => zoomedOut++} />, root);
  const surface = page.getByRole('slider', { name: 'Load, crosshair' });
  await expect.element(surface).toBeVisible();
  (surface.element() as HTMLElement).focus();
  await userEvent.keyboard('{End}{Shift>}{ArrowLeft}{/Shift}');
  await expect.element(surface).toHaveAttribute('aria-valuetext', 'chosen: steps 20 up to 40');
  await userEvent.keyboard('{Enter}');
  expect(chosen).toEqual([{ fromStep: 20, toStep: 40 }]);
  await userEvent.click(page.getByRole('button', { name: 'Show all steps' }));
  expect(zoomedOut).toBe(1);
});

test('a pointer dragged over the picture chooses the columns under it', async () => {
  const chosen: StepSpan[] = [];
  render(<Heatmap label="Load" picture={picture} onSelect={(span) => chosen.push(span)} />, root);
  const surface = page.getByRole('slider', { name: 'Load, crosshair' });
  await expect.element(surface).toBeVisible();
  await userEvent.dragAndDrop(surface, surface, { sourcePosition: { x: 250, y: 40 }, targetPosition: { x: 500, y: 40 } });
  await expect.poll(() => chosen).toEqual([{ fromStep: 10, toStep: 30 }]);
});

test('it is described in words, and keeps its place before it comes', async () => {
  render(<Heatmap label="Load" picture={null} loading steps={{ fromStep: 0, toStep: 40 }} />, root);
  await expect.element(page.getByText('Loading…')).toBeVisible();
  const before = root.getBoundingClientRect().height;
  render(<Heatmap label="Load" picture={picture} steps={{ fromStep: 0, toStep: 40 }} />, root);
  await expect.element(page.getByRole('img', { name: 'Load', exact: true })).toHaveAccessibleDescription(/highest 75.0 % \(expert 0 at step 0\)/);
  expect(root.getBoundingClientRect().height).toBe(before);
});

test('256 experts and 1,000 columns are painted within a frame', async () => {
  const { columnCells, makePalette, paintHeat, rowCells } = await import('../../src/charts/heat-pixels.ts');
  const large = heat(1, 256, 1000, 20_000);
  const palette = makePalette('viridis', { kind: 'share', maximum: large.maximum });
  const pixels = new Uint32Array(1000 * 320);
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    paintHeat(pixels, large.shares, large.columns, columnCells(large.columnSteps, 0, 20_000, 1000), rowCells(256, 320), palette);
    return performance.now() - start;
  });
  // Measured 2 ms.
  expect(times.sort((a, b) => a - b)[5]).toBeLessThan(16);
});

test('small heatmaps are one tab stop, arrows move between them, Enter picks', async () => {
  const picked: number[] = [];
  const pictures = [heat(0, 8, 20, 100), heat(1, 8, 20, 100), null];
  render(<HeatmapGrid label="Layers" pictures={pictures} names={['layer 0', 'layer 1', 'layer 2']} picked={0} onPick={(layer) => picked.push(layer)} />, root);
  const buttons = [...root.querySelectorAll('button')];
  expect(buttons.map((button) => button.tabIndex)).toEqual([0, -1, -1]);
  expect(buttons.map((button) => button.getAttribute('aria-pressed'))).toEqual(['true', 'false', 'false']);
  buttons[0].focus();
  await userEvent.keyboard('{ArrowRight}{Enter}');
  await userEvent.keyboard('{End}');
  expect(document.activeElement).toBe(buttons[2]);
  expect(picked).toEqual([1]);
  await expect.element(page.getByRole('button', { name: 'layer 2, loading' })).toBeVisible();
});

test('strips tell transient from stable by hatching, and say where each layer settles', async () => {
  render(
    <Strips
      label="States" steps={{ fromStep: 0, toStep: 8000 }}
      strips={[
        { id: '0', label: 'layer 0', boundaryStep: 1150, spans: [{ fromStep: 0, toStep: 1150, state: 'transient' }, { fromStep: 1150, toStep: 8000, state: 'stable' }] },
        { id: '1', label: 'layer 1', boundaryStep: null, spans: [{ fromStep: 0, toStep: 8000, state: 'transient' }] },
      ]}
    />,
    root,
  );
  await expect.element(page.getByRole('img', { name: 'States', exact: true })).toHaveAccessibleDescription('layer 0 is stable from step 1150; layer 1 ends transient.');
  const fills = [...root.querySelectorAll('.gc-picture svg > g > rect')].map((rect) => rect.getAttribute('fill')?.slice(0, 4));
  expect(fills).toEqual(['url(', 'var(', 'url(']);
  const surface = page.getByRole('slider', { name: 'States, crosshair' });
  (surface.element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}');
  await expect.element(surface).toHaveAttribute('aria-valuetext', 'step 0, layer 0: transient');
});

test('of many small heatmaps only those on the screen or near it are painted, all of them while the picture is exported', async () => {
  const layers = 600;
  const pictures = Array.from({ length: layers }, (_, layer) => heat(layer, 8, 20, 100));
  const names = pictures.map((_, layer) => `layer ${layer}`);
  const downloads: HTMLAnchorElement[] = [];
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    downloads.push(this);
  });
  render(
    <Figure title="All layers" exportName="all layers">
      <HeatmapGrid label="Layers" pictures={pictures} names={names} picked={0} onPick={() => {}} />
    </Figure>,
    root,
  );
  const painted = (): number => root.querySelectorAll('canvas').length;
  await expect.poll(painted).toBeGreaterThan(20);
  await expect.poll(() => root.querySelector('button[aria-label^="layer 10,"] canvas')).not.toBeNull();
  expect(painted()).toBeLessThan(150);
  expect(root.querySelectorAll('.gc-grid button')).toHaveLength(layers);

  const last = root.querySelector('button[aria-label^="layer 599,"]') as HTMLButtonElement;
  expect(last.querySelector('canvas')).toBeNull();
  const high = root.getBoundingClientRect().height;
  last.scrollIntoView();
  await expect.poll(() => last.querySelector('canvas')).not.toBeNull();
  await expect.poll(painted).toBeLessThan(150);
  expect(root.getBoundingClientRect().height).toBe(high);

  await userEvent.click(page.getByRole('button', { name: 'SVG' }));
  await expect.poll(() => downloads.length).toBe(1);
  const svg = new DOMParser().parseFromString(await (await fetch(downloads[0].href)).text(), 'image/svg+xml');
  expect(svg.querySelectorAll('image').length).toBeGreaterThanOrEqual(layers);
  expect(svg.documentElement.textContent).toContain('layer 599');
  await expect.poll(painted).toBeLessThan(150);
  click.mockRestore();
});

test('of the strips of many layers only those on the screen or near it are drawn', async () => {
  const strips = Array.from({ length: 600 }, (_, layer) => ({
    id: String(layer), label: `layer ${layer}`, boundaryStep: 50, spans: [{ fromStep: 0, toStep: 50, state: 'transient' as const }, { fromStep: 50, toStep: 100, state: 'stable' as const }],
  }));
  render(<Strips label="States" steps={{ fromStep: 0, toStep: 100 }} strips={strips} />, root);
  root.scrollIntoView();
  const drawn = (): string[] => [...root.querySelectorAll('.gc-row-name')].map((name) => name.textContent);
  await expect.poll(drawn).toContain('layer 0');
  expect(drawn().length).toBeLessThan(200);
  root.scrollIntoView({ block: 'end' });
  await expect.poll(drawn).toContain('layer 599');
  expect(drawn().length).toBeLessThan(200);
});
