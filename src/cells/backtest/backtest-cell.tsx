import { useMemo, useState } from 'preact/hooks';
import { tableOf } from '../../forecast/comparison/table.ts';
import { CellFrame, RunSlot, keysOf } from '../../shell/index.ts';
import { Button, ErrorPanel } from '../../ui/index.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { useChangeSettings } from '../use-settings.ts';
import { useShownTrace, type ShownTrace } from '../use-shown-trace.ts';
import { BacktestControls, ForecasterChecks } from './backtest-controls.tsx';
import { ComparisonExport } from './comparison-export.tsx';
import { ComparisonPictures } from './comparison-pictures.tsx';
import { ComparisonStatus } from './comparison-status.tsx';
import { comparisonFinding } from './finding.ts';
import { usualLook } from './measures.ts';
import { comparisonPlan, planProblem } from './plan.ts';
import { useComparison } from './use-comparison.ts';

export function BacktestCell(props: CellProps<'backtest'>) {
  const shown = useShownTrace();
  return shown ? <OpenBacktest {...props} {...shown} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

function OpenBacktest({ cell, frame, open }: CellProps<'backtest'> & ShownTrace) {
  const { info } = open;
  const { settings } = cell;
  const change = useChangeSettings<'backtest'>(cell.id);
  const plan = useMemo(() => comparisonPlan(settings, info), [settings, info]);
  const problem = planProblem(plan, info);
  const { run, kept, judged, partial, changes, failure, state, start, cancel } = useComparison(cell, info, plan, { possible: problem === null });

  const [horizon, setHorizon] = useState(0);
  const shown = judged && horizon < judged.settings.horizons.length ? horizon : 0;
  const [look, setLook] = useState(usualLook);
  const table = useMemo(() => judged && tableOf(judged, shown, look.measure), [judged, shown, look]);
  // The finding is by the usual measure, whatever is shown.
  const found = useMemo(() => (look === usualLook ? table : judged && tableOf(judged, shown, usualLook.measure)), [table, judged, shown, look]);
  const fields = useMemo(
    () => <><BacktestControls info={info} settings={settings} change={change} /><ForecasterChecks settings={settings} change={change} /></>,
    [info, settings],
  );
  // Progress comes several times a second: what does not depend on it is not drawn again.
  const pictures = useMemo(
    () => judged && table && table.rows.length > 0 && <ComparisonPictures id={cell.id} info={info} result={judged} table={table} horizon={shown} onHorizon={setHorizon} look={look} onLook={setLook} />,
    [cell.id, info, judged, table, shown, look],
  );
  return (
    <CellFrame
      {...frame}
      state={state}
      finding={found && judged ? comparisonFinding(found, judged.settings.contenders, partial) : undefined}
      controls={fields}
      run={<RunSlot running={run !== undefined} keys={keysOf('cell.run')} disabled={problem !== null} onRun={start} onCancel={cancel} />}
      status={<ComparisonStatus run={run} kept={kept} plan={plan} problem={problem} />}
      stale={changes.length > 0 ? { changes, keys: keysOf('cell.run'), onRun: start } : undefined}
      details={judged ? [{ id: 'export', summary: 'Export', content: <ComparisonExport info={info} result={judged} complete={!partial} /> }] : []}
    >
      {failure && <ErrorPanel title="The forecasters could not be compared" error={failure} actions={<Button onClick={start}>Run again</Button>} />}
      {pictures || <p class="cell-waiting">{run ? 'The first forecasts are being made' : 'Nothing was compared yet'}</p>}
    </CellFrame>
  );
}
