/** Pictures of the trials of a sweep, empty to 1,000 (`?trials=2000` for more): `npm run dev`, then /tests/gallery/sweep-charts.html. */
import { render } from 'preact';
import { useMemo } from 'preact/hooks';
import { signal, useSignal } from '@preact/signals';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import './gallery.css';
import { Figure } from '../../src/charts/figure.tsx';
import { rowsBy, rowsTable, type Reference } from '../../src/charts/linked.ts';
import { Curves } from '../../src/charts/curves.tsx';
import { PointHeatmap } from '../../src/charts/point-heatmap.tsx';
import { Scatter } from '../../src/charts/scatter.tsx';
import type { Trend } from '../../src/charts/trend-path.ts';
import { ParallelCoordinates } from '../../src/charts/parallel-coordinates.tsx';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import { commonDomain, type Column, type NumberAxis } from '../../src/charts/value-axis.ts';
import { AVERAGE_ERROR, FORECASTERS, LOSSES, syntheticTrials, type SyntheticTrial } from './synthetic-trials.ts';

const wanted = new URLSearchParams(location.search);
startTheme();
if (wanted.get('theme') === 'dark' || wanted.get('theme') === 'light') chooseTheme(wanted.get('theme') as 'dark' | 'light');

const average: Reference = { label: 'sliding average', value: AVERAGE_ERROR };

const errorAxis: NumberAxis = { kind: 'log', label: 'load error', unit: '%', robust: true };

function columnsOf(trials: readonly SyntheticTrial[]): Readonly<Record<'forecaster' | 'window' | 'rate' | 'units' | 'dropout' | 'loss' | 'seconds' | 'error', Column>> {
  const values = (of: (trial: SyntheticTrial) => number): Float64Array => Float64Array.from(trials, of);
  const errors = values((one) => one.errors[one.errors.length - 1]);
  return {
    forecaster: { id: 'forecaster', axis: { kind: 'category', label: 'forecaster', names: FORECASTERS }, values: values((one) => one.forecaster) },
    window: { id: 'window', axis: { kind: 'log', label: 'window', unit: 'steps', whole: true }, values: values((one) => one.window) },
    rate: { id: 'rate', axis: { kind: 'log', label: 'learning rate' }, values: values((one) => one.rate) },
    units: { id: 'units', axis: { kind: 'log', label: 'hidden units in each layer' }, values: values((one) => one.units) },
    dropout: { id: 'dropout', axis: { kind: 'linear', label: 'dropout' }, values: values((one) => one.dropout) },
    loss: { id: 'loss', axis: { kind: 'category', label: 'training loss', names: LOSSES }, values: values((one) => one.loss) },
    seconds: { id: 'seconds', axis: { kind: 'linear', label: 'time', unit: 's' }, values: values((one) => one.seconds) },
    error: { id: 'error', axis: commonDomain(errorAxis, [errors], [AVERAGE_ERROR]), values: errors },
  };
}

/** Mean and standard deviation of the error in equal parts of a logarithmic axis, or for each category. */
function marginal(x: Column, y: Column, parts: number): Trend {
  const category = x.axis.kind === 'category';
  const seen = Array.from(x.values).filter(Number.isFinite);
  const [low, high] = [Math.log(Math.min(...seen)), Math.log(Math.max(...seen))];
  const part = (value: number): number => (category ? value : Math.min(parts - 1, Math.floor(((Math.log(value) - low) / (high - low || 1)) * parts)));
  const groups = Array.from({ length: category ? x.axis.names.length : parts }, (_, k) => Array.from(y.values).filter((_, row) => part(x.values[row]) === k));
  const mean = groups.map((group) => group.reduce((sum, value) => sum + value, 0) / group.length);
  const spread = groups.map((group, k) => Math.sqrt(group.reduce((sum, value) => sum + (value - mean[k]) ** 2, 0) / group.length));
  return {
    label: 'mean ± standard deviation', x: groups.map((_, k) => (category ? k : Math.exp(low + ((k + 0.5) / parts) * (high - low)))), y: mean,
    low: mean.map((value, k) => value - spread[k]), high: mean.map((value, k) => value + spread[k]),
  };
}

function bestSoFar(x: Column, y: Column): Trend {
  const rows = rowsBy(x.values);
  let best = Infinity;
  return { label: 'best so far', kind: 'step', x: rows.map((row) => x.values[row]), y: rows.map((row) => (best = Math.min(best, y.values[row]))) };
}

function Sweep({ count }: { readonly count: number }) {
  const trials = useMemo(() => syntheticTrials(count), [count]);
  const columns = useMemo(() => columnsOf(trials), [trials]);
  const ids = useMemo(() => trials.map(({ id }) => id), [trials]);
  const axes = useMemo(() => [columns.forecaster, columns.window, columns.rate, columns.units, columns.dropout, columns.loss, columns.error], [columns]);
  const pruned = useMemo(() => (row: number) => trials[row].pruned, [trials]);
  const { rate, loss, forecaster, units, window, seconds, error } = columns;
  const trends = useMemo(() => ({ rate: marginal(rate, error, 8), loss: marginal(loss, error, 0), forecaster: marginal(forecaster, error, 0), best: bestSoFar(seconds, error) }), [columns]);
  const trained = useMemo(() => trials.filter((one) => one.forecaster === 1).slice(0, 200), [trials]);
  const curves = useMemo(() => trained.map((one) => ({ x: one.iterations, y: one.errors })), [trained]);
  const trainedIds = useMemo(() => trained.map(({ id }) => id), [trained]);
  const trainedPruned = useMemo(() => (row: number) => trained[row].pruned, [trained]);
  const curvesTable = {
    caption: 'Learning curves', columns: [{ label: 'trial' }, { label: 'iterations' }, { label: 'load error', unit: '%' }],
    rows: () => trained.flatMap((one) => one.iterations.map((iterations, i) => [one.id, iterations, one.errors[i]])),
  };
  const selected = useSignal<ReadonlySet<number>>(new Set());
  const hovered = useSignal<number | null>(null);
  const opened = useSignal<number | null>(null);
  const linked = { ids, selected, hovered, pruned, onPick: (id: number) => { opened.value = id; } };
  return (
    <>
      <p>{opened.value === null ? 'No trial is open.' : `Trial ${opened.value} is open.`}</p>
      <Figure title="Settings and error" exportName={`parallel ${count}`} table={rowsTable('Trials', ids, axes)}>
        <ParallelCoordinates label="Settings and error" columns={axes} reference={average} {...linked} />
      </Figure>
      <Figure title="Best error so far" exportName="best" table={rowsTable('Trials by time', ids, [seconds, error])}>
        <Scatter label="Best so far" x={seconds} y={error} trend={count > 0 ? trends.best : undefined} reference={average} {...linked} />
      </Figure>
      <div class="gallery-slices">
        {([['rate', rate], ['loss', loss], ['forecaster', forecaster]] as const).map(([name, x]) => (
          <Figure key={name} title={`Error by ${x.axis.label}`} exportName={`slice ${name}`} table={rowsTable(`Error by ${x.axis.label}`, ids, [x, error])}>
            <Scatter label={`Error by ${x.axis.label}`} x={x} y={error} trend={count > 1 ? trends[name] : undefined} reference={average} height={240} {...linked} />
          </Figure>
        ))}
      </div>
      <div class="gallery-slices">
        <Figure title="Error by learning rate and window" exportName="points" table={rowsTable('Trials', ids, [rate, window, error])}>
          <PointHeatmap label="Error by learning rate and window" x={rate} y={window} score={error} reference={average} {...linked} />
        </Figure>
        <Figure title="Mean error by learning rate and hidden units" exportName="cells" table={rowsTable('Trials', ids, [rate, units, error])}>
          <PointHeatmap label="Mean error by learning rate and hidden units" x={rate} y={units} score={error} cells reference={average} {...linked} />
        </Figure>
        <Figure title="Mean error by window and forecaster" exportName="categories" table={rowsTable('Trials', ids, [window, forecaster, error])}>
          <PointHeatmap label="Mean error by window and forecaster" x={window} y={forecaster} score={error} cells reference={average} {...linked} />
        </Figure>
      </div>
      <Figure title="Learning curves" caption="At most 200." exportName="curves" table={curvesTable}>
        <Curves
          label="Learning curves" curves={curves} xAxis={{ kind: 'linear', label: 'iterations', whole: true }} yAxis={errorAxis}
          reference={average} {...linked} ids={trainedIds} pruned={trainedPruned}
        />
      </Figure>
    </>
  );
}

const counts = wanted.has('trials') ? [Number(wanted.get('trials'))] : [0, 1, 60, 1000];
const shown = signal(counts);
const root = document.querySelector('#app');
if (root) render(<>{shown.value.map((count) => <section key={count} id={`trials-${count}`}><h2>{count === 1 ? 'One trial' : `${count} trials`}</h2><Sweep count={count} /></section>)}</>, root);
