/** Every picture with ordinary and extreme data, to look at while developing: `npm run dev`, then /tests/gallery/index.html. */
import { render } from 'preact';
import { useMemo } from 'preact/hooks';
import { signal, useSignal } from '@preact/signals';
import '../../src/ui/styles.css';
import '../../src/charts/charts.css';
import './gallery.css';
import { startTheme, chooseTheme } from '../../src/ui/theme.ts';
import { categoryMark } from '../../src/charts/colour.ts';
import { Figure } from '../../src/charts/figure.tsx';
import { formatPercent, formatStep } from '../../src/charts/format.ts';
import { Heatmap } from '../../src/charts/heatmap.tsx';
import { HeatmapGrid } from '../../src/charts/heatmap-grid.tsx';
import { Lines } from '../../src/charts/lines.tsx';
import { percentAxis, shareAxis, type LineSeries } from '../../src/charts/series.ts';
import { Strips, type Strip } from '../../src/charts/strips.tsx';
import { heat, row } from './synthetic.ts';

const STEPS = 8000;
const wanted = new URLSearchParams(location.search);
startTheme();
if (wanted.get('theme') === 'dark' || wanted.get('theme') === 'light') chooseTheme(wanted.get('theme') as 'dark' | 'light');

const main = heat(2, 16, 800, STEPS);
const cursor = signal<number | null>(null);

function LoadHeatmaps() {
  const steps = useSignal({ fromStep: 0, toStep: STEPS });
  return (
    <>
      <Figure
        title="Load share of layer 2" caption="Mean share of each column's steps." exportName="gallery load layer 2"
        table={{
          caption: 'Load share of layer 2 by step',
          columns: [{ label: 'step', format: formatStep }, ...Array.from({ length: 16 }, (_, e) => ({ label: `expert ${e}`, unit: 'share', format: (share: number) => formatPercent(share) }))],
          rows: () => Array.from(main.columnSteps, (step, c) => [step, ...Array.from({ length: 16 }, (_, e) => main.shares[e * main.columns + c])]),
        }}
      >
        <Heatmap
          label="Load share of layer 2" picture={main} steps={steps.value} cursor={cursor} marks={[{ id: 'boundary', label: 'stable', step: 1150 }, { id: 'origin', label: 'origin', step: 5000 }]}
          zoomed={steps.value.toStep - steps.value.fromStep < STEPS}
          onSelect={(span) => { steps.value = span; }} onZoomOut={() => { steps.value = { fromStep: 0, toStep: STEPS }; }}
        />
      </Figure>
      <Figure title="Load against uniform, layer 2" exportName="gallery ratio">
        <Heatmap label="Load against uniform of layer 2" picture={main} colours="ratio" cursor={cursor} />
      </Figure>
    </>
  );
}

function ForecastLines() {
  const origin = useSignal(5000);
  const window = useSignal(1000);
  const horizon = useSignal(1500);
  const at = origin.value;
  const series = useMemo<LineSeries[]>(() => {
    const y = row(main, 3);
    const x = main.columnSteps;
    const cut = x.findIndex((step) => step >= at);
    const end = x.findIndex((step) => step >= at + horizon.value);
    const mean = y.slice(Math.max(0, cut - 100), cut).reduce((sum, share) => sum + share, 0) / Math.min(100, cut);
    const later = x.slice(cut, end < 0 ? undefined : end);
    const flat = Float32Array.from(later, () => mean);
    return [
      { id: 'history', label: 'history', colour: 'var(--history)', x: x.slice(0, cut), y: y.slice(0, cut), width: 1.25 },
      { id: 'interval', label: '90 % interval', colour: 'var(--forecast)', fill: 'var(--interval)', kind: 'band', x: later, y: [], low: flat.map((v) => v * 0.93), high: flat.map((v) => v * 1.07) },
      { id: 'truth', label: 'what came', colour: 'var(--truth)', x: later, y: y.slice(cut, end < 0 ? undefined : end), width: 1.25 },
      { id: 'average', label: 'sliding average', colour: 'var(--average)', dash: '6 3', x: later, y: flat.map((v) => v * 0.99) },
      { id: 'forecast', label: 'forecast', colour: 'var(--forecast)', x: later, y: flat.map((v, i) => v * (1 + 0.02 * Math.sin(i / 20))), width: 2.25 },
    ];
  }, [at, horizon.value]);
  return (
    <Figure title="Load share of expert 3, layer 2" exportName="gallery forecast">
      <Lines
        label="Forecast of expert 3" series={series} steps={{ fromStep: 3500, toStep: 7500 }} y={shareAxis()} cursor={cursor} height={320}
        spans={[
          { id: 'window', label: `window, ${formatStep(window.value)} steps`, fromStep: at - window.value, toStep: at },
          { id: 'horizon', label: `horizon, ${formatStep(horizon.value)} steps`, fromStep: at, toStep: at + horizon.value, tone: 'horizon' },
        ]}
        handles={[
          { id: 'window', label: 'window start', step: at - window.value, min: 3500, max: at - 50, stride: 50, onMove: (step) => { window.value = at - step; } },
          { id: 'origin', label: `origin`, main: true, step: at, min: 4000, max: 7000, stride: 10, onMove: (step) => { origin.value = step; } },
          { id: 'horizon', label: 'horizon end', step: at + horizon.value, min: at + 50, max: 8000, stride: 50, onMove: (step) => { horizon.value = step - at; } },
        ]}
      />
    </Figure>
  );
}

/** Four experts in one picture: what is seen is named once, experts at the ends of their lines. */
function severalExperts(): LineSeries[] {
  return [0, 1, 2, 3].flatMap((e): LineSeries[] => {
    const y = row(main, e);
    const later = main.columnSteps.slice(500, 650);
    const mean = y.slice(400, 500).reduce((sum, share) => sum + share, 0) / 100;
    return [
      { id: `h${e}`, label: `history, expert ${e}`, legend: 'history', colour: 'var(--history)', width: 1.25, x: main.columnSteps.slice(350, 501), y: y.slice(350, 501) },
      { id: `t${e}`, label: `what came, expert ${e}`, legend: 'what came', colour: 'var(--truth)', width: 1.25, x: later, y: y.slice(500, 650) },
      { id: `f${e}`, label: `forecast, expert ${e}`, legend: 'forecast', end: `expert ${e}`, colour: 'var(--forecast)', width: 2.25, x: later, y: Float32Array.from(later, () => mean) },
    ];
  });
}

function experts(count: number): LineSeries[] {
  return Array.from({ length: count }, (_, e) => {
    const { colour, dash, marker } = categoryMark(e);
    return { id: `e${e}`, label: `expert ${e}`, colour, dash, marker, x: main.columnSteps, y: row(main, e), width: 1.5 };
  });
}

const errors: LineSeries[] = [
  { id: 'forecast', label: 'forecast', colour: 'var(--forecast)', x: main.columnSteps, y: Float32Array.from(main.columnSteps, (s, i) => 40 * Math.exp(-s / 900) + 3 + Math.sin(i / 9)) },
  { id: 'average', label: 'sliding average', colour: 'var(--average)', dash: '6 3', x: main.columnSteps, y: Float32Array.from(main.columnSteps, (s, i) => 45 * Math.exp(-s / 1000) + 3.2 + Math.sin(i / 7)) },
  { id: 'noise', label: 'noise floor', colour: 'var(--noise)', dash: '2 3', x: main.columnSteps, y: Float32Array.from(main.columnSteps, () => 1.1) },
];

const strips = (count: number): Strip[] => Array.from({ length: count }, (_, l) => {
  const boundary = 400 + ((l * 7919) % 1900);
  const spans = l === 1
    ? [{ fromStep: 0, toStep: 900, state: 'transient' }, { fromStep: 900, toStep: 3000, state: 'stable' }, { fromStep: 3000, toStep: 4200, state: 'transient' }, { fromStep: 4200, toStep: STEPS, state: 'stable' }] as const
    : l === 3 ? [{ fromStep: 0, toStep: STEPS, state: 'transient' }] as const
      : [{ fromStep: 0, toStep: boundary, state: 'transient' }, { fromStep: boundary, toStep: STEPS, state: 'stable' }] as const;
  return { id: String(l), label: `layer ${l}`, spans, boundaryStep: l === 3 ? null : l === 1 ? 4200 : boundary };
});

function Grid({ layers }: { readonly layers: number }) {
  const picked = useSignal<number | null>(2);
  const pictures = useMemo(() => Array.from({ length: layers }, (_, l) => (l === layers - 1 ? null : heat(l, 16, 160, STEPS, 0.2 + l / layers))), [layers]);
  return (
    <Figure title={`Load share of all ${layers} layers`} exportName="gallery grid">
      <HeatmapGrid label="Layers" pictures={pictures} names={pictures.map((_, l) => `layer ${l}`)} picked={picked.value} onPick={(l) => { picked.value = l; }} />
    </Figure>
  );
}

const whole = { fromStep: 0, toStep: STEPS };
const point: LineSeries[] = [{ id: 'p', label: 'expert 0', colour: 'var(--category-1)', x: [120], y: [0.0625] }];

const sections: Readonly<Record<string, () => preact.JSX.Element>> = {
  heat: () => <LoadHeatmaps />,
  forecast: () => <ForecastLines />,
  experts: () => <Figure title="Load share of eight experts" exportName="gallery experts"><Lines label="Eight experts" series={experts8} steps={whole} y={shareAxis()} cursor={cursor} /></Figure>,
  several: () => (
    <Figure title="Forecast of four experts" exportName="gallery several">
      <Lines label="Four experts" series={experts4} steps={{ fromStep: 3500, toStep: 6600 }} y={shareAxis()} cursor={cursor} spans={[{ id: 'h', label: 'horizon', fromStep: 5000, toStep: 6500, tone: 'horizon' }]} />
    </Figure>
  ),
  many: () => <Figure title="Load share of sixteen experts" exportName="gallery sixteen"><Lines label="Sixteen experts" series={experts16} steps={whole} y={shareAxis()} cursor={cursor} /></Figure>,
  errors: () => (
    <>
      <Figure title="Load error against step" caption="Lower is better. Nothing can be better than the noise floor." exportName="gallery error">
        <Lines label="Load error" series={errors} steps={whole} y={percentAxis('load error, %', { zero: true })} cursor={cursor} rules={[{ id: 't', label: 'threshold', value: 8 }]} marks={[{ id: 'b', label: 'boundary, step 1 150', step: 1150 }]} />
      </Figure>
      <Figure title="The same on a logarithmic axis" exportName="gallery log">
        <Lines label="Load error, logarithmic" series={errors} steps={whole} y={percentAxis('load error, %', { log: true })} cursor={cursor} />
      </Figure>
    </>
  ),
  strips: () => <Figure title="States of 12 layers" exportName="gallery states"><Strips label="States of 12 layers" strips={strips(12)} steps={whole} cursor={cursor} /></Figure>,
  strips60: () => <Figure title="States of 60 layers" exportName="gallery states 60"><Strips label="States of 60 layers" strips={strips(60)} steps={whole} /></Figure>,
  grid: () => <Grid layers={12} />,
  grid60: () => <Grid layers={60} />,
  heat256: () => <Figure title="256 experts, strongly skewed" exportName="gallery 256"><Heatmap label="256 experts" picture={heat(5, 256, 1000, 20_000, 2)} /></Figure>,
  edge: () => (
    <>
      <Figure title="One expert" exportName="one"><Heatmap label="One expert" picture={heat(0, 1, 100, 1000)} height={160} /></Figure>
      <Figure title="One step" exportName="one step"><Heatmap label="One step" picture={heat(0, 8, 1, 1)} height={200} /></Figure>
      <Figure title="No picture yet" exportName="none"><Heatmap label="Loading" picture={null} loading steps={whole} height={200} /></Figure>
      <Figure title="An empty picture" exportName="none"><Heatmap label="Empty" picture={null} height={200} /></Figure>
      <Figure title="One point" exportName="point"><Lines label="One point" series={point} steps={{ fromStep: 100, toStep: 140 }} y={shareAxis()} height={200} /></Figure>
      <Figure title="Lines before they come" exportName="lines"><Lines label="Loading" series={[]} steps={whole} y={shareAxis()} loading height={200} /></Figure>
      <Figure title="A constant" exportName="constant"><Lines label="Constant" series={flat} steps={{ fromStep: 0, toStep: 10_001 }} y={shareAxis()} height={200} /></Figure>
      <Figure title="Tiny values" exportName="tiny"><Lines label="Variance" series={tiny} steps={{ fromStep: 0, toStep: 101 }} y={{ label: 'sliding variance', log: true }} height={240} /></Figure>
    </>
  ),
};
const experts8 = experts(8);
const experts4 = severalExperts();
const experts16 = experts(16);
const flat: LineSeries[] = [{ id: 'c', label: 'expert 0 of a layer with a long name', colour: 'var(--category-2)', x: [0, 5000, 10_000], y: [1, 1, 1] }];
const tiny: LineSeries[] = [
  { id: 'v', label: 'w = 10', colour: 'var(--category-1)', x: Array.from({ length: 101 }, (_, i) => i), y: Array.from({ length: 101 }, (_, i) => 10 ** (-3 - i / 30)) },
  { id: 'w', label: 'w = 100', colour: 'var(--category-2)', dash: '6 3', kind: 'step', x: Array.from({ length: 11 }, (_, i) => i * 10), y: Array.from({ length: 11 }, (_, i) => (i === 4 ? 0 : 10 ** (-3.5 - i / 3))) },
];

const only = wanted.get('only');
const root = document.querySelector('#app');
if (root) render(<>{Object.entries(sections).filter(([name]) => !only || only.split(',').includes(name)).map(([name, Section]) => <section key={name} id={name}><Section /></section>)}</>, root);
