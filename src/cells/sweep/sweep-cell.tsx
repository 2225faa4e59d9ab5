import { useMemo } from 'preact/hooks';
import './sweep.css';
import { CellFrame, RunSlot, keysOf } from '../../shell/index.ts';
import { Button, ErrorPanel } from '../../ui/index.ts';
import { remarksOf } from '../../notebook/sweep-remarks.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { useChangeSettings } from '../use-settings.ts';
import { useShownTrace, type ShownTrace } from '../use-shown-trace.ts';
import { sweepFinding } from './finding.ts';
import { sweepPlan, sweepProblem } from './plan.ts';
import { SpaceEditor } from './space-editor.tsx';
import { SweepControls } from './sweep-controls.tsx';
import { SweepExport } from './sweep-export.tsx';
import { SweepPictures } from './sweep-pictures.tsx';
import { SweepStatus } from './sweep-status.tsx';
import { useSweep } from './use-sweep.ts';

export function SweepCell(props: CellProps<'sweep'>) {
  const shown = useShownTrace();
  return shown ? <OpenSweep {...props} {...shown} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

function OpenSweep({ cell, frame, open }: CellProps<'sweep'> & ShownTrace) {
  const { info } = open;
  const { settings } = cell;
  const change = useChangeSettings<'sweep'>(cell.id);
  const plan = useMemo(() => sweepPlan(settings, info), [settings, info]);
  const problem = useMemo(() => sweepProblem(plan), [plan]);
  const sweep = useSweep(cell, info, plan, problem === null);
  const { run, kept, shown, changes, failure, state } = sweep;
  const fields = useMemo(() => (
    <>
      <SweepControls info={info} settings={settings} change={change} />
      <SpaceEditor space={settings.branches} halving={settings.halving} grid={settings.sampler === 'grid'} onChange={(branches) => change('search space', { branches })} />
    </>
  ), [info, settings]);
  // Progress comes several times a second: what does not depend on it is not drawn again.
  const pictures = useMemo(() => shown && <SweepPictures id={cell.id} plan={shown.plan} state={shown.state} began={shown.began} makings={shown.makings} fingerprint={info.fingerprint} running={shown.running} />, [cell.id, shown]);
  return (
    <CellFrame
      {...frame}
      state={state}
      finding={shown ? sweepFinding(shown.plan, shown.state, shown.running, remarksOf(settings.remarks, shown.began)) : undefined}
      controls={fields}
      run={<RunSlot running={run !== undefined} keys={keysOf('cell.run')} disabled={problem !== null} onRun={sweep.start} onCancel={sweep.cancel} />}
      status={<SweepStatus sweep={sweep} info={info} plan={plan} problem={problem} />}
      stale={changes.length > 0 ? { changes, keys: keysOf('cell.run'), onRun: sweep.start } : undefined}
      details={kept && !run ? [{ id: 'export', summary: 'Export', content: <SweepExport info={info} kept={kept} remarks={remarksOf(settings.remarks, kept.began)} /> }] : []}
    >
      {failure && <ErrorPanel title="The sweep ended" error={failure} actions={<Button onClick={sweep.canGoOn ? sweep.goOn : sweep.start}>{sweep.canGoOn ? 'Go on' : 'Run again'}</Button>} />}
      {pictures || <p class="cell-waiting">{run ? 'The first trials are being judged' : 'Nothing was tried yet'}</p>}
    </CellFrame>
  );
}
