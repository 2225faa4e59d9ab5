import { render } from 'preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../src/ui/styles.css';
import { DataTable, Details } from '../../src/ui/index.ts';

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

test('the rows of a long table that is folded away are made when it is opened', async () => {
  const rows = Array.from({ length: 600 }, (_, i) => ({ key: String(i), cells: { name: `layer ${i}` } }));
  render(<Details summary="Layers"><DataTable caption="Layers" columns={[{ key: 'name', label: 'Layer' }]} rows={rows} /></Details>, root);
  const made = (): number => root.querySelectorAll('tbody tr').length;
  await new Promise((done) => { setTimeout(done, 300); });
  expect(made()).toBeLessThan(100);
  root.querySelector('summary')?.click();
  await expect.poll(made).toBe(600);
  expect(root.querySelector('tbody tr:last-child')?.textContent).toBe('layer 599');
});
