/** Pictures of the trials of a sweep, empty to 1,000 (`?trials=2000` for more): `npm run dev`, then /tests/gallery/sweep-charts.html. */
import { render } from 'preact';
import { useMemo } from 'preact/hooks';
import { signal, useSignal } from '@preact/signals';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import './gallery.css';
import { Figure } from '../../src/charts/figure.tsx';
import { rowsTable, type Reference } from '../../src/charts/linked.ts';
import { ParallelCoordinates } from '../../src/charts/parallel-coordinates.tsx';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import type { Column } from '../../src/charts/value-axis.ts';
import { AVERAGE_ERROR, FORECASTERS, LOSSES, syntheticTrials, type SyntheticTrial } from './synthetic-trials.ts';

const wanted = new URLSearchParams(location.search);
startTheme();
if (wanted.get('theme') === 'dark' || wanted.get('theme') === 'light') chooseTheme(wanted.get('theme') as 'dark' | 'light');

const average: Reference = { label: 'sliding average', value: AVERAGE_ERROR };

function columnsOf(trials: readonly SyntheticTrial[]): Readonly<Record<'forecaster' | 'window' | 'rate' | 'units' | 'dropout' | 'loss' | 'seconds' | 'error', Column>> {
  const values = (of: (trial: SyntheticTrial) => number): Float64Array => Float64Array.from(trials, of);
  return {
    forecaster: { id: 'forecaster', axis: { kind: 'category', label: 'forecaster', names: FORECASTERS }, values: values((one) => one.forecaster) },
    window: { id: 'window', axis: { kind: 'log', label: 'window', unit: 'steps', whole: true }, values: values((one) => one.window) },
    rate: { id: 'rate', axis: { kind: 'log', label: 'learning rate' }, values: values((one) => one.rate) },
    units: { id: 'units', axis: { kind: 'log', label: 'hidden units in each layer' }, values: values((one) => one.units) },
    dropout: { id: 'dropout', axis: { kind: 'linear', label: 'dropout' }, values: values((one) => one.dropout) },
    loss: { id: 'loss', axis: { kind: 'category', label: 'training loss', names: LOSSES }, values: values((one) => one.loss) },
    seconds: { id: 'seconds', axis: { kind: 'linear', label: 'time', unit: 's' }, values: values((one) => one.seconds) },
    error: { id: 'error', axis: { kind: 'log', label: 'load error', unit: '%', robust: true }, values: values((one) => one.errors[one.errors.length - 1]) },
  };
}

function Sweep({ count }: { readonly count: number }) {
  const trials = useMemo(() => syntheticTrials(count), [count]);
  const columns = useMemo(() => columnsOf(trials), [trials]);
  const ids = useMemo(() => trials.map(({ id }) => id), [trials]);
  const axes = useMemo(() => [columns.forecaster, columns.window, columns.rate, columns.units, columns.dropout, columns.loss, columns.error], [columns]);
  const pruned = useMemo(() => (row: number) => trials[row].pruned, [trials]);
  const selected = useSignal<ReadonlySet<number>>(new Set());
  const hovered = useSignal<number | null>(null);
  const opened = useSignal<number | null>(null);
  const linked = { ids, selected, hovered, pruned, onPick: (id: number) => { opened.value = id; } };
  return (
    <>
      <p>{opened.value === null ? 'No trial is open.' : `Trial ${opened.value} is open.`}</p>
      <Figure title={`Settings and error of ${count} trials`} exportName={`parallel ${count}`} table={rowsTable('Trials', ids, axes)}>
        <ParallelCoordinates label="Settings and error" columns={axes} reference={average} {...linked} />
      </Figure>
    </>
  );
}

const counts = wanted.has('trials') ? [Number(wanted.get('trials'))] : [0, 1, 60, 1000];
const shown = signal(counts);
const root = document.querySelector('#app');
if (root) render(<>{shown.value.map((count) => <section key={count} id={`trials-${count}`}><h2>{count} trials</h2><Sweep count={count} /></section>)}</>, root);
