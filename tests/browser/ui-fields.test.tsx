import { render } from 'preact';
import { useState } from 'preact/hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import { SliderField } from '../../src/ui/index.ts';
import type { SliderFieldProps } from '../../src/ui/index.ts';
import { fromPosition, nudge, toPosition } from '../../src/ui/scale.ts';

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const seen: number[] = [];
const commits: number[] = [];

function Slider(props: Partial<SliderFieldProps>) {
  const [value, setValue] = useState(props.value ?? 1000);
  return (
    <SliderField
      label="Window"
      unit="steps"
      integer
      min={10}
      max={4000}
      help="How many past steps a forecaster looks at."
      {...props}
      value={value}
      onInput={(next) => {
        seen.push(next);
        setValue(next);
      }}
      onCommit={(next) => commits.push(next)}
    />
  );
}

function show(props: Partial<SliderFieldProps> = {}) {
  seen.length = 0;
  commits.length = 0;
  render(<Slider {...props} />, root);
  return { range: page.getByRole('slider', { name: 'Window' }), number: page.getByRole('spinbutton', { name: 'Window' }) };
}

function valueOf(locator: { element(): Element }): number {
  const input = locator.element();
  return input instanceof HTMLInputElement ? input.valueAsNumber : Number.NaN;
}

test('typing a number moves the slider, and is one commit', async () => {
  const { range, number } = show();
  await userEvent.fill(number, '250');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => valueOf(range)).toBe(250);
  expect(commits).toEqual([250]);
});

test('moving the slider by keys changes the number at once and commits when the key is let go', async () => {
  const { range, number } = show({ step: 10 });
  range.element().focus();
  await userEvent.keyboard('{ArrowRight>3}');
  await expect.poll(() => valueOf(number)).toBe(1030);
  expect(seen).toEqual([1010, 1020, 1030]);
  expect(commits).toEqual([]);
  await userEvent.keyboard('{/ArrowRight}');
  expect(commits).toEqual([1030]);
  await userEvent.keyboard('{Home}');
  await expect.poll(() => valueOf(number)).toBe(10);
  await userEvent.keyboard('{End}');
  await expect.poll(() => valueOf(number)).toBe(4000);
});

test('a number out of range stays as typed, is explained beside the field, and changes nothing', async () => {
  const { range, number } = show();
  await userEvent.fill(number, '99999');
  await userEvent.keyboard('{Enter}');
  await expect.element(number).toHaveAccessibleDescription(/99,999 is outside 10 to 4,000 steps\. 1,000 is still used\./);
  await expect.element(number).toBeInvalid();
  expect(valueOf(number)).toBe(99999);
  expect(valueOf(range)).toBe(1000);
  expect(seen).toEqual([]);
  expect(commits).toEqual([]);
});

test('the explanation goes as soon as the number is right again', async () => {
  const { number } = show();
  await userEvent.fill(number, '5');
  await userEvent.keyboard('{Enter}');
  await expect.element(number).toBeInvalid();
  await userEvent.fill(number, '50');
  await expect.element(number).not.toBeInvalid();
  expect(seen).toEqual([50]);
});

test('an unfinished number is not called wrong while it is being typed', async () => {
  vi.useFakeTimers();
  const { number } = show();
  const input = number.element() as HTMLInputElement;
  input.value = '1';
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  vi.advanceTimersByTime(300);
  expect(input.getAttribute('aria-invalid')).toBeNull();
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  await expect.element(number).toBeInvalid();
});

test('a whole number is asked for where the setting needs one', async () => {
  const { number } = show();
  await userEvent.fill(number, '99.5');
  await userEvent.keyboard('{Enter}');
  await expect.element(number).toHaveAccessibleDescription(/Type a whole number from 10 to 4,000 steps/);
});

test('Escape takes back what was typed', async () => {
  const { number } = show();
  await userEvent.fill(number, '99999');
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => valueOf(number)).toBe(1000);
});

test('slider and number are described by the help text', async () => {
  const { range, number } = show();
  await expect.element(range).toHaveAccessibleDescription('How many past steps a forecaster looks at.');
  await expect.element(number).toHaveAccessibleDescription('How many past steps a forecaster looks at.');
});

test('on a log scale the geometric mean stands in the middle and the slider says the value, not the place', async () => {
  const { range, number } = show({ scale: 'log', min: 0.0001, max: 0.1, integer: false, unit: undefined, value: 0.01 });
  await userEvent.fill(number, '0.0032');
  await expect.element(range).toHaveAttribute('aria-valuetext', '0.0032');
  await expect.poll(() => valueOf(range)).toBeCloseTo(0.5017, 3);
});

test('places and values of a log scale undo each other', () => {
  const scale = { min: 4, max: 4096, scale: 'log', integer: true } as const;
  expect(toPosition(128, scale)).toBeCloseTo(0.5, 12);
  expect(fromPosition(0.5, scale)).toBe(130);
  for (const value of [4, 16, 130, 1000, 4096]) expect(fromPosition(toPosition(value, scale), scale)).toBe(value);
});

test('every arrow key on a log scale of whole numbers reaches another value', () => {
  const scale = { min: 1, max: 1_000_000, scale: 'log', integer: true } as const;
  let value = 1;
  for (let press = 0; press < 200 && value < 1_000_000; press += 1) {
    const next = nudge(value, 1, scale);
    expect(next).toBeGreaterThan(value);
    value = next;
  }
  expect(value).toBe(1_000_000);
});

test('values on the grid have no binary tails', () => {
  expect(fromPosition(0.3, { min: 0, max: 1, step: 0.1 })).toBe(0.3);
  expect(nudge(0.2, 1, { min: 0, max: 1, step: 0.1 })).toBe(0.3);
  expect(nudge(1234, 1, { min: 100, max: 4000, step: 100 })).toBe(1300);
  expect(nudge(1234, -1, { min: 100, max: 4000, step: 100 })).toBe(1200);
});
