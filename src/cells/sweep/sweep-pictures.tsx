import { useCallback, useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Curves } from '../../charts/curves.tsx';
import { Figure } from '../../charts/figure.tsx';
import { rowsTable, type Reference } from '../../charts/linked.ts';
import { ParallelCoordinates } from '../../charts/parallel-coordinates.tsx';
import { PointHeatmap } from '../../charts/point-heatmap.tsx';
import { Scatter } from '../../charts/scatter.tsx';
import type { Trend } from '../../charts/trend-path.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import { bestSoFar } from '../../sweep/best-so-far.ts';
import { scoreOf } from '../../sweep/best-trial.ts';
import { mean } from '../../sweep/means.ts';
import type { SweepPlan, SweepState } from '../../sweep/types.ts';
import { InTurn } from '../in-turn.tsx';
import { sweepColumns } from './columns.ts';
import { ImportanceFigure } from './importance-figure.tsx';
import { LeaderboardTable } from './leaderboard-table.tsx';
import { PickedTrial } from './picked-trial.tsx';
import { useRemarks } from './remarks.ts';
import { TestTable } from './test-table.tsx';
import { TrialComparison } from './trial-comparison-table.tsx';
import { trialName } from './trial-name.ts';

export interface SweepPicturesProps {
  /** Of the cell. */
  readonly id: string;
  readonly plan: SweepPlan;
  readonly state: SweepState;
  /** When the sweep began. */
  readonly began: string;
  readonly makings: readonly SweepMaking[];
  /** Of the trace. */
  readonly fingerprint: string;
  /** Whether there is more to come. */
  readonly running: boolean;
}

/** Curves that are drawn, the latest trials' first: more cannot be told apart. */
const mostCurves = 200;

/** What a sweep has found, or has found so far. A trial that is chosen in one picture is chosen in all. */
export function SweepPictures({ id, plan, state, began, makings, fingerprint, running }: SweepPicturesProps) {
  const selected = useSignal<ReadonlySet<number>>(new Set());
  const hovered = useSignal<number | null>(null);
  const picked = useSignal<number | null>(null);
  const remarks = useRemarks(id, began);
  const columns = useMemo(() => sweepColumns(plan, state), [plan, state]);
  const { trials, ids, settings, score, time } = columns;
  const axes = useMemo(() => [...settings, score], [settings, score]);
  const pruned = useCallback((row: number) => trials[row]?.state === 'pruned', [trials]);
  const onPick = useCallback((trial: number) => { picked.value = trial; }, []);
  const reference = useMemo((): Reference | undefined => (state.average.length > 0 ? { label: 'sliding average', value: mean(state.average) } : undefined), [state.average]);
  const best = useMemo((): Trend => {
    const points = bestSoFar(trials);
    return { label: 'best so far', kind: 'step', x: points.map(({ atMs }) => atMs / 1000), y: points.map((point) => point.best) };
  }, [trials]);
  // Read when a trial is pointed at: names draw no picture anew.
  const name = useCallback((trial: number) => trialName(trial, remarks.peek().get(trial)), [remarks]);
  const linked = { ids, name, selected, hovered, pruned, onPick, reference };
  const [first, second] = settings.filter(({ id: column }) => column !== 'forecaster');
  const trained = useMemo(() => trials.filter(({ forecaster, curve }) => isTrained(forecaster) && curve.length > 1).slice(-mostCurves), [trials]);
  return (
    <div class="pictures">
      <TestTable plan={plan} state={state} />
      <InTurn><LeaderboardTable plan={plan} state={state} remarks={remarks} picked={picked} hovered={hovered} /></InTurn>
      <PickedTrial id={id} plan={plan} began={began} makings={makings} fingerprint={fingerprint} trials={state.trials} remarks={remarks} picked={picked} />
      <TrialComparison plan={plan} state={state} remarks={remarks} />
      {settings.length > 0 && (
        <InTurn>
          <Figure title="Settings and error" caption="Drag along an axis to choose trials in all pictures." exportName="sweep settings" table={rowsTable('Trials', ids, axes)}>
            <ParallelCoordinates label="Settings and error of each trial" columns={axes} {...linked} />
          </Figure>
        </InTurn>
      )}
      <InTurn>
        <Figure title="Best error so far" caption="The line is of finished trials: errors after less training do not compare with theirs." exportName="sweep best" table={rowsTable('Trials by time', ids, [time, score])}>
          <Scatter label="Errors by the time at which they came" x={time} y={score} trend={best} {...linked} />
        </Figure>
      </InTurn>
      {plan.space.map(({ forecaster, dimensions }) => dimensions.length > 0 && <ImportanceFigure key={forecaster} plan={plan} state={state} forecaster={forecaster} running={running} />)}
      <div class="sweep-slices">
        {settings.map((column) => (
          <InTurn key={column.id}>
            <Figure title={`Error by ${column.axis.label}`} exportName={`sweep ${column.axis.label}`} table={rowsTable(`Error by ${column.axis.label}`, ids, [column, score])}>
              <Scatter label={`Error by ${column.axis.label}`} x={column} y={score} height={240} {...linked} />
            </Figure>
          </InTurn>
        ))}
      </div>
      {first && second && (
        <InTurn>
          <Figure title={`Error by ${first.axis.label} and ${second.axis.label}`} exportName="sweep two settings" table={rowsTable('Trials', ids, [first, second, score])}>
            <PointHeatmap label={`Error by ${first.axis.label} and ${second.axis.label}`} x={first} y={second} score={score} {...linked} />
          </Figure>
        </InTurn>
      )}
      {trained.length > 0 && <InTurn><LearningCurves trained={trained} score={score} linked={linked} /></InTurn>}
    </div>
  );
}

interface LearningCurvesProps {
  readonly trained: SweepState['trials'];
  readonly score: ReturnType<typeof sweepColumns>['score'];
  readonly linked: Pick<Parameters<typeof Scatter>[0], 'name' | 'selected' | 'hovered' | 'onPick'>;
}

function LearningCurves({ trained, score, linked: { name, selected, hovered, onPick } }: LearningCurvesProps) {
  const ids = useMemo(() => trained.map(({ id }) => id), [trained]);
  const curves = useMemo(() => trained.map(({ curve }) => ({ x: curve.map(({ iteration }) => iteration), y: curve.map(({ validation }) => validation) })), [trained]);
  const scores = useMemo(() => ({ ...score, values: trained.map(scoreOf) }), [score, trained]);
  const pruned = useCallback((row: number) => trained[row]?.state === 'pruned', [trained]);
  const table = useMemo(() => ({
    caption: 'Learning curves', columns: [{ label: 'trial' }, { label: 'iterations' }, { label: 'validation loss, parts of that before training' }],
    rows: () => trained.flatMap(({ id, curve }) => curve.map(({ iteration, validation }) => [id, iteration, validation])),
  }), [trained]);
  return (
    <Figure title="Learning curves" caption="Validation loss, as a part of that before training; a cross where a trial was ended early." exportName="sweep curves" table={table}>
      <Curves
        label="Learning curves of trained trials" ids={ids} curves={curves} pruned={pruned} name={name} selected={selected} hovered={hovered} onPick={onPick}
        xAxis={iterationAxis} yAxis={lossAxis} score={scores}
      />
    </Figure>
  );
}

const iterationAxis = { kind: 'linear', label: 'iterations', whole: true } as const;
const lossAxis = { kind: 'log', label: 'validation loss, part of the first', robust: true } as const;
