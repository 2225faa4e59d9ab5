import { render } from 'preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import { CellFrame, RunSlot, commands, enterCell, focusCell, focusedCell, listenForCommands } from '../../src/shell/index.ts';
import type { CommandId } from '../../src/shell/index.ts';

let root: HTMLElement;
let fired: string[];
let stop: () => void;
let singleKeys: boolean;

beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
  fired = [];
  singleKeys = true;
  const handlers = Object.fromEntries(commands.map(({ id }) => [id, () => { fired.push(id); }]));
  stop = listenForCommands(() => handlers, { singleKeys: () => singleKeys });
  render(
    <CellFrame id="a" title="Load" state={{ kind: 'fresh' }} controls={<label>Hidden units <input type="range" /></label>}>
      <input aria-label="text" />
      <input aria-label="number" type="number" />
      <textarea aria-label="area" />
      <select aria-label="list"><option>Jade</option><option>Amber</option></select>
      <button type="button" aria-label="button" />
    </CellFrame>,
    root,
  );
});
afterEach(() => {
  stop();
  render(null, root);
  root.remove();
});

function focusOn(label: string): void {
  root.querySelector<HTMLElement>(`[aria-label="${label}"]`)?.focus();
}

async function press(keys: string): Promise<string[]> {
  fired = [];
  await userEvent.keyboard(keys);
  return fired;
}

test.each<[string, CommandId]>([
  ['j', 'cell.next'],
  ['k', 'cell.previous'],
  ['{Enter}', 'cell.edit'],
  ['{Control>}{Enter}{/Control}', 'cell.run'],
  ['{Meta>}{Enter}{/Meta}', 'cell.run'],
  ['.', 'cell.cancel'],
  ['a', 'cell.add'],
  ['d', 'cell.duplicate'],
  ['{Shift>}J{/Shift}', 'cell.move-down'],
  ['{Shift>}K{/Shift}', 'cell.move-up'],
  ['{Delete}', 'cell.remove'],
  ['{Backspace}', 'cell.remove'],
  ['{Control>}z{/Control}', 'notebook.undo'],
  ['{Control>}{Shift>}Z{/Shift}{/Control}', 'notebook.redo'],
  ['{Control>}s{/Control}', 'notebook.save'],
  ['{Control>}o{/Control}', 'notebook.open'],
  ['{Control>}k{/Control}', 'page.palette'],
  ['/', 'page.palette'],
  ['{Shift>}?{/Shift}', 'page.keyboard'],
])('%s on a cell is the command %s', async (keys, id) => {
  focusCell('a');
  expect(await press(keys)).toEqual([id]);
});

test.each(['text', 'number', 'area'])('keys typed into a field (%s) are not commands', async (label) => {
  focusOn(label);
  expect(await press('jka./?{Enter}{Backspace}{Delete}')).toEqual([]);
  expect(await press('{Control>}z{/Control}')).toEqual([]);
});

test.each(['text', 'area'])('running, saving and the palette work while typing (%s)', async (label) => {
  focusOn(label);
  expect(await press('{Control>}{Enter}s{/Control}')).toEqual(['cell.run', 'notebook.save']);
  expect(await press('{Control>}k{/Control}')).toEqual(['page.palette']);
});

test('letters choose an entry in a list and do not move between cells', async () => {
  focusOn('list');
  expect(await press('ja')).toEqual([]);
});

test('Enter and Delete on a button or slider belong to it; J moves on', async () => {
  focusOn('button');
  expect(await press('{Enter}{Delete}{Backspace}')).toEqual([]);
  expect(await press('j')).toEqual(['cell.next']);
});

test('single keys can be switched off; those with Ctrl stay', async () => {
  singleKeys = false;
  focusCell('a');
  expect(await press('jd?')).toEqual([]);
  expect(await press('{Control>}{Enter}{/Control}')).toEqual(['cell.run']);
});

test('Enter leads to the first control of the cell', () => {
  focusCell('a');
  expect(focusedCell()).toBe('a');
  expect(enterCell('a')).toBe(true);
  expect(document.activeElement?.getAttribute('type')).toBe('range');
});

test('a cell is a region named by its title', () => {
  const cell = root.querySelector('section');
  expect(document.getElementById(cell?.getAttribute('aria-labelledby') ?? '')?.textContent).toBe('Load');
});

test('Run and Cancel stay in their places when work starts and ends, and focus is not lost', async () => {
  const slot = (running: boolean) => (
    <CellFrame id="b" title="Forecast" state={{ kind: 'fresh' }} controls={<span />} run={<RunSlot running={running} onRun={() => undefined} onCancel={() => undefined} />} />
  );
  const lefts = () => [...root.querySelectorAll('.run-slot button')].map((button) => button.getBoundingClientRect().left);
  render(slot(false), root);
  const before = lefts();
  render(slot(true), root);
  expect(lefts()).toEqual(before);
  root.querySelector<HTMLElement>('.run-cancel')?.focus();
  render(slot(false), root);
  expect(lefts()).toEqual(before);
  await expect.poll(() => document.activeElement?.textContent).toBe('Run');
});
