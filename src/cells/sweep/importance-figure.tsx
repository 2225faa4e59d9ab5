import { useMemo, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import { Bars } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { forecasterOf } from '../../notebook/kinds/forecast.ts';
import type { Importance } from '../../sweep/importance/types.ts';
import type { SweepPlan, SweepState } from '../../sweep/types.ts';
import { Button, ErrorPanel } from '../../ui/index.ts';
import { importanceDue, importanceInput } from './importance-input.ts';

export interface ImportanceFigureProps {
  readonly plan: SweepPlan;
  readonly state: SweepState;
  readonly forecaster: string;
  /** Whether there is more to come. */
  readonly running: boolean;
}

/** What explains the differences between trials; what was known before stays while a worker works it out anew. */
export function ImportanceFigure({ plan, state, forecaster, running }: ImportanceFigureProps) {
  const { session } = useApp();
  const { label, parameters } = forecasterOf(forecaster);
  const newest = useMemo(() => importanceInput(plan, state, forecaster), [plan, state, forecaster]);
  const due = useRef(newest);
  if (importanceDue(due.current.scores.length, newest.scores.length, running)) due.current = newest;
  const input = due.current;
  const attempt = useSignal(0);
  const key = useMemo(() => JSON.stringify([plan, input.scores]), [input]);
  const { value, error } = usePicture(`${attempt.value} ${key}`, async (work) => ({
    result: await session.importance({ points: input.points, kinds: input.kinds, scores: input.scores, seed: plan.seed }, work),
    names: input.dimensions.map(({ parameter }) => parameters.find(({ id }) => id === parameter)?.label ?? parameter),
  })).value;
  const title = plan.space.length > 1 ? `Which settings of ${label} matter` : 'Which settings matter';
  const problem = error && <ErrorPanel title={`${title}: it could not be worked out`} error={error} actions={<Button onClick={() => { attempt.value++; }}>Try again</Button>} />;
  if (!value) return problem ?? <p class="cell-waiting">{`${title}: being worked out`}</p>;
  const { result: { importance, reason }, names } = value;
  return (
    <>
      {problem}
      {importance ? <ImportanceBars title={title} names={names} importance={importance} /> : <p class="cell-waiting">{`${title}: ${reason}`}</p>}
    </>
  );
}

function ImportanceBars({ title, names, importance }: { readonly title: string; readonly names: readonly string[]; readonly importance: Importance }) {
  const unsure = importance.explained <= 0.1 ? ' The trials are explained by them hardly better than by chance: nothing follows from this yet.' : '';
  const series = useMemo(() => [{
    id: 'alone', label: 'by itself', values: importance.parameters.map((one) => 100 * one.mean), colour: 'var(--accent)', look: 'filled' as const,
  }], [importance]);
  return (
    <Figure
      title={title} exportName="sweep importance"
      caption={`Part of the differences in error that each setting explains by itself (functional ANOVA over a random forest, which explains ${Math.round(100 * Math.max(0, importance.explained))} % of what it has not seen).${unsure}`}
      table={{
        caption: title, columns: [{ label: 'setting' }, { label: 'explains', unit: '%' }, { label: 'standard deviation', unit: '%' }],
        rows: () => [
          ...importance.parameters.map((one, i) => [names[i], 100 * one.mean, 100 * one.sd]),
          ...importance.pairs.map(({ a, b, mean: share, sd }) => [`${names[a]} with ${names[b].toLowerCase()}`, 100 * share, 100 * sd]),
        ],
      }}
    >
      <Bars label={title} groups={names} xLabel="setting" yLabel="explains, %" placeholder="" height={240} series={series} />
    </Figure>
  );
}
