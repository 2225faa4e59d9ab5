import axe from 'axe-core';
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import { pictureSvg, svgText, svgToPng } from '../../src/charts/export.ts';
import { Figure } from '../../src/charts/figure.tsx';
import { formatPercent } from '../../src/charts/format.ts';
import { Heatmap } from '../../src/charts/heatmap.tsx';
import { HeatmapGrid } from '../../src/charts/heatmap-grid.tsx';
import { Lines } from '../../src/charts/lines.tsx';
import { shareAxis, type LineSeries } from '../../src/charts/series.ts';
import { Strips } from '../../src/charts/strips.tsx';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import { heat, row } from '../gallery/synthetic.ts';

let root: HTMLElement;
let stop: () => void;
beforeEach(() => {
  root = document.createElement('main');
  root.style.width = '800px';
  document.body.append(root);
  stop = startTheme();
});
afterEach(() => {
  render(null, root);
  root.remove();
  chooseTheme('auto');
  stop();
});

const picture = heat(2, 16, 200, 8000);
const series: readonly LineSeries[] = [
  { id: 'a', label: 'expert 0', colour: 'var(--category-1)', marker: 'circle', x: picture.columnSteps, y: row(picture, 0) },
  { id: 'b', label: '90 % interval', colour: 'var(--forecast)', fill: 'var(--interval)', kind: 'band', x: picture.columnSteps, y: [], low: row(picture, 1).map((v) => v * 0.9), high: row(picture, 1) },
];
const steps = { fromStep: 0, toStep: 8000 };
const handle = { id: 'origin', label: 'origin', main: true, step: 5000, min: 0, max: 7000, onMove: () => undefined };

function LinesFigure() {
  return (
    <Figure
      title="Load share of expert 0" caption="Mean of 40 steps." exportName="trace: layer 2"
      table={{
        caption: 'Load share by step', columns: [{ label: 'step' }, { label: 'expert 0', unit: '%', format: (share) => formatPercent(share) }],
        rows: () => Array.from({ length: 1000 }, (_, i) => [i, i / 1000]),
      }}
    >
      <Lines label="Load" series={series} steps={steps} y={shareAxis()} handles={[handle]} spans={[{ id: 'h', label: 'horizon', fromStep: 5000, toStep: 7000, tone: 'horizon' }]} rules={[{ id: 'u', label: 'uniform', value: 0.0625 }]} />
    </Figure>
  );
}

function Everything() {
  return (
    <>
      <h1>Pictures</h1>
      <LinesFigure />
      <Figure title="Load share of layer 2" exportName="heat"><Heatmap label="Heatmap" picture={picture} marks={[{ id: 'b', label: 'stable', step: 1150 }]} onSelect={() => undefined} /></Figure>
      <Figure title="All layers" exportName="grid"><HeatmapGrid label="Layers" pictures={[picture, null]} names={['layer 0', 'layer 1']} picked={0} onPick={() => undefined} /></Figure>
      <Figure title="Load against uniform" exportName="ratio"><Heatmap label="Ratio" picture={picture} colours="ratio" zoomed onZoomOut={() => undefined} /></Figure>
      <Figure title="Nothing yet" exportName="none"><Heatmap label="Empty" picture={null} loading /></Figure>
      <Figure title="States" exportName="states"><Strips label="States" steps={steps} strips={[{ id: '0', label: 'layer 0', boundaryStep: 400, spans: [{ fromStep: 0, toStep: 400, state: 'transient' }, { fromStep: 400, toStep: 8000, state: 'stable' }] }]} /></Figure>
    </>
  );
}

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  test('axe finds no violation in any picture', async () => {
    chooseTheme(theme);
    render(<Everything />, root);
    await expect.poll(() => root.querySelectorAll('.gc-surface').length).toBe(4);
    for (const details of root.querySelectorAll('details')) details.open = true;
    await expect.poll(() => root.querySelectorAll('.gc-table tbody tr').length).toBe(200);
    const { violations } = await axe.run(root);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });
});

test('a figure has its title as its name', async () => {
  render(<LinesFigure />, root);
  await expect.element(page.getByRole('figure', { name: 'Load share of expert 0' })).toBeVisible();
});

test('the table is computed when it is opened and says that it is thinned', async () => {
  let asked = 0;
  const table = { caption: 'Loads', columns: [{ label: 'step' }, { label: 'share', unit: '%', format: (share: number) => formatPercent(share) }], rows: () => (asked++, Array.from({ length: 1000 }, (_, i) => [i * 10, 0.0625])) };
  render(<Figure title="Loads" exportName="loads" table={table}><p>picture</p></Figure>, root);
  expect(asked).toBe(0);
  await userEvent.click(page.getByText('Table'));
  await expect.element(page.getByText(/200 of 1.000 rows, evenly chosen/)).toBeVisible();
  expect(asked).toBe(1);
  const cells = [...root.querySelectorAll('tbody tr')].map((line) => line.textContent?.replaceAll('\u202f', ' '));
  expect(cells[0]).toBe('06.25 %');
  expect(cells[199]).toBe('9,9906.25 %');
  expect([...root.querySelectorAll('thead th')].map((head) => head.textContent)).toEqual(['step', 'share, %']);
});

async function exported(): Promise<{ svg: SVGSVGElement; text: string }> {
  render(<Everything />, root);
  await expect.poll(() => root.querySelectorAll('.gc-plot [aria-label="line"]').length).toBe(1);
  await expect.poll(() => root.querySelectorAll('canvas').length).toBe(3);
  const host = root.querySelectorAll<HTMLElement>('.gc-figure-picture');
  const svg = pictureSvg(host[0], 'Load share & more');
  return { svg, text: svgText(svg) };
}

test('an exported SVG is well formed, stands alone, and has title, axes, lines and legend', async () => {
  const { text } = await exported();
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
  expect(parsed.querySelector('parsererror')).toBeNull();
  expect(parsed.documentElement.namespaceURI).toBe('http://www.w3.org/2000/svg');
  expect(parsed.querySelector('title')?.textContent).toBe('Load share & more');
  expect(text).not.toContain('var(');
  expect(text).not.toMatch(/ (class|style)="/);
  const words = [...parsed.querySelectorAll('text')].map((one) => one.textContent);
  for (const word of ['load share, %', 'training step', 'origin', 'horizon', 'uniform', 'expert 0', '90 % interval']) expect(words).toContain(word);
});

test('colours that are references of the style sheets are written out', async () => {
  const { svg } = await exported();
  const strokes = [...svg.querySelectorAll('path')].map((path) => path.getAttribute('stroke'));
  const probe = document.createElement('i');
  probe.style.color = 'var(--category-1)';
  root.append(probe);
  expect(strokes).toContain(getComputedStyle(probe).color);
});

test('an exported heatmap embeds its canvas and keeps its axes', async () => {
  await exported();
  const svg = pictureSvg(root.querySelectorAll<HTMLElement>('.gc-figure-picture')[1], 'Heatmap');
  expect(svg.querySelector('image')?.getAttribute('href')).toMatch(/^data:image\/png;base64,iVBOR/);
  expect([...svg.querySelectorAll('text')].map((one) => one.textContent)).toContain('training step');
});

test('an exported PNG is a PNG of twice the size in pixels and is not blank', async () => {
  const { svg } = await exported();
  const blob = await svgToPng(svg);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  expect(Array.from(bytes.slice(0, 8))).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = await createImageBitmap(blob);
  expect(image.width).toBe(2 * Number(svg.getAttribute('width')));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context?.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context?.getImageData(0, 0, image.width, image.height).data.buffer ?? new ArrayBuffer(0));
  expect(new Set(pixels).size).toBeGreaterThan(20);
});

test('the buttons save files named after the figure', async () => {
  const names: string[] = [];
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    names.push(this.download);
  };
  try {
    render(<LinesFigure />, root);
    await userEvent.click(page.getByRole('button', { name: 'SVG' }));
    await userEvent.click(page.getByRole('button', { name: 'PNG' }));
    await userEvent.click(page.getByRole('button', { name: 'CSV' }));
    await expect.poll(() => [...names].sort()).toEqual(['trace-layer-2.csv', 'trace-layer-2.png', 'trace-layer-2.svg']);
  } finally {
    HTMLAnchorElement.prototype.click = click;
  }
});
