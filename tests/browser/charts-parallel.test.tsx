import axe from 'axe-core';
import { render } from 'preact';
import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import { pictureSvg } from '../../src/charts/export.ts';
import { Figure } from '../../src/charts/figure.tsx';
import { rowsTable } from '../../src/charts/linked.ts';
import { ParallelCoordinates } from '../../src/charts/parallel-coordinates.tsx';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import type { Column } from '../../src/charts/value-axis.ts';

let root: HTMLElement;
let stop: () => void;
const selected = signal<ReadonlySet<number>>(new Set());
const hovered = signal<number | null>(null);
beforeEach(() => {
  root = document.createElement('main');
  root.style.width = '700px';
  document.body.append(root);
  stop = startTheme();
  selected.value = new Set();
  hovered.value = null;
});
afterEach(() => {
  render(null, root);
  root.remove();
  chooseTheme('auto');
  stop();
});

const ids = [10, 11, 12, 13];
const columns: readonly Column[] = [
  { id: 'loss', axis: { kind: 'category', label: 'loss', names: ['squared', 'absolute'] }, values: [0, 0, 1, 1] },
  { id: 'rate', axis: { kind: 'log', label: 'learning rate', domain: [0.001, 0.1] }, values: [0.001, 0.01, 0.1, NaN] },
  { id: 'error', axis: { kind: 'linear', label: 'error', unit: '%', domain: [0, 10] }, values: [2, 4, 8, 6] },
];
const reference = { label: 'sliding average', value: 5 };

function Picture({ onPick, given = columns, of = ids }: { readonly onPick?: (id: number) => void; readonly given?: readonly Column[]; readonly of?: readonly number[] }) {
  return (
    <Figure title="Settings and error" exportName="parallel" table={rowsTable('Trials', of, given)}>
      <ParallelCoordinates label="Settings" columns={given} ids={of} selected={selected} hovered={hovered} reference={reference} pruned={firstRow} onPick={onPick} />
    </Figure>
  );
}
const firstRow = (row: number): boolean => row === 0;

const chosen = (): number[] => [...selected.value].sort((a, b) => a - b);
const range = (name: string): string => axis(name).element().getAttribute('aria-valuetext') ?? '';
const axis = (name: string) => page.getByRole('slider', { name, exact: true });

/** A pointer pressed at a part of an element's height and moved to others, as a mouse does it. */
function dragAlong(target: Element, ...parts: readonly number[]): void {
  const area = target.getBoundingClientRect();
  (target as HTMLElement).setPointerCapture = () => undefined;
  const send = (type: string, part: number): boolean => target.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', isPrimary: true, button: 0, buttons: 1, clientX: area.left + area.width / 2, clientY: area.top + area.height * part,
  }));
  send('pointerdown', parts[0]);
  for (const part of parts.slice(1)) send('pointermove', part);
  send('pointerup', parts[parts.length - 1]);
}

describe('ranges of the axes', () => {
  test('are drawn with the pointer, hold together, and a click takes one away', async () => {
    render(<Picture />, root);
    await expect.element(axis('error')).toBeVisible();
    // The upper half: errors of 5 and more.
    dragAlong(axis('error').element(), 0.5, 0.2, 0);
    expect(chosen()).toEqual([12, 13]);
    await expect.poll(() => range('error')).toBe('from 5 % to 10 %, 2 of 4 trials');
    dragAlong(axis('learning rate').element(), 0.3, 0);
    expect(chosen()).toEqual([12]);
    await expect.element(page.getByText('1 of 4 trials')).toBeVisible();
    dragAlong(axis('error').element(), 0.25);
    expect(chosen()).toEqual([12]);
    dragAlong(axis('learning rate').element(), 0.15);
    expect(chosen()).toEqual([]);
    await expect.element(page.getByText('4 trials', { exact: true })).toBeVisible();
  });

  test('are moved as a whole and at their ends', async () => {
    render(<Picture />, root);
    await expect.element(axis('error')).toBeVisible();
    dragAlong(axis('error').element(), 0.3, 0.1);
    expect(chosen()).toEqual([12]);
    await expect.poll(() => range('error')).toMatch(/1 of 4 trials$/);
    dragAlong(axis('error').element(), 0.2, 0.8);
    await expect.poll(() => range('error')).toMatch(/^from 0.* to 2\.\d+ %, 1 of 4 trials$/);
    expect(chosen()).toEqual([10]);
    const bar = root.querySelector('.gc-axis-range')?.getBoundingClientRect();
    const area = axis('error').element().getBoundingClientRect();
    const upper = ((bar?.top ?? 0) - area.top) / area.height;
    dragAlong(axis('error').element(), upper + 0.005, 0.35);
    expect(chosen()).toEqual([10, 11, 13]);
  });

  test('are set with the keyboard, and Escape takes them away', async () => {
    render(<Picture />, root);
    await expect.element(axis('loss')).toBeVisible();
    (axis('loss').element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(axis('loss')).toHaveAttribute('aria-valuetext', 'squared, 2 of 4 trials');
    expect(chosen()).toEqual([10, 11]);
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('error');
    await userEvent.keyboard('{Shift>}{PageUp}{PageUp}{PageUp}{/Shift}');
    expect(chosen()).toEqual([11]);
    await userEvent.keyboard('{Escape}');
    expect(chosen()).toEqual([10, 11]);
    expect(root.querySelectorAll('.gc-axis-brush[tabindex="0"]').length).toBe(1);
  });

  test('that leave nothing say so, and all lines become faint', async () => {
    render(<Picture />, root);
    await expect.element(axis('error')).toBeVisible();
    dragAlong(axis('error').element(), 0.03, 0.06);
    await expect.element(page.getByText('0 of 4 trials')).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Clear selection' }));
    await expect.element(page.getByText('4 trials', { exact: true })).toBeVisible();
  });

  test('end when another picture selects, and hold for trials that come later', async () => {
    render(<Picture />, root);
    await expect.element(axis('error')).toBeVisible();
    dragAlong(axis('error').element(), 0.5, 0);
    render(<Picture of={[...ids, 14]} given={columns.map((column, i) => ({ ...column, values: [...Array.from(column.values), [0, 0.01, 9][i]] }))} />, root);
    await expect.poll(chosen).toEqual([12, 13, 14]);
    selected.value = new Set([10]);
    await expect.poll(() => root.querySelector('.gc-axis-range')).toBeNull();
    expect(chosen()).toEqual([10]);
    await expect.element(page.getByText('1 of 5 trials')).toBeVisible();
  });
});

/** Colours of the canvas that is seen, with how many pixels each has. */
function seenPixels(): Map<number, number> {
  const canvas = root.querySelector<HTMLCanvasElement>('canvas[data-export]');
  const counts = new Map<number, number>();
  if (!canvas) return counts;
  for (const pixel of new Uint32Array(canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.buffer ?? new ArrayBuffer(0))) {
    if (pixel !== 0) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  }
  return counts;
}

function kept(pixels: readonly number[]): number {
  const seen = seenPixels();
  return seen.size === 0 ? Infinity : pixels.filter((pixel) => seen.has(pixel)).length;
}

test('lines are painted, in other colours when some are chosen and in the dark', async () => {
  chooseTheme('light');
  render(<Picture />, root);
  await expect.poll(() => seenPixels().size).toBeGreaterThan(20);
  const light = [...seenPixels().keys()];
  selected.value = new Set([10]);
  await expect.poll(() => kept(light)).toBeLessThan(light.length / 2);
  selected.value = new Set();
  chooseTheme('dark');
  await expect.poll(() => kept(light)).toBeLessThan(light.length / 10);
});

test('2,000 lines are painted over several frames, and what is asked for meanwhile comes next', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => i);
  const wide: readonly Column[] = Array.from({ length: 8 }, (_, k) => ({ id: `c${k}`, axis: { kind: 'linear', label: `axis ${k}` }, values: many.map((i) => ((i * (k + 3)) % 101) / 100) }));
  render(<Picture of={many} given={wide} />, root);
  let frames = 0;
  const count = (): void => {
    frames += 1;
    if (!root.querySelector('canvas[data-export]')) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  selected.value = new Set([5]);
  await expect.poll(() => seenPixels().size).toBeGreaterThan(20);
  expect(frames).toBeGreaterThan(3);
  const before = seenPixels().size;
  selected.value = new Set(many.slice(0, 1000));
  selected.value = new Set(many.slice(0, 900));
  await expect.poll(() => seenPixels().size).not.toBe(before);
});

test('the pointer finds the nearest line, a click picks it; the keyboard walks from the best', async () => {
  const picked: number[] = [];
  render(<Picture onPick={(id) => picked.push(id)} />, root);
  const surface = page.getByRole('slider', { name: 'Settings, trials by error' });
  await expect.element(surface).toBeVisible();
  const area = surface.element().getBoundingClientRect();
  // Just left of the last axis at an error of 4.
  const place = { clientX: area.right - 2, clientY: area.top + area.height * 0.6 };
  (surface.element() as HTMLElement).setPointerCapture = () => undefined;
  for (const type of ['pointermove', 'pointerdown', 'pointerup']) surface.element().dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, pointerType: 'mouse', button: 0, ...place }));
  expect(hovered.value).toBe(11);
  expect(picked).toEqual([11]);
  await expect.poll(() => root.querySelector('.gc-tooltip')?.textContent?.replaceAll('\u202f', ' ')).toBe('trial 11error4 %learning rate0.0100losssquared');
  (surface.element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}');
  await expect.element(surface).toHaveAttribute('aria-valuetext', 'trial 10: loss squared, learning rate 0.00100, error 2 %');
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{Enter}');
  expect(picked).toEqual([11, 13]);
  await userEvent.keyboard(' ');
  expect(chosen()).toEqual([13]);
  await expect.element(surface).toHaveAttribute('aria-valuetext', 'trial 13: loss absolute, error 6 %, selected');
});

test('a line that another picture points at stands out without its values', async () => {
  render(<Picture />, root);
  await expect.element(axis('error')).toBeVisible();
  const circles = (): number => root.querySelectorAll('circle').length;
  expect(circles()).toBe(0);
  hovered.value = 12;
  await expect.poll(circles).toBe(3);
  expect(root.querySelector('.gc-tooltip')).toBeNull();
});

test('keeps its height without trials, with one, and on a telephone, where it scrolls inside', async () => {
  render(<Picture of={[]} given={columns.map((column) => ({ ...column, values: [] }))} />, root);
  await expect.element(page.getByText('No trials yet', { exact: true })).toBeVisible();
  const height = root.getBoundingClientRect().height;
  render(<Picture of={[10]} given={columns.map((column) => ({ ...column, values: [column.values[0]] }))} />, root);
  await expect.element(page.getByText('trial 10', { exact: true })).toBeVisible();
  expect(root.getBoundingClientRect().height).toBe(height);
  root.style.width = '358px';
  const many = [...columns.slice(0, 2), ...columns.slice(0, 2), ...columns].map((column, i) => ({ ...column, id: `c${i}` }));
  render(<Picture given={many} />, root);
  await expect.poll(() => root.querySelector('.gc-scroll')?.scrollWidth ?? 0).toBeGreaterThan(500);
  expect(root.scrollWidth).toBe(358);
  const names = [...root.querySelectorAll('.gc-axis-title')].map((name) => name.getBoundingClientRect());
  names.forEach((name, i) => names.slice(i + 1).forEach((other) => expect(name.right <= other.left || other.bottom <= name.top || name.bottom <= other.top).toBe(true)));
  const svg = pictureSvg(root.querySelector<HTMLElement>('.gc-figure-picture') ?? root, 'Settings');
  expect(Number(svg.getAttribute('width'))).toBeGreaterThan(500);
});

test.each(['light', 'dark'] as const)('axe finds no violation in %s', async (theme) => {
  chooseTheme(theme);
  render(<><h1>Sweep</h1><Picture onPick={() => undefined} /></>, root);
  await expect.element(axis('error')).toBeVisible();
  dragAlong(axis('error').element(), 0.5, 0);
  for (const details of root.querySelectorAll('details')) details.open = true;
  await expect.poll(() => root.querySelectorAll('.gc-table tbody tr').length).toBe(4);
  const { violations } = await axe.run(root);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
});
