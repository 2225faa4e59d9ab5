import { render } from 'preact';
import { useState } from 'preact/hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import { Announcer, Menu, Term, createToaster } from '../../src/ui/index.ts';
import { CommandPalette, KeyboardMap } from '../../src/shell/index.ts';
import { findMatches, scoreMatch } from '../../src/shell/match.ts';

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function focused(): string | undefined {
  return document.activeElement?.textContent?.trim();
}

test('a term shows its definition on focus and is described by it', async () => {
  render(<p>The <Term name="horizon">horizon</Term> is long.</p>, root);
  const word = page.getByRole('button', { name: 'horizon' });
  const definition = page.getByRole('tooltip');
  await expect.element(word).toHaveAccessibleDescription('How many steps ahead is forecast.');
  expect(root.querySelector('[role="tooltip"]')?.checkVisibility()).toBe(false);
  word.element().focus();
  await expect.element(definition).toBeVisible();
});

test('Escape closes a definition and leaves the focus where it is', async () => {
  render(<Term name="horizon">horizon</Term>, root);
  const word = page.getByRole('button', { name: 'horizon' });
  word.element().focus();
  await expect.element(page.getByRole('tooltip')).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => root.querySelector('[role="tooltip"]')?.checkVisibility()).toBe(false);
  expect(focused()).toBe('horizon');
});

test('a definition opens under the pointer and stays while the pointer is on it', async () => {
  render(<div><Term name="skill">skill</Term><p>Elsewhere</p></div>, root);
  await userEvent.hover(page.getByRole('button', { name: 'skill' }));
  await expect.element(page.getByRole('tooltip')).toBeVisible();
  await userEvent.hover(page.getByRole('tooltip'));
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  expect(root.querySelector('[role="tooltip"]')?.checkVisibility()).toBe(true);
});

test('a menu works by keyboard alone and gives the focus back', async () => {
  const chosen: string[] = [];
  const item = (label: string) => ({ id: label, label, onSelect: () => { chosen.push(label); } });
  render(<Menu label="Add a cell" items={[item('Load'), item('States'), item('Note')]}>Add a cell</Menu>, root);
  const button = page.getByRole('button', { name: 'Add a cell' });
  button.element().focus();
  await userEvent.keyboard('{ArrowDown}');
  await expect.poll(focused).toBe('Load');
  await expect.element(button).toHaveAttribute('aria-expanded', 'true');
  await userEvent.keyboard('{ArrowUp}');
  expect(focused()).toBe('Note');
  await userEvent.keyboard('{Home}{ArrowDown}');
  expect(focused()).toBe('States');
  await userEvent.keyboard('n');
  expect(focused()).toBe('Note');
  await userEvent.keyboard('{Escape}');
  await expect.poll(focused).toBe('Add a cell');
  expect(root.querySelector('[role="menu"]')).toBeNull();
  await userEvent.keyboard('{Enter}');
  await expect.poll(focused).toBe('Load');
  await userEvent.keyboard('{End}{Enter}');
  expect(chosen).toEqual(['Note']);
  await expect.poll(focused).toBe('Add a cell');
});

function PaletteHost({ onChosen }: { readonly onChosen: (id: string) => void }) {
  const [open, setOpen] = useState(false);
  const labels = ['Run the cell', 'Remove the cell', 'Save', 'Add a Forecast cell'];
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>Open</button>
      <CommandPalette open={open} onClose={() => setOpen(false)} items={labels.map((label) => ({ id: label, label, onSelect: () => onChosen(label) }))} />
    </>
  );
}

test('the palette finds by words, moves by arrows, runs on Enter and gives the focus back', async () => {
  const chosen: string[] = [];
  render(<PaletteHost onChosen={(id) => { chosen.push(id); }} />, root);
  await userEvent.click(page.getByRole('button', { name: 'Open' }));
  const box = page.getByRole('combobox', { name: 'Find a command' });
  await expect.element(box).toHaveFocus();
  await userEvent.keyboard('cell r');
  await expect.poll(() => [...root.querySelectorAll('[role="option"]')].map((option) => option.textContent)).toEqual(['Run the cell', 'Remove the cell', 'Add a Forecast cell']);
  await userEvent.keyboard('{ArrowDown}');
  await expect.poll(() => root.querySelector('[aria-selected="true"]')?.textContent).toBe('Remove the cell');
  const active = box.element().getAttribute('aria-activedescendant') ?? '';
  expect(document.getElementById(active)?.textContent).toBe('Remove the cell');
  await userEvent.keyboard('{Enter}');
  expect(chosen).toEqual(['Remove the cell']);
  await expect.poll(focused).toBe('Open');
});

test('Escape closes the palette without running anything', async () => {
  const chosen: string[] = [];
  render(<PaletteHost onChosen={(id) => { chosen.push(id); }} />, root);
  await userEvent.click(page.getByRole('button', { name: 'Open' }));
  await userEvent.keyboard('sav{Escape}');
  await expect.poll(() => root.querySelector('[role="combobox"]')).toBeNull();
  expect(chosen).toEqual([]);
  expect(focused()).toBe('Open');
});

test('matching asks for every word and ranks the start of the text first', () => {
  expect(scoreMatch('cell zebra', 'Remove the cell')).toBe(0);
  expect(scoreMatch('', 'anything')).toBeGreaterThan(0);
  expect(findMatches('run', ['Return', 'Cancel the run', 'Run the cell'], (text) => text)).toEqual(['Run the cell', 'Cancel the run', 'Return']);
});

function MapHost() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>Help</button>
      <KeyboardMap open={open} onClose={() => setOpen(false)} />
    </>
  );
}

test('the keyboard map takes the focus, closes on Escape and gives it back', async () => {
  render(<MapHost />, root);
  await userEvent.click(page.getByRole('button', { name: 'Help' }));
  const map = page.getByRole('dialog', { name: 'Keyboard' });
  await expect.element(map).toHaveFocus();
  await expect.element(map).toHaveTextContent('Run the cell');
  await userEvent.keyboard('{Escape}');
  await expect.poll(focused).toBe('Help');
});

test('a message about something removed is announced politely and undoes it', async () => {
  const toaster = createToaster();
  let undone = 0;
  render(<Announcer toaster={toaster} />, root);
  toaster.show('Removed Forecast', { label: 'Undo', onSelect: () => { undone += 1; } });
  const message = page.getByText('Removed Forecast');
  await expect.element(message).toBeVisible();
  expect(message.element().closest('[aria-live="polite"]')).not.toBeNull();
  await userEvent.click(page.getByRole('button', { name: 'Undo' }));
  expect(undone).toBe(1);
  await expect.poll(() => root.querySelector('.toast')).toBeNull();
});
