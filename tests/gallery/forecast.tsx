/** The Forecast cell in every state: `npm run dev`, then /tests/gallery/forecast.html?layers=12&state=running&form=joint&theme=dark. */
import { render } from 'preact';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import '../../src/charts/charts.css';
import '../../src/cells/cells.css';
import './gallery.css';
import { AppContext, useApp } from '../../src/app/context.ts';
import { ForecastCell } from '../../src/cells/forecast/forecast-cell.tsx';
import type { CellOf } from '../../src/notebook/document.ts';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import { forecastApp, type CellSituation } from './forecast-app.ts';

const wanted = new URLSearchParams(location.search);
startTheme();
const theme = wanted.get('theme');
if (theme === 'dark' || theme === 'light') chooseTheme(theme);

const { app, active, runAt } = forecastApp({
  layers: Number(wanted.get('layers') ?? 12), situation: (wanted.get('state') ?? 'running') as CellSituation,
  form: wanted.get('form') === 'joint' ? 'joint' : 'pooled', iteration: Number(wanted.get('iteration') ?? 140),
});

/** Goes on by itself: a report every 250 ms. */
if (wanted.has('live')) {
  let iteration = 0;
  const timer = setInterval(() => {
    iteration += 10;
    if (iteration > 300) clearInterval(timer);
    else active.value = new Map([['forecast', runAt(iteration)]]);
  }, 250);
}

function Cell() {
  const { notebook } = useApp();
  const cell = notebook.document.value.cells[0] as CellOf<'forecast'>;
  return <ForecastCell cell={cell} frame={{ id: cell.id, title: 'Forecast', current: false }} />;
}

const root = document.querySelector('#app');
if (root) render(<AppContext.Provider value={app}><Cell /></AppContext.Provider>, root);
