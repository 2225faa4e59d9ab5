import axe from 'axe-core';
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import { Stems } from '../../src/charts/stems.tsx';
import type { Stem } from '../../src/charts/stems-layout.ts';

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement('main');
  root.style.width = '600px';
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const stems: readonly Stem[] = [0.2, 0.01, -0.4, null].map((value, i) => ({
  id: `s${i}`, label: `layer ${i}`, tick: String(i), value, kind: i === 0 ? 'above' : i === 2 ? 'below' : 'level', facts: [{ label: 'LSTM', value: `${i}.00 %` }],
}));

function Picked({ given = stems, onPick = () => {} }: { readonly given?: readonly Stem[]; readonly onPick?: (id: string) => void }) {
  const [picked, setPicked] = useState('s0');
  const pick = (id: string): void => {
    setPicked(id);
    onPick(id);
  };
  return (
    <Stems
      label="Skill" stems={given} yLabel="skill, %" xLabel="layer" zeroLabel="average" words={{ above: 'better', level: 'tie', below: 'worse' }}
      picked={picked} onPick={pick} placeholder="No forecast yet"
    />
  );
}

test('says each value and what it means, by words and by shape', async () => {
  render(<Picked />, root);
  await expect.element(page.getByRole('button', { name: 'layer 0, +20 %, better' })).toHaveAttribute('aria-pressed', 'true');
  await expect.element(page.getByRole('button', { name: 'layer 2, minus 40 %, worse' })).toHaveAttribute('aria-pressed', 'false');
  await expect.element(page.getByRole('button', { name: 'layer 3, not known yet' })).toBeVisible();
  await expect.element(page.getByRole('group', { name: 'Skill' })).toHaveAccessibleDescription('1 better, 1 tie, 1 worse. Highest: layer 0, +20 %. Lowest: layer 2, -40 %.');
  expect([...root.querySelectorAll('.gc-halo')].map((text) => text.textContent)).toEqual(['+20', '+1', '−40']);
  const shapes = [...root.querySelectorAll('.gc-picture path[transform]')].map((shape) => `${shape.getAttribute('fill')} ${shape.getAttribute('transform')?.includes('rotate')} ${shape.getAttribute('d')?.split('L').length}`);
  expect(new Set(shapes).size).toBe(3);
});

test('the keyboard moves between stems with one stop in the tab order, and picks one', async () => {
  const picked: string[] = [];
  render(<Picked onPick={(id) => picked.push(id)} />, root);
  await expect.element(page.getByRole('button', { name: /layer 0/ })).toBeVisible();
  await userEvent.tab();
  expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^layer 0/);
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^layer 2/);
  await expect.element(page.getByText('2.00 %')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  expect(picked).toEqual(['s2']);
  await userEvent.keyboard('{End}{Home}');
  expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^layer 0/);
  expect(root.querySelectorAll('button[tabindex="0"]').length).toBe(1);
});

test('keeps its height while nothing is known', async () => {
  render(<Picked given={stems.map((stem) => ({ ...stem, value: null }))} />, root);
  await expect.element(page.getByText('No forecast yet')).toBeVisible();
  const before = root.getBoundingClientRect().height;
  render(<Picked />, root);
  await expect.element(page.getByText('No forecast yet')).not.toBeInTheDocument();
  expect(root.getBoundingClientRect().height).toBe(before);
});

test('60 stems fit a telephone without running over it', async () => {
  root.style.width = '328px';
  render(<Picked given={Array.from({ length: 60 }, (_, i) => ({ ...stems[0], id: `s${i}`, label: `layer ${i}`, tick: String(i), value: Math.sin(i) / 4 }))} />, root);
  await expect.element(page.getByRole('button', { name: /layer 59/ })).toBeVisible();
  const edge = root.getBoundingClientRect();
  for (const part of root.querySelectorAll('button, text')) {
    const place = part.getBoundingClientRect();
    expect(place.left).toBeGreaterThanOrEqual(edge.left - 1);
    expect(place.right).toBeLessThanOrEqual(edge.right + 1);
  }
});

test('has no accessibility violations', async () => {
  render(<Picked />, root);
  await expect.element(page.getByRole('button', { name: /layer 0/ })).toBeVisible();
  const { violations } = await axe.run(root);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
});
