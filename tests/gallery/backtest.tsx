/** The Backtest cell in every state: `npm run dev`, then /tests/gallery/backtest.html?layers=12&state=done&theme=dark. */
import { render } from 'preact';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import '../../src/charts/charts.css';
import '../../src/cells/cells.css';
import './gallery.css';
import { AppContext, useApp } from '../../src/app/context.ts';
import { BacktestCell } from '../../src/cells/backtest/backtest-cell.tsx';
import type { CellOf } from '../../src/notebook/document.ts';
import { chooseTheme, startTheme } from '../../src/ui/theme.ts';
import { backtestApp, type BacktestSituation } from './backtest-app.ts';

const wanted = new URLSearchParams(location.search);
startTheme();
const theme = wanted.get('theme');
if (theme === 'dark' || theme === 'light') chooseTheme(theme);

const { app } = backtestApp({ layers: Number(wanted.get('layers') ?? 12), situation: (wanted.get('state') ?? 'done') as BacktestSituation });

function Cell() {
  const { notebook } = useApp();
  const cell = notebook.document.value.cells[0] as CellOf<'backtest'>;
  return <BacktestCell cell={cell} frame={{ id: cell.id, title: 'Backtest', current: false }} />;
}

const root = document.querySelector('#app');
if (root) render(<AppContext.Provider value={app}><Cell /></AppContext.Provider>, root);
