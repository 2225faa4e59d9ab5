import axe from 'axe-core';
import { render } from 'preact';
import type { Signal } from '@preact/signals';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { AppContext, useApp } from '../../src/app/context.ts';
import { ForecastCell } from '../../src/cells/forecast/forecast-cell.tsx';
import type { OpenTrace } from '../../src/app/session.ts';
import type { CellOf } from '../../src/notebook/document.ts';
import { cheapForecasters } from '../../src/forecast/registry.ts';
import { Progress } from '../../src/ui/index.ts';
import { forecastApp, type ForecastAppOptions } from '../gallery/forecast-app.ts';
import { cellRoom } from './cell-room.ts';

const room = cellRoom();
let root: HTMLElement;
beforeEach(() => { root = room(); });

function Cell() {
  const { notebook } = useApp();
  const cell = notebook.document.value.cells[0] as CellOf<'forecast'>;
  return <ForecastCell cell={cell} frame={{ id: cell.id, title: 'Forecast', current: false }} />;
}

function show(options: ForecastAppOptions) {
  const made = forecastApp(options);
  render(<AppContext.Provider value={made.app}><Cell /></AppContext.Provider>, root);
  return { ...made, go: (iteration: number) => { made.active.value = new Map([['forecast', made.runAt(iteration)]]); } };
}

const finding = (): string => root.querySelector('.cell-finding')?.textContent ?? '';
const status = (): string => root.querySelector('.forecast-status > :first-child')?.textContent ?? '';
const skill = () => page.getByRole('group', { name: 'Skill of the LSTM by layer', exact: true });
const curves = () => page.getByRole('img', { name: 'Validation loss of all layers by iteration', exact: true });

describe('a training of all layers', () => {
  test('keeps the places of its pictures from the first moment on', async () => {
    const { go } = show({ layers: 12, situation: 'preparing' });
    await expect.element(page.getByText('No forecast yet')).toBeVisible();
    await expect.poll(finding).toContain('the sliding average over 400 steps');
    const before = root.querySelector('.pictures')?.getBoundingClientRect().height;
    go(150);
    await expect.poll(finding).toMatch(/^So far the LSTM is better than the sliding average on \d+ of 12 layers/);
    expect(root.querySelector('.pictures')?.getBoundingClientRect().height).toBe(before);
  });

  test('redraws forecast, skill and curves as they come, without dimming', async () => {
    const { go } = show({ layers: 12, situation: 'started' });
    go(20);
    await expect.poll(finding).toContain('the LSTM, still training, misses the mean load of layer 3');
    const early = finding();
    const earlyCurves = curves().element().getAttribute('aria-describedby') ?? '';
    const said = (): string => document.getElementById(earlyCurves)?.textContent ?? '';
    expect(said()).toContain('mean of 12 layers: from 1');
    const first = said();
    go(200);
    await expect.poll(finding).not.toBe(early);
    await expect.poll(said).not.toBe(first);
    expect(status()).toContain('Training, one model for 12 layers');
    expect(status()).toContain('200 of 350 iterations · 4,200 iterations/s');
    expect(root.querySelector('.cell-output-stale')).toBeNull();
  });

  test('asks the forecast worker about the newest forecasts only, and not again about the same', async () => {
    const { go, asked } = show({ layers: 12, situation: 'started', answerMs: 30 });
    const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
    const rounds = (): number => asked.filter((layer) => layer === 11).length;
    for (let iteration = 10; iteration <= 150; iteration += 10) {
      go(iteration);
      await pause(25);
    }
    // A round over the layers takes about as long as all fifteen reports together.
    await expect.poll(rounds, { timeout: 5000 }).toBeGreaterThan(1);
    await pause(600);
    expect(rounds()).toBeLessThanOrEqual(4);
    const before = asked.length;
    go(150);
    await pause(200);
    expect(asked.length).toBe(before);
  });

  test('shows another layer when its stem is chosen', async () => {
    show({ layers: 12, situation: 'running' });
    await expect.poll(finding).toContain('mean load of layer 3');
    await skill().getByRole('button', { name: /^layer 7,/ }).click();
    await expect.poll(finding).toContain('mean load of layer 7');
    await expect.element(skill().getByRole('button', { name: /^layer 7,/ })).toHaveAttribute('aria-pressed', 'true');
    await expect.element(page.getByText('layer 7, shown', { exact: true })).toBeVisible();
  });

  test('is not shown on another trace of the same shape that is opened meanwhile', async () => {
    const { app, active } = show({ layers: 12, situation: 'running' });
    await expect.poll(finding).toContain('the LSTM, still training, misses');
    const trace = app.session.trace as Signal<OpenTrace>;
    trace.value = { ...trace.value, info: { ...trace.value.info, fingerprint: 'b'.repeat(32) } };
    await expect.poll(finding).toContain('the sliding average over 400 steps');
    expect(active.value.size).toBe(1);
    expect(status()).toBe('Run trains on all 12 layers with what came before the origin.');
    expect(root.querySelector('.cell')?.getAttribute('data-state')).toBe('empty');
    await expect.element(page.getByRole('button', { name: 'Run' })).toBeEnabled();
  });

  test('says how many models train where each layer has its own', async () => {
    show({ layers: 12, situation: 'running', form: 'joint' });
    await expect.poll(status).toContain('Training, 12 models');
    await expect.element(page.getByText('Loss while training, layer 3', { exact: true })).toBeVisible();
  });

  test('names a layer that diverged, and goes on with the others', async () => {
    show({ layers: 12, situation: 'diverged', form: 'joint' });
    await expect.element(page.getByText('Layer 2 stopped: its numbers diverged; the others went on.')).toBeVisible();
    await expect.element(page.getByText('mean of 11 layers', { exact: true })).toBeVisible();
    expect(status()).toContain('Training, 11 of 12 models');
  });
});

describe('a training that is done', () => {
  test('shows the same from the document, and what it ran on', async () => {
    show({ layers: 12, situation: 'done' });
    await expect.poll(finding).toMatch(/^The LSTM is better than the sliding average on \d+ of 12 layers, by \d+ % in the mean/);
    expect(status()).toBe('Trained after 300 iterations in 2 s, on NVIDIA H100 (fused WebGPU engine).');
    await expect.element(curves()).toHaveAccessibleDescription(/mean of 12 layers: from 1/);
  });

  test('lists every layer in the table of the skill', async () => {
    show({ layers: 12, situation: 'done' });
    await expect.poll(finding).toMatch(/^The LSTM/);
    const summary = [...root.querySelectorAll('summary')].find((one) => one.textContent === 'Table of Skill on all 12 layers');
    summary?.click();
    await expect.element(page.getByRole('table', { name: 'Load error of the horizon’s mean by layer' }).getByRole('row', { name: /^11 / })).toBeVisible();
  });

  test('of a single layer shows its loss and no pictures of many', async () => {
    show({ layers: 1, situation: 'done' });
    await expect.element(page.getByText('Loss while training', { exact: true })).toBeVisible();
    expect(root.textContent).not.toContain('Skill on all');
    expect(finding()).not.toContain('of 1 layers');
  });

  test('of 60 layers names the best, the worst, the shown one and the mean', async () => {
    show({ layers: 60, situation: 'done' });
    await expect.element(curves()).toHaveAccessibleDescription(/mean of 60 layers/);
    const named = [...root.querySelectorAll('.gc-lines')].find((one) => one.querySelector('[aria-label^="Validation loss of all"]'))?.querySelectorAll('svg.gc-layer[data-export] > g > text');
    expect([...named ?? []].map((text) => text.textContent)).toEqual(expect.arrayContaining(['mean', 'layer 3']));
    expect([...named ?? []].filter((text) => text.textContent?.startsWith('layer')).length).toBe(3);
  });
});

describe('forecasters without training', () => {
  /** For what is fitted on a busy machine. */
  const patiently = { timeout: 10_000 };
  const choose = (id: string): Promise<void> => page.getByRole('combobox', { name: 'Forecaster', exact: true }).selectOptions(id);

  test.each(cheapForecasters)('$id can be chosen, and its forecast is drawn and judged', async ({ id, label, phrase }) => {
    show({ layers: 3, situation: 'empty' });
    await choose(id);
    await expect.poll(finding, patiently).toContain(`, ${phrase}`);
    await expect.poll(finding).toMatch(/misses the mean load of layer 2 by [\d.]+\s%/);
    await expect.element(page.getByRole('table', { name: 'Errors over the horizon' }).getByRole('row', { name: label }).first()).toBeVisible();
  });

  test('show the parameters that they have, and follow them', async () => {
    show({ layers: 3, situation: 'empty' });
    await choose('damped-holt');
    await expect.element(page.getByRole('slider', { name: 'Slope rate' })).toBeVisible();
    await expect.element(page.getByRole('spinbutton', { name: 'Window' })).toBeDisabled();
    await expect.poll(finding).toContain('the damped Holt smoothing misses');
    const before = finding();
    await page.getByRole('spinbutton', { name: 'Level rate' }).fill('0.9');
    await expect.poll(finding).not.toBe(before);
    await page.getByText('More settings').click();
    await expect.element(page.getByRole('spinbutton', { name: 'Block' })).toBeVisible();
    await choose('ridge');
    await expect.element(page.getByRole('combobox', { name: 'Learns from' })).toHaveValue('half');
    expect(page.getByRole('slider', { name: 'Slope rate' }).query()).toBeNull();
  });

  test('that take a while say so in the place where they say how long they took, and the last picture stays', async () => {
    show({ layers: 3, situation: 'empty', answerMs: 300 });
    await choose('arima');
    await expect.element(page.getByRole('progressbar', { name: 'Fitting' })).toBeVisible();
    await expect.poll(finding, patiently).toContain(', ARIMA misses the mean load of layer 2');
    await expect.poll(status, patiently).toMatch(/^Fitted and judged in/);
    const before = finding();
    const place = (): number | undefined => root.querySelector('.pictures')?.getBoundingClientRect().top;
    const top = place();
    await page.getByRole('spinbutton', { name: 'Origin' }).fill('1200');
    await expect.element(page.getByRole('progressbar', { name: 'Fitting' })).toBeVisible();
    expect(finding()).toBe(before);
    expect(place()).toBe(top);
    await expect.poll(finding, patiently).not.toBe(before);
    await expect.poll(status, patiently).toMatch(/^Fitted and judged in/);
    expect(place()).toBe(top);
  });

  test('that take longer than a second are given up for a newer question, and sooner ones are awaited', async () => {
    const { givenUp } = show({ layers: 3, situation: 'empty', answerMs: 2500, settings: { forecaster: 'arima' } });
    const origin = page.getByRole('spinbutton', { name: 'Origin' });
    await expect.element(page.getByRole('progressbar', { name: 'Fitting' })).toBeVisible();
    await origin.fill('1200');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(givenUp()).toBe(0);
    await origin.fill('1300');
    await expect.poll(givenUp).toBe(1);
  });

  test('that learn from all layers do so in the cell', async () => {
    show({ layers: 3, situation: 'empty', settings: { forecaster: 'ridge' } });
    await expect.poll(finding).toContain('the ridge on averages misses');
    const all = finding();
    await page.getByRole('combobox', { name: 'Learns from' }).selectOptions('layer');
    await expect.poll(finding).not.toBe(all);
  });

  test('have no accessibility violations', async () => {
    show({ layers: 3, situation: 'empty', settings: { forecaster: 'shrunken-trend' } });
    await expect.poll(finding).toContain('the shrunken trend misses');
    const { violations } = await axe.run(root);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  });
});

describe('the band around a forecast', () => {
  const foot = (): string => root.querySelector('.table-foot')?.textContent ?? '';
  const wide = (): number => Number(/is ([\d.]+) percentage points wide/.exec(foot())?.[1]);

  test('comes with the picture of what is quick, follows the sliders, and holds what is chosen', async () => {
    show({ layers: 3, situation: 'empty', settings: { forecaster: 'sliding-average' } });
    await expect.poll(foot).toMatch(/^The 90 % band holds the mean share that came of \d+ of 16 experts\. It is [\d.]+ percentage points wide on average, by what 6 earlier forecasts missed by\.$/);
    await expect.element(page.getByRole('table', { name: 'Errors over the horizon' }).getByRole('columnheader', { name: /90 % band/ })).toBeInTheDocument();
    await expect.element(page.getByText('The tint around a forecast is its 90 % band')).toBeVisible();
    const ninety = wide();
    const said = new Set<string>();
    const watch = new MutationObserver(() => said.add(foot()));
    watch.observe(root, { subtree: true, childList: true, characterData: true });
    await page.getByRole('spinbutton', { name: 'Origin' }).fill('1400');
    await expect.poll(wide).not.toBe(ninety);
    const moved = wide();
    await page.getByRole('combobox', { name: 'Band' }).selectOptions('0.5');
    await expect.poll(foot).toContain('The 50 % band');
    await expect.poll(wide).toBeLessThan(moved);
    watch.disconnect();
    expect([...said].filter((text) => text.includes('on its way'))).toEqual([]);
  });

  test('comes after the picture of what takes longer, into the place that is kept for it', async () => {
    show({ layers: 3, situation: 'empty', settings: { forecaster: 'combination' } });
    await expect.poll(finding).toContain('the combination misses');
    await expect.poll(foot).toContain('is on its way');
    const place = (): number | undefined => root.querySelector('.table-scroll')?.getBoundingClientRect().top;
    const top = place();
    await expect.poll(foot, { timeout: 5000 }).toMatch(/^The 90 % band holds/);
    expect(place()).toBe(top);
  });

  test('says what a trained forecast lacks for one, and what a short history does', async () => {
    const { go } = show({ layers: 3, situation: 'started' });
    go(200);
    await expect.poll(foot).toContain('needs earlier forecasts of the same forecaster');
    render(null, root);
    show({ layers: 3, situation: 'empty', settings: { forecaster: 'sliding-average', originStep: 300, horizonSteps: 400 } });
    await expect.poll(foot).toContain('choose a later origin or a shorter horizon');
  });
});

test('rarely used settings are folded, and it says when one of them is not as usual', async () => {
  show({ layers: 12, situation: 'empty', settings: { values: { lstm: { layers: 2 } } } });
  await expect.element(page.getByText('Training settings')).toBeVisible();
  await page.getByText('Training settings').click();
  await expect.element(page.getByRole('spinbutton', { name: 'Iterations' })).toBeVisible();
  expect(page.getByRole('spinbutton', { name: 'LSTM layers' }).query()).toBeNull();
  await page.getByText('More settings, 1 changed').click();
  await expect.element(page.getByRole('spinbutton', { name: 'LSTM layers' })).toBeVisible();
});

test('what is spoken of the progress is taken back, so that it never stands beside newer numbers', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  try {
    render(<Progress label="Training" done={100} total={400} unit="iterations" perSecond={30} leftMs={10_000} />, root);
    const spoken = (): string | null | undefined => root.querySelector('output')?.textContent;
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(spoken()).toBe('Training, 25 %, 10 s left'));
    await vi.advanceTimersByTimeAsync(1000);
    await vi.waitFor(() => expect(spoken()).toBe(''));
  } finally {
    vi.useRealTimers();
  }
});

test('has no accessibility violations while training', async () => {
  show({ layers: 12, situation: 'running' });
  await expect.poll(finding).toMatch(/^So far/);
  const { violations } = await axe.run(root);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
});
