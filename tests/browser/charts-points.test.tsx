import axe from 'axe-core';
import { render } from 'preact';
import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import { Curves } from '../../src/charts/curves.tsx';
import { pictureSvg, svgText } from '../../src/charts/export.ts';
import { Figure } from '../../src/charts/figure.tsx';
import { rowsTable } from '../../src/charts/linked.ts';
import { PointHeatmap } from '../../src/charts/point-heatmap.tsx';
import { Scatter } from '../../src/charts/scatter.tsx';
import type { Trend } from '../../src/charts/trend-path.ts';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import type { Column } from '../../src/charts/value-axis.ts';

let root: HTMLElement;
let stop: () => void;
const selected = signal<ReadonlySet<number>>(new Set());
const hovered = signal<number | null>(null);
beforeEach(() => {
  root = document.createElement('main');
  root.style.width = '600px';
  document.body.append(root);
  stop = startTheme();
  chooseTheme('light');
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
const rate: Column = { id: 'rate', axis: { kind: 'log', label: 'learning rate', domain: [0.001, 0.1] }, values: [0.001, 0.01, 0.1, NaN] };
const loss: Column = { id: 'loss', axis: { kind: 'category', label: 'loss', names: ['squared', 'absolute'] }, values: [0, 0, 1, 1] };
const error: Column = { id: 'error', axis: { kind: 'linear', label: 'error', unit: '%', domain: [0, 10] }, values: [2, 4, 8, 6] };
const reference = { label: 'sliding average', value: 5 };
const firstRow = (row: number): boolean => row === 0;
const linked = { ids, selected, hovered, pruned: firstRow };
const trend: Trend = { label: 'mean ± standard deviation', x: [0.001, 0.01, 0.1], y: [3, 4, 7], low: [2, 3, 6], high: [4, 5, 8] };
const curves = [{ x: [1, 2], y: [9, 8] }, { x: [1, 2, 3], y: [8, 6, 4] }, { x: [1, 2, 3], y: [9, 9, 8] }, { x: [1], y: [6] }];

function Slice({ onPick, x = rate }: { readonly onPick?: (id: number) => void; readonly x?: Column }) {
  return (
    <Figure title="Error by learning rate" exportName="slice" table={rowsTable('Trials', ids, [x, error])}>
      <Scatter label="Slice" x={x} y={error} trend={x === rate ? trend : undefined} reference={reference} onPick={onPick} {...linked} />
    </Figure>
  );
}

function LearningCurves({ score }: { readonly score?: Column }) {
  return (
    <Figure title="Learning curves" exportName="curves">
      <Curves label="Curves" curves={curves} score={score} xAxis={{ kind: 'linear', label: 'iterations' }} yAxis={{ kind: 'linear', label: 'error', unit: '%', domain: [0, 10] }} reference={reference} {...linked} />
    </Figure>
  );
}

function Heat({ cells = false }: { readonly cells?: boolean }) {
  return <Figure title={cells ? 'Mean error' : 'Error'} exportName="heat"><PointHeatmap label={cells ? 'Cells' : 'Points'} x={rate} y={loss} score={error} cells={cells} {...linked} /></Figure>;
}

const surface = (name: string) => page.getByRole('slider', { name });
const chosen = (): number[] => [...selected.value].sort((a, b) => a - b);
/** The paths of the points, as they are drawn. */
const marks = (): { fill: string | null; stroke: string | null; points: number }[] =>
  [...root.querySelectorAll('.gc-picture svg path[opacity]')].map((path) => ({ fill: path.getAttribute('fill'), stroke: path.getAttribute('stroke'), points: (path.getAttribute('d')?.match(/M/g) ?? []).length }));

/** A pointer pressed at parts of an element's width and height and moved to others. */
function drag(target: Element, ...parts: readonly (readonly [x: number, y: number])[]): void {
  const area = target.getBoundingClientRect();
  (target as HTMLElement).setPointerCapture = () => undefined;
  const send = (type: string, [x, y]: readonly [number, number]): boolean => target.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', isPrimary: true, button: 0, buttons: 1, clientX: area.left + area.width * x, clientY: area.top + area.height * y,
  }));
  send('pointermove', parts[0]);
  send('pointerdown', parts[0]);
  for (const part of parts.slice(1)) send('pointermove', part);
  send('pointerup', parts[parts.length - 1]);
}

describe('points', () => {
  test('of pruned trials are hollow, and those without the setting are counted instead of drawn', async () => {
    render(<Slice />, root);
    await expect.poll(() => marks().reduce((sum, { points }) => sum + points, 0)).toBe(3);
    expect(marks().filter(({ fill }) => fill === 'none').map(({ points }) => points)).toEqual([1]);
    await expect.element(page.getByText('1 without learning rate')).toBeVisible();
    await expect.element(page.getByText('sliding average 5 %', { exact: true })).toBeInTheDocument();
    await expect.element(page.getByRole('img', { name: 'Slice' })).toHaveAccessibleDescription('4 trials. Lowest error 2 % (trial 10), highest 8 % (trial 12). sliding average 5 %: 2 of 4 are lower.');
  });

  test('say what they are at the pointer; a click picks, a click beside them clears the selection', async () => {
    const picked: number[] = [];
    render(<Slice onPick={(id) => picked.push(id)} />, root);
    await expect.element(surface('Slice, trials')).toBeVisible();
    drag(surface('Slice, trials').element(), [0.5, 0.6]);
    expect([hovered.value, picked]).toEqual([11, [11]]);
    await expect.poll(() => root.querySelector('.gc-tooltip')?.textContent?.replaceAll('\u202f', ' ')).toBe('trial 11error4 %learning rate0.0100');
    selected.value = new Set([11]);
    drag(surface('Slice, trials').element(), [0.2, 0.1]);
    expect([hovered.value, picked, chosen()]).toEqual([null, [11], []]);
  });

  test('inside a rectangle are chosen, and the others become faint', async () => {
    render(<Slice />, root);
    await expect.poll(() => marks().length).toBe(3);
    drag(surface('Slice, trials').element(), [0.3, 0.1], [0.6, 0.5], [1, 0.9]);
    expect(chosen()).toEqual([11, 12]);
    await expect.poll(() => marks().filter(({ fill, stroke }) => fill === 'var(--rule-strong)' || stroke === 'var(--rule-strong)').length).toBe(1);
    expect(root.querySelector('.gc-box')).toBeNull();
  });

  test('are walked with the arrow keys along both axes, and selected with the space bar', async () => {
    const picked: number[] = [];
    render(<Slice x={loss} onPick={(id) => picked.push(id)} />, root);
    await expect.element(surface('Slice, trials')).toBeVisible();
    (surface('Slice, trials').element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(surface('Slice, trials')).toHaveAttribute('aria-valuetext', 'trial 10: error 2 %, loss squared');
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    expect(hovered.value).toBe(13);
    await userEvent.keyboard('{ArrowLeft} {Enter}');
    expect([chosen(), picked]).toEqual([[12], [12]]);
    await userEvent.keyboard('{Escape}{Escape}');
    expect([chosen(), hovered.value]).toEqual([[], null]);
  });
});

test('curves have the colours of a score that is not their own, and its legend', async () => {
  // By their ends 8, 4, 8 and 6 the second is the best; by the score, whose axis has other values, the third is.
  const score: Column = { id: 'score', axis: { kind: 'linear', label: 'load error', unit: '%', domain: [1, 2] }, values: [1.5, 2, 1, 1.5] };
  const coloursOf = async (): Promise<readonly string[]> => {
    await expect.poll(() => marks().reduce((sum, { points }) => sum + points, 0)).toBeGreaterThanOrEqual(4);
    return marks().map(({ fill, stroke }) => (fill === 'none' ? stroke : fill)!);
  };
  render(<LearningCurves />, root);
  const own = await coloursOf();
  await expect.element(page.getByRole('img', { name: /^Colours: last error/ })).toBeInTheDocument();
  render(<LearningCurves score={score} />, root);
  await expect.element(page.getByRole('img', { name: 'Colours: load error, % from 1 % to 2 %' })).toBeInTheDocument();
  const given = await coloursOf();
  // Groups of a colour are drawn from the worst to the best: the two of 1.5 are apart, since the first was ended early.
  expect(new Set(given).size).toBe(3);
  expect(given).not.toEqual(own);
});

test('what one picture points at and selects is seen in all', async () => {
  render(<><Slice /><Heat /><LearningCurves /></>, root);
  await expect.element(surface('Curves, trials')).toBeVisible();
  drag(surface('Slice, trials').element(), [0.5, 0.6]);
  await expect.poll(() => root.querySelectorAll('circle[r="8"][stroke="var(--text)"]').length).toBe(3);
  expect(root.querySelectorAll('.gc-tooltip').length).toBe(1);
  selected.value = new Set([11]);
  await expect.poll(() => [...root.querySelectorAll('.gc-picture')].map((picture) => picture.querySelectorAll('path[opacity="0.5"]').length > 0)).toEqual([true, true, true]);
});

test('cells have the mean of their trials, said at the pointer', async () => {
  render(<Heat cells />, root);
  await expect.poll(() => root.querySelectorAll('.gc-picture rect').length).toBe(3);
  expect(new Set([...root.querySelectorAll('.gc-picture rect')].map((rect) => rect.getAttribute('fill'))).size).toBe(3);
  (surface('Cells, trials').element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}');
  await expect.poll(() => root.querySelector('.gc-tooltip')?.textContent?.replaceAll('\u202f', ' ')).toContain('mean of the cell2 %trials in the cell1');
});

describe('curves', () => {
  test('end in a cross where they were pruned, else in a point', async () => {
    render(<LearningCurves />, root);
    await expect.poll(() => marks().reduce((sum, { points }) => sum + points, 0)).toBe(4);
    expect(marks().filter(({ fill }) => fill === 'none').length).toBe(1);
    expect([...root.querySelectorAll('path[opacity][fill="none"]')].map((path) => path.getAttribute('d'))).toEqual([expect.stringMatching(/l6 6m0 -6l-6 6$/)]);
    await expect.poll(() => root.querySelectorAll('canvas[data-export]').length).toBe(1);
  });

  test('are found by the pointer between their points', async () => {
    render(<LearningCurves />, root);
    await expect.element(surface('Curves, trials')).toBeVisible();
    // From step 2 (6 %) to step 3 (4 %): 5 % halfway.
    drag(surface('Curves, trials').element(), [0.5 + 0.5 / 2.2, 0.52]);
    expect(hovered.value).toBe(11);
  });
});

test('empty and single pictures keep their height', async () => {
  const none = { ...linked, ids: [] };
  const empty = (column: Column): Column => ({ ...column, values: [] });
  render(<Scatter label="Slice" x={empty(rate)} y={empty(error)} {...none} />, root);
  await expect.element(page.getByText('No trials yet', { exact: true })).toBeVisible();
  const height = root.getBoundingClientRect().height;
  const one = (column: Column): Column => ({ ...column, values: [column.values[1]] });
  render(<Scatter label="Slice" x={one(rate)} y={one(error)} {...linked} ids={[11]} />, root);
  await expect.poll(() => marks().length).toBe(1);
  expect(root.getBoundingClientRect().height).toBe(height);
});

test('an exported slice has its points, its line and its names as SVG', async () => {
  render(<Slice />, root);
  await expect.poll(() => marks().length).toBe(3);
  const text = svgText(pictureSvg(root.querySelector<HTMLElement>('.gc-figure-picture') ?? root, 'Slice'));
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
  expect(text).not.toContain('var(');
  const words = [...parsed.querySelectorAll('text')].map((one) => one.textContent);
  for (const word of ['error, %', 'learning rate', 'pruned', 'mean ± standard deviation', 'sliding average 5\u202f%']) expect(words).toContain(word);
  expect(parsed.querySelectorAll('path[d*="a3.75"]').length).toBe(3);
});

test.each(['light', 'dark'] as const)('axe finds no violation in %s', async (theme) => {
  chooseTheme(theme);
  render(<><h1>Sweep</h1><Slice /><Heat /><Heat cells /><LearningCurves /></>, root);
  await expect.element(surface('Curves, trials')).toBeVisible();
  const { violations } = await axe.run(root);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
});
