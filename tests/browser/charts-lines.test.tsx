import { render } from 'preact';
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import type { StepSpan } from '../../src/charts/frame.ts';
import { Lines } from '../../src/charts/lines.tsx';
import { shareAxis, type LineSeries } from '../../src/charts/series.ts';

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

const x = Float64Array.from({ length: 101 }, (_, i) => i * 10);
const steps = { fromStep: 0, toStep: 1010 };
const series: readonly LineSeries[] = [
  { id: 'up', label: 'forecast', colour: 'var(--forecast)', x, y: x.map((step) => 0.05 + step / 20_000) },
  { id: 'flat', label: 'average', colour: 'var(--average)', dash: '6 3', x, y: x.map(() => 0.0625) },
];

function Movable({ onMove }: { readonly onMove: (step: number, final: boolean) => void }) {
  const [step, setStep] = useState(500);
  const move = (to: number, final: boolean): void => {
    setStep(to);
    onMove(to, final);
  };
  return (
    <Lines
      label="Load" series={series} steps={steps} y={shareAxis()}
      handles={[{ id: 'origin', label: 'origin', main: true, step, min: 100, max: 900, stride: 20, onMove: move }]}
    />
  );
}

test('the keyboard moves the origin by its stride, by tenths, and to its ends', async () => {
  const moves: [number, boolean][] = [];
  render(<Movable onMove={(step, final) => moves.push([step, final])} />, root);
  const origin = page.getByRole('slider', { name: 'origin' });
  await expect.element(origin).toHaveAttribute('aria-valuenow', '500');
  (origin.element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(origin).toHaveAttribute('aria-valuetext', 'step 520');
  await userEvent.keyboard('{PageDown}');
  await expect.element(origin).toHaveAttribute('aria-valuenow', '440');
  await userEvent.keyboard('{End}');
  await expect.element(origin).toHaveAttribute('aria-valuenow', '900');
  expect(moves).toEqual([[520, true], [440, true], [900, true]]);
});

/** A pointer pressed on an element and moved through points, as a mouse does it. */
function drag(target: Element, from: { x: number; y: number }, ...to: { x: number; y: number }[]): void {
  const send = (type: string, { x: clientX, y: clientY }: { x: number; y: number }): boolean =>
    target.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', isPrimary: true, button: 0, buttons: 1, clientX, clientY }));
  // Synthetic pointers cannot be captured; the events go to the element anyway.
  (target as HTMLElement).setPointerCapture = () => undefined;
  send('pointermove', from);
  send('pointerdown', from);
  for (const point of to) send('pointermove', point);
  send('pointerup', to[to.length - 1]);
}

test('names of lines that grow stand where the lines end, and wait for a first piece', async () => {
  const grown = (points: number): readonly LineSeries[] => series.map((one) => ({ ...one, x: x.subarray(0, points), y: one.y.slice(0, points), legend: one.label, end: one.label }));
  const names = (): number[] => [...root.querySelectorAll('svg.gc-layer[data-export] > g > text')].map((text) => Number(text.getAttribute('x')));
  const show = (points: number, growing: boolean): void => render(<Lines label="Load" series={grown(points)} steps={steps} y={shareAxis()} growing={growing} />, root);
  show(51, false);
  await expect.poll(names).toHaveLength(2);
  const [atEdge] = names();
  show(51, true);
  await expect.poll(() => names()[0]).toBeLessThan(atEdge * 0.65);
  show(1, true);
  await expect.poll(names).toHaveLength(0);
});

test('dragging moves the origin and says when it is let go', async () => {
  const moves: [number, boolean][] = [];
  render(<Movable onMove={(step, final) => moves.push([step, final])} />, root);
  const origin = page.getByRole('slider', { name: 'origin' });
  await expect.element(origin).toBeVisible();
  const surface = page.getByRole('slider', { name: 'Load, crosshair' }).element().getBoundingClientRect();
  const grip = origin.element().getBoundingClientRect();
  const start = { x: grip.left + grip.width / 2, y: grip.top + 8 };
  const quarter = surface.width / 4;
  drag(origin.element(), start, { x: start.x + quarter / 2, y: start.y }, { x: start.x + quarter, y: start.y });
  const [last, final] = moves[moves.length - 1];
  // A quarter of 1010 steps further, to the nearest multiple of 20.
  expect(last).toBe(760);
  expect(final).toBe(true);
  expect(moves.slice(0, -1).every(([, done]) => !done)).toBe(true);
  await expect.element(origin).toHaveAttribute('aria-valuenow', '760');
});

test('the crosshair shows the values of its step, in the picture and in words', async () => {
  render(<Lines label="Load" series={series} steps={steps} y={shareAxis()} />, root);
  const surface = page.getByRole('slider', { name: 'Load, crosshair' });
  await expect.element(surface).toBeVisible();
  (surface.element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}{ArrowRight}{ArrowRight}');
  await expect.element(surface).toHaveAttribute('aria-valuetext', 'step 20: forecast 5.10 %, average 6.25 %');
  const tooltip = root.querySelector('.gc-tooltip')?.textContent?.replaceAll('\u202f', ' ');
  expect(tooltip).toBe('step 20forecast5.10 %average6.25 %');
  await userEvent.keyboard('{Escape}');
  expect(root.querySelector('.gc-tooltip')).toBeNull();
});

test('pictures with the same cursor share the crosshair', async () => {
  const cursor = signal<number | null>(null);
  render(
    <>
      <Lines label="One" series={series} steps={steps} y={shareAxis()} cursor={cursor} />
      <Lines label="Two" series={[series[1]]} steps={steps} y={shareAxis()} cursor={cursor} />
    </>,
    root,
  );
  await expect.element(page.getByRole('slider', { name: 'One, crosshair' })).toBeVisible();
  (page.getByRole('slider', { name: 'One, crosshair' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{End}');
  expect(cursor.value).toBe(1000);
  await expect.poll(() => root.querySelectorAll('.gc-tooltip').length).toBe(2);
  expect(root.querySelectorAll('.gc-tooltip')[1].textContent).toContain('average');
});

test('steps are chosen by keyboard and by dragging', async () => {
  const chosen: StepSpan[] = [];
  render(<Lines label="Load" series={series} steps={steps} y={shareAxis()} onSelect={(span) => chosen.push(span)} />, root);
  const surface = page.getByRole('slider', { name: 'Load, crosshair' });
  await expect.element(surface).toBeVisible();
  (surface.element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
  await expect.poll(() => root.querySelector('.gc-selection')).not.toBeNull();
  await userEvent.keyboard('{Enter}');
  const box = surface.element().getBoundingClientRect();
  const at = (step: number): { x: number; y: number } => ({ x: box.left + (step / 1010) * box.width, y: box.top + 20 });
  drag(surface.element(), at(701), at(500), at(299));
  expect(chosen).toEqual([{ fromStep: 0, toStep: 30 }, { fromStep: 300, toStep: 710 }]);
});

test('a series is named once: at its end, or in the legend when series share their name there', async () => {
  const shared = [0, 1].flatMap((expert): LineSeries[] => [
    { id: `h${expert}`, label: `history ${expert}`, legend: 'history', colour: 'var(--history)', x: x.slice(0, 50), y: x.slice(0, 50).map(() => 0.1 + expert / 10) },
    { id: `f${expert}`, label: `forecast ${expert}`, legend: 'forecast', end: `expert ${expert}`, colour: 'var(--forecast)', x: x.slice(50), y: x.slice(50).map(() => 0.1 + expert / 10) },
  ]);
  render(<Lines label="Load" series={[...shared, series[1]]} steps={steps} y={shareAxis()} />, root);
  await expect.poll(() => root.querySelectorAll('.gc-legend li').length).toBe(2);
  expect([...root.querySelectorAll('.gc-legend li')].map((item) => item.textContent)).toEqual(['history', 'forecast']);
  const ends = [...root.querySelectorAll('.gc-layer > g > text[dy]')].map((name) => name.textContent);
  expect(ends).toEqual(['expert 0', 'expert 1', 'average']);
});

test('Plot leaves no style element behind, and at most seven ticks an axis', async () => {
  render(<Lines label="Load" series={series} steps={steps} y={shareAxis()} />, root);
  await expect.poll(() => root.querySelector('.gc-plot')).not.toBeNull();
  expect(root.querySelector('style')).toBeNull();
  expect(root.querySelectorAll('[aria-label="line"]')).toHaveLength(2);
  for (const axis of ['x', 'y']) {
    const labels = root.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`);
    expect(labels.length).toBeGreaterThan(1);
    expect(labels.length).toBeLessThanOrEqual(7);
  }
});

test('before values come the picture has its height and says that it is loading', async () => {
  render(<Lines label="Load" series={[]} steps={steps} y={shareAxis()} loading height={240} />, root);
  await expect.element(page.getByText('Loading…')).toBeVisible();
  const before = root.getBoundingClientRect().height;
  render(<Lines label="Load" series={series} steps={steps} y={shareAxis()} height={240} />, root);
  await expect.poll(() => root.querySelector('[aria-label="line"]')).not.toBeNull();
  expect(root.getBoundingClientRect().height).toBe(before);
});

test('a single point is drawn as a dot', async () => {
  render(<Lines label="Load" series={[{ id: 'p', label: 'expert 0', colour: 'black', x: [5], y: [0.5] }]} steps={{ fromStep: 0, toStep: 10 }} y={shareAxis()} />, root);
  await expect.poll(() => root.querySelectorAll('[aria-label="dot"] circle').length).toBe(1);
});

test('eight series of 400 points are drawn well within a frame', async () => {
  const { drawLines } = await import('../../src/charts/lines-plot.ts');
  const { makeFrame } = await import('../../src/charts/frame.ts');
  const many = Array.from({ length: 8 }, (_, k): LineSeries => ({
    id: String(k), label: String(k), colour: 'var(--category-1)', x: Float64Array.from({ length: 400 }, (_, i) => i), y: Float32Array.from({ length: 400 }, (_, i) => Math.sin(i / 20 + k)),
  }));
  const frame = makeFrame(900, 280, { left: 44, right: 14, top: 10, bottom: 44 });
  const times = Array.from({ length: 40 }, () => {
    const start = performance.now();
    root.replaceChildren(drawLines({ series: many, frame, xDomain: [0, 400], yDomain: [-1, 1], y: { label: 'y' } }));
    return performance.now() - start;
  });
  // Measured 4 to 6 ms; the bound leaves room for a busy machine.
  expect(times.sort((a, b) => a - b)[10]).toBeLessThan(16);
});
