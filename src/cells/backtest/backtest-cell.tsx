import { useEffect, useMemo, useState } from 'preact/hooks';
import { useComputed } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import type { ComparisonRun } from '../../app/comparisons.ts';
import { useApp } from '../../app/context.ts';
import type { OpenTrace } from '../../app/session.ts';
import { tableOf } from '../../forecast/comparison/table.ts';
import { CellFrame, RunSlot, keysOf, type CellState } from '../../shell/index.ts';
import { Button, ErrorPanel } from '../../ui/index.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { usePaced } from '../use-paced.ts';
import { useChangeSettings } from '../use-settings.ts';
import { useTurn } from '../use-turn.ts';
import { BacktestControls, ForecasterChecks } from './backtest-controls.tsx';
import { ComparisonExport } from './comparison-export.tsx';
import { ComparisonPictures } from './comparison-pictures.tsx';
import { ComparisonStatus } from './comparison-status.tsx';
import { comparisonFinding } from './finding.ts';
import { usualLook } from './measures.ts';
import { changesOf, comparisonPlan, planProblem } from './plan.ts';
import { useKeptComparison } from './use-kept-comparison.ts';

/** While points come, pictures are drawn anew at most this often, ms. */
const pictureEveryMs = 1000;

export function BacktestCell(props: CellProps<'backtest'>) {
  const { session } = useApp();
  const open = session.trace.value;
  const turn = useTurn();
  return open && turn ? <OpenBacktest {...props} open={open} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

function OpenBacktest({ cell, frame, open }: CellProps<'backtest'> & { readonly open: OpenTrace }) {
  const { comparisons } = useApp();
  const { info } = open;
  const { settings } = cell;
  const change = useChangeSettings<'backtest'>(cell.id);
  const started = useComputed(() => comparisons.active.value.get(cell.id)).value;
  const failure = useComputed(() => comparisons.failures.value.get(cell.id)).value;
  const plan = useMemo(() => comparisonPlan(settings, info), [settings, info]);
  const problem = planProblem(plan, info);
  const run = started?.fingerprint === info.fingerprint ? started : undefined;
  const kept = useKeptComparison(cell.result, info);
  const newest = useMemo(() => ({ result: (run ? run.result : kept?.result) ?? null }), [run?.result, kept, run === undefined]);
  const { result } = usePaced(newest, run ? pictureEveryMs : 0);
  const changes = kept && !run ? changesOf(kept.result.settings, plan) : [];

  const start = (): void => {
    if (problem === null) comparisons.start(cell.id, plan);
  };
  const cancel = (): void => comparisons.cancel(cell.id);
  const state = stateOf(run, failure !== undefined, changes.length > 0, kept === undefined);
  useCellRegistration(cell.id, state, { run: start, cancel });
  useEffect(() => comparisons.forgive(cell.id), [settings, info.fingerprint]);

  const [horizon, setHorizon] = useState(0);
  const shown = result && horizon < result.settings.horizons.length ? horizon : 0;
  const [look, setLook] = useState(usualLook);
  const judged = result && result.points.length > 0 ? result : null;
  const table = useMemo(() => judged && tableOf(judged, shown, look.measure), [judged, shown, look]);
  // The finding is by the usual measure, whatever is shown.
  const found = useMemo(() => (look === usualLook ? table : judged && tableOf(judged, shown, usualLook.measure)), [table, judged, shown, look]);
  const partial = run !== undefined || kept?.complete === false;
  const fields = useMemo(
    () => <><BacktestControls info={info} settings={settings} change={change} /><ForecasterChecks settings={settings} change={change} /></>,
    [info, settings],
  );
  // Progress comes several times a second: what does not depend on it is not drawn again.
  const pictures = useMemo(
    () => result && table && table.rows.length > 0 && <ComparisonPictures id={cell.id} info={info} result={result} table={table} horizon={shown} onHorizon={setHorizon} look={look} onLook={setLook} />,
    [cell.id, info, result, table, shown, look],
  );
  return (
    <CellFrame
      {...frame}
      state={state}
      finding={found && result ? comparisonFinding(found, result.settings.contenders, partial) : undefined}
      controls={fields}
      run={<RunSlot running={run !== undefined} keys={keysOf('cell.run')} disabled={problem !== null} onRun={start} onCancel={cancel} />}
      status={<ComparisonStatus run={run} kept={kept} plan={plan} problem={problem} />}
      stale={changes.length > 0 ? { changes, keys: keysOf('cell.run'), onRun: start } : undefined}
      details={judged && result ? [{ id: 'export', summary: 'Export', content: <ComparisonExport info={info} result={result} complete={!partial} /> }] : []}
    >
      {failure && <ErrorPanel title="The forecasters could not be compared" error={failure} actions={<Button onClick={start}>Run again</Button>} />}
      {pictures || <p class="cell-waiting">{run ? 'The first forecasts are being made' : 'Nothing was compared yet'}</p>}
    </CellFrame>
  );
}

function stateOf(run: ComparisonRun | undefined, failed: boolean, stale: boolean, empty: boolean): CellState {
  if (run) {
    const { done, total } = run.progress ?? { done: 0 };
    return { kind: 'running', fraction: total ? done / total : undefined };
  }
  if (failed) return { kind: 'failed' };
  if (empty) return { kind: 'empty' };
  return { kind: stale ? 'stale' : 'fresh' };
}
