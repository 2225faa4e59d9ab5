/** Every control and every state of a cell on one page, to look at while developing: `npm run dev`, then /tests/gallery/ui.html. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import './ui.css';
import {
  Announcer, Badge, Button, CheckField, ChoiceField, DataTable, ErrorPanel, FileButton, Notice, NumberField, Progress, SelectField,
  SliderField, Term, TextField, chooseTheme, createToaster, startTheme, themeChoice,
} from '../../src/ui/index.ts';
import {
  AddCell, CellFrame, CommandPalette, DropTarget, Footer, KeyboardMap, Outline, Page, RunSlot, TopBar, commands, enterCell, focusCell, keysOf,
  listenForCommands,
} from '../../src/shell/index.ts';
import type { AddKind, CellActions, CellState } from '../../src/shell/index.ts';

const toaster = createToaster();
const kinds: readonly AddKind[] = [
  { id: 'load', label: 'Load', note: 'Heatmap, lines and imbalance' },
  { id: 'states', label: 'States', note: 'Transient and stable' },
  { id: 'forecast', label: 'Forecast', note: 'Against what really came' },
  { id: 'note', label: 'Note', note: 'Your own words' },
];

const titles = ['Trace', 'Load', 'States', 'Forecast', 'Backtest', 'Note'] as const;
const states: readonly CellState[] = [
  { kind: 'fresh' }, { kind: 'fresh' }, { kind: 'stale' }, { kind: 'running', fraction: 0.424 }, { kind: 'failed' }, { kind: 'fresh' },
];

function Picture({ height = 220 }: { readonly height?: number }) {
  const points = (shift: number, size: number) => Array.from({ length: 61 }, (_, i) => `${i * 16},${110 + shift + Math.sin(i * 0.9 + shift) * size * Math.exp(-i / 18)}`).join(' ');
  return (
    <svg class="gallery-picture" viewBox={`0 0 960 ${height}`} width="100%" height={height} preserveAspectRatio="none" role="img" aria-label="Sample picture">
      <rect x="640" y="16" width="320" height="180" fill="var(--interval)" />
      <g fill="none" stroke-width="2" vector-effect="non-scaling-stroke">
        <polyline points={points(0, 60)} stroke="var(--history)" />
        <polyline points={points(30, 40)} stroke="var(--truth)" stroke-width="1.5" />
        <path d="M640 118 L960 112" stroke="var(--forecast)" />
        <path d="M640 126 L960 126" stroke="var(--average)" stroke-dasharray="6 4" />
        <path d="M0 180 L960 180" stroke="var(--noise)" stroke-dasharray="1 5" stroke-linecap="round" />
      </g>
    </svg>
  );
}

function Gallery() {
  const [windowSteps, setWindow] = useState(1000);
  const [rate, setRate] = useState(0.003);
  const [horizon, setHorizon] = useState(1000);
  const [forecaster, setForecaster] = useState('lstm');
  const [form, setForm] = useState<'pooled' | 'joint'>('pooled');
  const [measure, setMeasure] = useState<'block' | 'step'>('block');
  const [rearm, setRearm] = useState(true);
  const [current, setCurrent] = useState('Forecast');
  const [running, setRunning] = useState(true);
  const [palette, setPalette] = useState(false);
  const [map, setMap] = useState(false);
  const [title, setTitle] = useState('First light on gpt-moe-125m-16e');

  const move = (by: number) => focusCell(titles[Math.max(0, Math.min(titles.length - 1, titles.findIndex((name) => name === current) + by))]);
  useEffect(() => listenForCommands(() => ({
    'cell.next': () => move(1),
    'cell.previous': () => move(-1),
    'cell.edit': () => enterCell(current),
    'page.palette': () => setPalette(true),
    'page.keyboard': () => setMap(true),
  })), [current]);

  const actions: CellActions = {
    onMoveUp: () => toaster.announce('Moved up'),
    onMoveDown: () => toaster.announce('Moved down'),
    onDuplicate: () => toaster.show('Duplicated the cell'),
    onRemove: () => toaster.show('Removed Forecast', { label: 'Undo', onSelect: () => undefined }),
    kinds,
    onAddBelow: (kind) => toaster.show(`Added ${kind}`),
  };
  const frame = (index: number) => ({ id: titles[index], title: titles[index], state: states[index], current: titles[index] === current, onCurrent: () => setCurrent(titles[index]), actions });

  return (
    <Page
      title={title}
      bar={
        <TopBar
          title={title}
          onTitle={setTitle}
          saveState={{ text: 'Saved in this browser' }}
          device={<Badge tone="good">WebGPU: SwiftShader (software)</Badge>}
          onUndo={() => toaster.announce('Undone')}
          onSave={() => toaster.show('Saved first-light.gatecast.json')}
          onOpen={(files) => toaster.show(`Opening ${files[0].name}`)}
          onShare={() => toaster.show('Copied the link')}
          theme={themeChoice.value}
          onTheme={chooseTheme}
          onHelp={() => setMap(!map)}
        />
      }
      outline={<Outline entries={titles.map((name, index) => ({ id: name, title: name, state: states[index] }))} current={current} onJump={focusCell} />}
      footer={<Footer version="0.1.0" licences="./licences.txt" />}
    >
      <CellFrame
        {...frame(0)}
        finding={<>gpt-moe-125m-16e: 20,000 <Term name="step">steps</Term>, 6 <Term name="layer">layers</Term> of 16 <Term name="expert">experts</Term>, 131,072 <Term name="assignments">assignments</Term> a step.</>}
        controls={
          <>
            <SelectField label="Sample" value="a" choices={[{ value: 'a', label: 'gpt-moe-125m-16e' }, { value: 'b', label: 'gpt-moe-small-64e-top6-lossfree' }]} onChange={() => undefined} />
            <div class="field"><div class="field-label"><span class="field-name">Your own</span></div><FileButton name="Trace file" onFiles={(files) => toaster.show(`Reading ${files[0].name}`)}>Trace file…</FileButton></div>
          </>
        }
        details={[{ id: 'provenance', summary: 'Provenance', content: <p>Seed 1, fingerprint 3f2a…</p> }]}
      >
        <Notice level="warning" title="Two guesses were made" actions={<Button onClick={() => undefined}>Change</Button>}>
          Rows are taken as steps, and the first 6 columns as layers.
        </Notice>
      </CellFrame>
      <AddCell kinds={kinds} onAdd={(kind) => toaster.show(`Added ${kind}`)} />
      <CellFrame
        {...frame(1)}
        finding="Layer 2 is the most uneven: its busiest expert gets 2.4 times the mean."
        controls={
          <>
            <SelectField label="Layer" value="2" choices={['0', '1', '2'].map((value) => ({ value, label: `Layer ${value}` }))} onChange={() => undefined} />
            <ChoiceField label="Measure" help="How imbalance is measured." value={measure} choices={[{ value: 'block', label: 'Max over mean' }, { value: 'step', label: 'Gini' }]} onChange={setMeasure} />
            <CheckField label="Even shares dashed" checked={rearm} onChange={setRearm} help="Draws one divided by the number of experts." />
          </>
        }
        details={[{
          id: 'table',
          summary: 'Table',
          content: (
            <DataTable
              caption="Errors over the next 1,000 steps, layer 2"
              columns={[
                { key: 'name', label: 'Forecaster' },
                { key: 'load', label: 'Load error', unit: '%, block mean', term: 'loadError', numeric: true, best: 'lowest' },
                { key: 'relative', label: 'Relative error', unit: '%', term: 'relativeError', numeric: true, best: 'lowest' },
                { key: 'absolute', label: 'Absolute error', unit: 'points', numeric: true, best: 'lowest' },
              ]}
              rows={[
                { key: 'lstm', cells: { name: 'LSTM', load: 1.29, relative: 1.34, absolute: 0.081 } },
                { key: 'average', cells: { name: 'Sliding average (350 steps)', load: 1.41, relative: 1.31, absolute: 0.088 } },
                { key: 'last', cells: { name: 'Last value', load: 3.1, relative: null, absolute: 0.2 } },
                { key: 'floor', reference: true, cells: { name: 'Noise floor', load: 0.52, relative: 0.5, absolute: 0.03 } },
              ]}
            />
          ),
        }]}
      >
        <Picture />
      </CellFrame>
      <CellFrame
        {...frame(2)}
        finding={<>11 of 12 layers are <Term name="stable">stable</Term> after step 1,150; layer 2 settles last.</>}
        controls={<NumberField label="Hold time" unit="steps" integer min={10} max={5000} value={windowSteps} help="How long the criterion has to hold." onInput={setWindow} />}
        stale={{ changes: ['hold time 500 → 1,000 steps'], onRun: () => toaster.show('Running'), keys: keysOf('cell.run') }}
      >
        <Picture />
      </CellFrame>
      <CellFrame
        {...frame(3)}
        finding={<>Over the next 1,000 steps the LSTM’s <Term name="loadError">load error</Term> is 1.29 %, the <Term name="slidingAverage">sliding average’s</Term> 1.41 %: the LSTM is better by 9 %.</>}
        controls={
          <>
            <SelectField label="Forecaster" value={forecaster} choices={[{ value: 'lstm', label: 'LSTM' }, { value: 'average', label: 'Sliding average' }]} onChange={setForecaster} />
            <SliderField label="Window" unit="steps" integer min={100} max={4000} step={100} value={windowSteps} help="How far back the network looks." onInput={setWindow} />
            <SliderField label="Horizon" unit="steps" integer min={1} max={5000} step={1} value={horizon} help="How many steps ahead is forecast." onInput={setHorizon} />
            <SliderField label="Learning rate" scale="log" min={0.0001} max={0.1} value={rate} help="Size of each update." onInput={setRate} />
            <ChoiceField label="Form" value={form} choices={[{ value: 'pooled', label: 'Pooled residual' }, { value: 'joint', label: 'Joint, as in the paper' }]} onChange={setForm} />
          </>
        }
        run={<RunSlot running={running} label="Train" keys={keysOf('cell.run')} onRun={() => setRunning(true)} onCancel={() => setRunning(false)} />}
        status={running ? <Progress label="Training layer 2" done={254} total={600} unit="steps" perSecond={31} /> : 'Cancelled at iteration 254; the best weights so far are kept.'}
      >
        <Picture />
      </CellFrame>
      <CellFrame
        {...frame(4)}
        finding="The file could not be read; the trace that was open is still open."
        error={
          <ErrorPanel
            title="The trace could not be read"
            error={{ message: 'wide.csv: "abc" is not a count; and 2 more problems:\nline 51: "n/a" is not a count\nline 77: 15 of 16 columns', where: 'line 48, column layer2_expert7', remedy: 'fix the cell or leave the column out' }}
            actions={<FileButton name="Another trace file" onFiles={() => undefined}>Choose another file</FileButton>}
          />
        }
      />
      <CellFrame
        {...frame(5)}
        controls={
          <>
            <TextField label="Note" rows={3} value="The router’s auxiliary loss was switched off at step 4,000." />
            <TextField label="Name" value="" placeholder="Untitled" error="Type a name." />
            <SliderField label="Patience" integer min={10} max={1000} scale="log" value={120} disabled note="Not used by this forecaster." />
          </>
        }
      >
        <div class="gallery-row">
          <Button kind="primary" onClick={() => undefined}>Primary</Button>
          <Button onClick={() => undefined}>Plain</Button>
          <Button kind="quiet" icon="download" onClick={() => undefined}>Quiet</Button>
          <Button kind="danger" icon="trash" onClick={() => undefined}>Danger</Button>
          <Button disabled onClick={() => undefined}>Disabled</Button>
          <Badge>neutral</Badge> <Badge tone="good">good</Badge> <Badge tone="warning">warning</Badge> <Badge tone="danger">danger</Badge>
        </div>
        <Progress label="Reading long.csv" done={123_400_000} total={1_000_000_000} unit="bytes" />
        <Progress label="Opening" done={123_400_000} unit="bytes" />
      </CellFrame>
      <AddCell always kinds={kinds} onAdd={(kind) => toaster.show(`Added ${kind}`)} />
      <CommandPalette
        open={palette}
        onClose={() => setPalette(false)}
        items={commands.map((command) => ({ id: command.id, label: command.label, group: command.group, keys: keysOf(command.id), onSelect: () => toaster.show(command.label) }))}
      />
      <KeyboardMap open={map} onClose={() => setMap(false)} singleKeys onSingleKeys={() => undefined} />
      <DropTarget onFiles={(files, by) => toaster.show(`${files[0].name} (${by})`)} />
      <Announcer toaster={toaster} />
    </Page>
  );
}

startTheme();
const root = document.getElementById('app');
if (root) render(<Gallery />, root);
