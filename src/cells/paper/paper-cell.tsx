import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import { verdictsInWords } from '../../paper/claim.ts';
import { errorClaims } from '../../paper/error-claims.ts';
import { paperPlan } from '../../paper/plan.ts';
import { spreadClaims } from '../../paper/spread-claims.ts';
import { defaultStatesSettings } from '../../states/boundary.ts';
import { CellFrame, RunSlot, keysOf } from '../../shell/index.ts';
import { Button, ErrorPanel, NumberField } from '../../ui/index.ts';
import { ComparisonStatus } from '../backtest/comparison-status.tsx';
import { useComparison } from '../backtest/use-comparison.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { endStep } from '../../trace/recorded-span.ts';
import { useChangeSettings } from '../use-settings.ts';
import { useShownTrace, type ShownTrace } from '../use-shown-trace.ts';
import { ClaimsTable } from './claims-table.tsx';
import { ErrorTable } from './error-table.tsx';
import { PaperFigures } from './paper-figures.tsx';
import { SpreadFigures } from './spread-figures.tsx';

/** Columns of the sliding variance and range. */
const columns = 300;

/** What the paper says, figure by figure, and whether the open trace agrees. */
export function PaperCell(props: CellProps<'paper'>) {
  const shown = useShownTrace();
  return shown ? <OpenPaper {...props} {...shown} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

function OpenPaper({ cell, frame, open, generation }: CellProps<'paper'> & ShownTrace) {
  const { session } = useApp();
  const { info } = open;
  const { settings } = cell;
  const change = useChangeSettings<'paper'>(cell.id);
  const cursor = useSignal<number | null>(null);
  const answer = usePicture(JSON.stringify([generation, info.fingerprint]), (work) => session.workers.trace.call('states', { ...defaultStatesSettings, columns }, work));
  const { value: picture, error } = answer.value;
  const states = picture && picture.layers.length === info.layers.length ? picture : null;

  const plan = useMemo(() => paperPlan({ layers: info.layers.length, firstStep: info.firstStep, endStep: endStep(info), strideSteps: info.strideSteps }, settings.everySteps, settings.coldShare), [info, settings]);
  const { run, kept, judged, changes, failure, state, start, cancel } = useComparison(cell, info, plan, { broken: error !== null && !states });

  const claims = useMemo(() => (states ? [...spreadClaims(states, defaultStatesSettings), ...errorClaims(judged, states.layers)] : []), [states, judged]);
  const span = { fromStep: info.firstStep, toStep: endStep(info) };
  const spreads = useMemo(() => states && <SpreadFigures info={info} states={states} span={span} cursor={cursor} shortSteps={defaultStatesSettings.shortSteps} longSteps={defaultStatesSettings.longSteps} />, [states, info]);
  const errors = useMemo(() => judged && states && <><ErrorTable result={judged} states={states.layers} /><PaperFigures info={info} result={judged} /></>, [judged, states, info]);
  return (
    <CellFrame
      {...frame}
      state={state}
      finding={claims.length > 0 ? verdictsInWords(claims) : undefined}
      controls={
        <NumberField
          label="Every" unit="steps" help="Distance of the origins that are forecast from. At each of them ARIMA is fitted to every expert, and an LSTM is trained for every layer." integer
          min={info.strideSteps} max={Math.max(info.strideSteps, span.toStep - span.fromStep)} value={plan.everySteps} onCommit={(value) => change('distance of origins', { everySteps: value })}
        />
      }
      run={<RunSlot running={run !== undefined} keys={keysOf('cell.run')} onRun={start} onCancel={cancel} />}
      status={<ComparisonStatus run={run} kept={kept} plan={plan} problem={null} />}
      stale={changes.length > 0 ? { changes, keys: keysOf('cell.run'), onRun: start } : undefined}
      error={error && !states ? <ErrorPanel title="The states could not be found" error={error} /> : undefined}
    >
      {failure && <ErrorPanel title="The paper’s forecasters could not be compared" error={failure} actions={<Button onClick={start}>Run again</Button>} />}
      <div class="pictures">
        {claims.length > 0 ? <ClaimsTable claims={claims} /> : <p class="cell-waiting">Reading the trace</p>}
        {errors}
        {spreads}
      </div>
    </CellFrame>
  );
}
