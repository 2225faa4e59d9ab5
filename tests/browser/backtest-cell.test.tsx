import axe from 'axe-core';
import { render } from 'preact';
import { beforeEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { AppContext, useApp } from '../../src/app/context.ts';
import { BacktestCell } from '../../src/cells/backtest/backtest-cell.tsx';
import type { CellOf } from '../../src/notebook/document.ts';
import { backtestApp, type BacktestAppOptions } from '../gallery/backtest-app.ts';
import { cellRoom } from './cell-room.ts';

const room = cellRoom();
let root: HTMLElement;
beforeEach(() => { root = room(); });

function Cell() {
  const { notebook } = useApp();
  const cell = notebook.document.value.cells[0] as CellOf<'backtest'>;
  return <BacktestCell cell={cell} frame={{ id: cell.id, title: 'Backtest', current: false }} />;
}

function show(options: BacktestAppOptions) {
  const made = backtestApp(options);
  render(<AppContext.Provider value={made.app}><Cell /></AppContext.Provider>, root);
  return made;
}

const finding = (): string => root.querySelector('.cell-finding')?.textContent ?? '';
const status = (): string => root.querySelector('.cell-status > :first-child')?.textContent ?? '';
const state = (): string | null | undefined => root.querySelector('.cell')?.getAttribute('data-state');
const table = () => page.getByRole('table', { name: 'Errors over 1,000 steps, means over layers and origins' });
const crosshair = () => page.getByRole('slider', { name: /^Error against iteration, .*, crosshair$/ });

describe('before anything was compared', () => {
  test('it says what Run will do, and how much work that is', async () => {
    const { started } = show({ layers: 12, situation: 'empty' });
    await expect.element(page.getByText('Nothing was compared yet')).toBeVisible();
    expect(status()).toBe('Run compares 21 origins × 12 layers × 13 forecasters × 2 horizons = 6,552 forecasts.');
    expect(state()).toBe('empty');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect(started.length).toBe(1);
    await expect.element(page.getByText('The first forecasts are being made')).toBeVisible();
    expect(state()).toBe('running');
  });

  test('forecasters are chosen from a list, and with none there is nothing to run', async () => {
    const { app } = show({ layers: 3, situation: 'empty', settings: { forecasters: ['theta'] } });
    const settings = () => (app.notebook.document.value.cells[0] as CellOf<'backtest'>).settings;
    await page.getByText(/^Forecasters, 1 of/).click();
    await page.getByRole('checkbox', { name: 'Last value' }).click();
    expect(settings().forecasters).toEqual(['last-value', 'theta']);
    await page.getByRole('checkbox', { name: 'Last value' }).click();
    await page.getByRole('checkbox', { name: 'Theta method' }).click();
    await expect.poll(status).toBe('Choose at least one forecaster.');
    await expect.element(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  });

  test('layers are written as text, and a wrong one is said', async () => {
    const { app } = show({ layers: 3, situation: 'empty' });
    const field = page.getByRole('textbox', { name: 'Layers' });
    await field.fill('0, 7');
    await expect.element(page.getByText('there is no layer 7; this trace has 0 to 2')).toBeVisible();
    await field.fill('0, 2');
    await userEvent.keyboard('{Enter}');
    await expect.poll(status).toContain('2 layers');
    expect((app.notebook.document.value.cells[0] as CellOf<'backtest'>).settings.layers).toEqual([0, 2]);
  });
});

test('forecasters are fitted anew at every origin, at every few, or at the first alone', async () => {
  const { app } = show({ layers: 3, situation: 'empty' });
  const refitEvery = () => (app.notebook.document.value.cells[0] as CellOf<'backtest'>).settings.refitEvery;
  const policy = page.getByRole('combobox', { name: 'Fitted anew' });
  const number = page.getByRole('spinbutton', { name: 'Refit every' });
  await expect.element(policy).toHaveDisplayValue('At every origin');
  await expect.element(number).not.toBeInTheDocument();
  await policy.selectOptions('At every few origins');
  await number.fill('7');
  await userEvent.keyboard('{Enter}');
  await expect.poll(refitEvery).toBe(7);
  await policy.selectOptions('At the first origin alone');
  await expect.poll(refitEvery).toBe(10_000);
  await expect.element(number).not.toBeInTheDocument();
});

describe('a comparison that is done', () => {
  test('names the best in a sentence, and marks it and the others in words in the table', async () => {
    show({ layers: 4, situation: 'done', settings: { forecasters: ['last-value', 'sliding-average', 'theta', 'combination'] } });
    await expect.poll(finding).toMatch(/^Over 1,000 steps the combination is best, with a load error of [\d.]+ %: \d+ % less than the sliding average/);
    await expect.element(table().getByRole('row', { name: /^Combination [\d.]+ best/ })).toBeVisible();
    await expect.element(table().getByRole('row', { name: /^Theta method .*worse, p/ })).toBeVisible();
    await expect.element(table().getByRole('row', { name: /^Noise floor/ })).toBeVisible();
    expect(status()).toMatch(/^[\d,]+ forecasts judged in 18 s\.$/);
    expect(state()).toBe('fresh');
  });

  test('says of forecasters that differ by chance that they are tied', async () => {
    show({ layers: 2, situation: 'done', settings: { forecasters: ['last-value', 'sliding-average'] } });
    await expect.poll(finding).toContain('within chance');
    await expect.element(table().getByRole('row', { name: /tied, p/ })).toBeVisible();
  });

  test('shows the other horizon when it is chosen', async () => {
    show({ layers: 2, situation: 'done' });
    await expect.poll(finding).toContain('Over 1,000 steps');
    await page.getByText('2,000 steps', { exact: true }).first().click();
    await expect.poll(finding).toContain('Over 2,000 steps');
    await expect.element(page.getByText('Error against iteration, mean of 2 layers, 2,000 steps ahead', { exact: true })).toBeVisible();
  });

  test('is judged by another measure when it is chosen; the sentence stays with the load error', async () => {
    show({ layers: 2, situation: 'done', settings: { forecasters: ['last-value', 'sliding-average', 'theta', 'combination'] } });
    await expect.poll(finding).toContain('load error');
    const before = finding();
    await page.getByRole('combobox', { name: 'Judged by' }).selectOptions('MASE');
    await expect.element(page.getByRole('img', { name: 'Error of every forecaster on every layer' })).toHaveAccessibleDescription('Combination is best on 2 of 2 layers.');
    await expect.element(page.getByText('MASE, means over origins, 1,000 steps ahead.', { exact: true })).toBeVisible();
    await expect.element(page.getByRole('img', { name: 'Error of Combination by 1,000 iterations' })).toHaveAccessibleDescription(/^2000: Combination [\d.]+\. 3000: Combination/);
    expect(finding()).toBe(before);
  });

  test('draws the noise floor beside the forecasters, for all layers and for a chosen one', async () => {
    show({ layers: 3, situation: 'done' });
    const picture = (where: string) => page.getByRole('img', { name: `Error against iteration, ${where}`, exact: true });
    await expect.element(picture('mean of 3 layers')).toBeVisible();
    await page.getByRole('combobox', { name: 'Layer shown' }).selectOptions('1');
    await expect.element(picture('layer 1')).toBeVisible();
    await expect.element(page.getByRole('img', { name: 'Error of Auto by 1,000 iterations' })).toHaveAccessibleDescription(/^2000: Auto [\d.]+, best average, 500 steps [\d.]+, noise floor [\d.]+\./);
    await expect.element(page.getByRole('img', { name: 'Error of every forecaster on every layer' })).toHaveAccessibleDescription('Auto is best on 3 of 3 layers.');
  });

  test('has no accessibility violations, folded tables open', async () => {
    show({ layers: 3, situation: 'done' });
    await expect.poll(finding).not.toBe('');
    for (const one of root.querySelectorAll('details')) one.open = true;
    const { violations } = await axe.run(root);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  });
});

describe('a point of error against iteration', () => {
  const forecast = (app: ReturnType<typeof show>['app']) => app.notebook.document.value.cells.find(({ kind }) => kind === 'forecast')?.settings as CellOf<'forecast'>['settings'];

  test('is shown in the Forecast cell with arrow keys and Enter, and undone as one step', async () => {
    const { app } = show({ layers: 3, situation: 'done', settings: { forecasters: ['last-value', 'theta', 'combination'] } });
    await expect.element(crosshair()).toBeVisible();
    (crosshair().element() as HTMLElement).focus();
    await userEvent.keyboard('{Home}');
    await userEvent.keyboard('{ArrowRight}{ArrowDown}');
    await expect.element(crosshair()).toHaveAttribute('aria-valuetext', expect.stringMatching(/^origin 2250: Theta method [\d.]+ %$/));
    await userEvent.keyboard('{Enter}');
    expect(forecast(app)).toMatchObject({ forecaster: 'theta', originStep: 2250, horizonSteps: 1000 });
    app.notebook.undo();
    expect(forecast(app)).toMatchObject({ forecaster: 'sliding-average', originStep: null });
  });

  test('is shown there by a click', async () => {
    const { app } = show({ layers: 3, situation: 'done' });
    await expect.element(crosshair()).toBeVisible();
    const { width, height } = crosshair().element().getBoundingClientRect();
    await crosshair().click({ position: { x: width * 0.5, y: height * 0.1 } });
    expect(forecast(app).originStep).toBe(4500);
  });

  test('without a Forecast cell changes nothing and says what to add', async () => {
    const { app } = show({ layers: 3, situation: 'done', forecastCell: false });
    await expect.element(crosshair()).toBeVisible();
    await crosshair().click();
    expect(app.toaster.toasts.value.map(({ text }) => text)).toEqual(['Add a Forecast cell to see single forecasts']);
    expect(app.notebook.canUndo.value).toBe(false);
  });
});

describe('other states', () => {
  test('while it runs, what has come is shown, with progress and Cancel', async () => {
    const { active } = show({ layers: 12, situation: 'running' });
    await expect.poll(finding).toMatch(/^So far, over 1,000 steps/);
    expect(status()).toContain('120 of 252 origins');
    const { violations } = await axe.run(root);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(active.value.size).toBe(0);
  });

  test('when it was cancelled, what came until then is shown and said', async () => {
    show({ layers: 12, situation: 'cancelled' });
    await expect.poll(status).toMatch(/^Stopped after 9 s; the [\d,]+ forecasts judged until then are shown\.$/);
    expect(finding()).toMatch(/^So far/);
  });

  test('when settings changed, it says which and keeps what was found', async () => {
    show({ layers: 3, situation: 'stale' });
    await expect.element(page.getByText(/horizons changed from 1,000 and 2,000 steps to 500 steps/)).toBeVisible();
    expect(state()).toBe('stale');
    expect(finding()).toContain('Over 1,000 steps');
  });

  test('when it failed, it says why and what to do', async () => {
    show({ layers: 3, situation: 'failed' });
    await expect.element(page.getByText('The forecasters could not be compared')).toBeVisible();
    await expect.element(page.getByText('Choose a shorter horizon or earlier origins.')).toBeVisible();
    expect(state()).toBe('failed');
  });

  test('on a telephone nothing is wider than the page', async () => {
    root.style.width = '328px';
    show({ layers: 12, situation: 'done' });
    await expect.poll(finding).not.toBe('');
    await expect.element(page.getByRole('img', { name: 'Error of every forecaster on every layer' })).toBeVisible();
    const wide = [...root.querySelectorAll('*')].filter((one) => !one.closest('.table-scroll') && one.getBoundingClientRect().right > root.getBoundingClientRect().right + 1);
    expect(wide.map(({ outerHTML }) => outerHTML.slice(0, 120))).toEqual([]);
  });
});
