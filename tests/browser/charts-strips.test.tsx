import { render } from 'preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import { Strips } from '../../src/charts/strips.tsx';

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

test('layers of which nothing can be told are neither transient nor stable', async () => {
  render(
    <Strips
      label="States" steps={{ fromStep: 0, toStep: 300 }}
      strips={[{ id: '0', label: 'layer 0', boundaryStep: null, spans: [] }, { id: '1', label: 'layer 1', boundaryStep: null, spans: [] }]}
    />,
    root,
  );
  await expect.element(page.getByRole('img', { name: 'States', exact: true })).toHaveAccessibleDescription('layer 0 is unknown; layer 1 is unknown.');
  expect([...root.querySelectorAll('.gc-picture svg > g > rect')].map((rect) => rect.getAttribute('fill'))).toEqual(['var(--rule)', 'var(--rule)']);
  await expect.element(page.getByText('States unknown')).toBeVisible();
});
