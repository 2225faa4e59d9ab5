import axe from 'axe-core';
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import themeText from '../../src/ui/theme.css?raw';
import {
  Badge, Button, CheckField, ChoiceField, DataTable, Details, ErrorPanel, FileButton, Notice, NumberField, Progress, SelectField, SliderField,
  Term, TextField, chooseTheme, glossary, startTheme,
} from '../../src/ui/index.ts';
import { bestRows } from '../../src/ui/data-table.tsx';
import { AddCell, CellFrame, Footer, KeyboardMap, Outline, Page, RunSlot, TopBar } from '../../src/shell/index.ts';

let root: HTMLElement;
let stop: () => void;
beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
  stop = startTheme();
});
afterEach(() => {
  render(null, root);
  root.remove();
  chooseTheme('auto');
  stop();
});

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test('the measure of contrast gives the known values of black and of #767676 on white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  beforeEach(() => chooseTheme(theme));

  test('text colours hold 4.5:1 on every ground', () => {
    const grounds = ['--page', '--surface', '--raised'];
    const texts = ['--text', '--muted', '--accent', '--danger', '--warning', '--good'];
    const pairs = [
      ...grounds.flatMap((ground) => texts.map((text) => [text, ground] as const)),
      ['--accent-text', '--accent'], ['--danger', '--danger-tint'], ['--warning', '--warning-tint'], ['--muted', '--danger-tint'], ['--text', '--accent-tint'],
    ] as const;
    expect(pairs.filter(([text, ground]) => !(contrast(token(text), token(ground)) >= 4.5))).toEqual([]);
  });

  test('chart lines, edges of fields and the focus ring hold 3:1 on the page', () => {
    const lines = ['--history', '--truth', '--forecast', '--average', '--noise', '--rule-strong', '--focus'];
    expect(lines.filter((line) => !(contrast(token(line), token('--page')) >= 3))).toEqual([]);
  });

  test.each([[1280, 900], [360, 740]])('axe finds nothing wrong at %i pixels', async (width, height) => {
    await page.viewport(width, height);
    render(<Everything />, root);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    const { violations } = await axe.run(root, { rules: { 'html-has-lang': { enabled: false }, 'document-title': { enabled: false } } });
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)).toEqual([]);
    expect(document.documentElement.scrollWidth).toBe(width);
    await page.viewport(1280, 800);
  });
});

test('the dark colours are the same whether chosen or the system’s', () => {
  const blocks = [...themeText.matchAll(/color-scheme: dark;([^}]*)\}/g)].map((match) => match[1].replace(/\s+/g, ' '));
  expect(blocks).toHaveLength(2);
  expect(blocks[0]).toBe(blocks[1]);
});

test('the choice of theme is kept for the next visit', () => {
  chooseTheme('dark');
  stop();
  delete document.documentElement.dataset['theme'];
  stop = startTheme();
  expect(document.documentElement.dataset['theme']).toBe('dark');
});

test('the best number of a column is marked in words, and a noise floor never wins', async () => {
  const column = { key: 'load', label: 'Load error', unit: '%', numeric: true, best: 'lowest' } as const;
  const rows = [
    { key: 'lstm', cells: { name: 'LSTM', load: 1.29 } },
    { key: 'average', cells: { name: 'Average', load: 1.41 } },
    { key: 'floor', reference: true, cells: { name: 'Noise floor', load: 0.52 } },
  ];
  expect([...bestRows(column, rows)]).toEqual(['lstm']);
  expect([...bestRows(column, rows.slice(0, 1))]).toEqual([]);
  render(<DataTable caption="Errors" columns={[{ key: 'name', label: 'Forecaster' }, column]} rows={rows} />, root);
  await expect.element(page.getByRole('row', { name: /LSTM/ })).toHaveTextContent('1.29 best');
});

test('every definition is one or two sentences', () => {
  const wrong = Object.values(glossary).filter(({ definition }) => !/^[A-Z].*\.$/.test(definition) || definition.split(/\. (?=[A-Z])/).length > 2);
  expect(wrong).toEqual([]);
});

test('progress says how much is done, how fast, and how long it still takes', async () => {
  render(<Progress label="Training" done={250} total={1000} unit="steps" perSecond={50} />, root);
  await expect.element(page.getByRole('progressbar', { name: 'Training' })).toHaveAttribute('aria-valuetext', '250 of 1,000 steps · 50 steps/s · 15 s left');
});

test('an error says what, where and what to do', async () => {
  render(<ErrorPanel title="The trace could not be read" error={{ message: 'wide.csv: "abc" is not a count', where: 'line 48', remedy: 'fix the cell or leave the column out' }} />, root);
  const alert = page.getByRole('alert');
  await expect.element(alert).toHaveTextContent('wide.csv: "abc" is not a count.');
  await expect.element(alert).toHaveTextContent('Where: line 48');
  await expect.element(alert).toHaveTextContent('Fix the cell or leave the column out.');
});

const nothing = () => undefined;

function Everything() {
  const actions = { onMoveUp: nothing, onRemove: nothing, kinds: [{ id: 'load', label: 'Load' }], onAddBelow: nothing };
  return (
    <Page
      title="First light"
      bar={
        <TopBar
          title="First light" onTitle={nothing} saveState={{ text: 'Saved in this browser' }} device={<Badge tone="good">WebGPU</Badge>}
          onUndo={nothing} onSave={nothing} onOpen={nothing} onShare={nothing} theme="auto" onTheme={nothing} onHelp={nothing}
        />
      }
      outline={<Outline entries={[{ id: 'a', title: 'Load', state: { kind: 'fresh' } }, { id: 'b', title: 'Forecast', state: { kind: 'running', fraction: 0.4 } }]} current="a" onJump={nothing} />}
      footer={<Footer version="0.1.0" licences="./licences.txt" />}
    >
      <CellFrame
        id="a" title="Load" state={{ kind: 'stale' }} actions={actions} finding={<>Layer 2 is <Term name="stable">stable</Term>.</>}
        stale={{ changes: ['window 1,000 → 600 steps'], onRun: nothing }}
        run={<RunSlot running onRun={nothing} onCancel={nothing} />}
        status={<Progress label="Training" done={3} total={10} unit="steps" />}
        controls={
          <>
            <SliderField label="Window" unit="steps" integer min={10} max={4000} value={1000} help="How far back." />
            <NumberField label="Hold time" min={1} max={9} value={4} error="Type a number." />
            <SelectField label="Layer" value="0" choices={[{ value: '0', label: 'Layer 0' }]} onChange={nothing} />
            <ChoiceField label="Form" value="a" choices={[{ value: 'a', label: 'Pooled' }, { value: 'b', label: 'Joint' }]} onChange={nothing} help="One network or many." />
            <CheckField label="Re-arm" checked onChange={nothing} />
            <TextField label="Name" value="" placeholder="Untitled" />
          </>
        }
      >
        <p>Output text that is out of date.</p>
      </CellFrame>
      <CellFrame id="b" title="Forecast" state={{ kind: 'failed' }} actions={actions} error={<ErrorPanel error={{ message: 'no', where: 'line 1', remedy: 'try again' }} />} />
      <CellFrame id="c" title="Table" state={{ kind: 'fresh' }}>
        <Notice level="warning" title="Guessed">Rows are steps.</Notice>
        <FileButton name="Trace file" onFiles={nothing} />
        <Button kind="primary" onClick={nothing}>Run</Button>
        <Button kind="danger" onClick={nothing}>Remove</Button>
        <Details summary="Table" open>
          <DataTable
            caption="Errors over the next 1,000 steps"
            columns={[{ key: 'name', label: 'Forecaster' }, { key: 'load', label: 'Load error', unit: '%, block mean', numeric: true, best: 'lowest', term: 'loadError' }, { key: 'more', label: 'Relative error', unit: '%, block mean', numeric: true }]}
            rows={[{ key: 'a', cells: { name: 'LSTM', load: 1.2, more: 1 } }, { key: 'b', cells: { name: 'Sliding average', load: 1.4, more: null } }]}
          />
        </Details>
      </CellFrame>
      <AddCell always kinds={actions.kinds} onAdd={nothing} />
      <KeyboardMap open onClose={nothing} />
    </Page>
  );
}
