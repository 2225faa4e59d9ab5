import { isTrained } from '../../forecast/trained.ts';
import { mean } from '../../sweep/means.ts';
import { testedElsewhere } from '../../sweep/tested-elsewhere.ts';
import type { SweepPlan, SweepState, TestErrors } from '../../sweep/types.ts';
import { DataTable, sentence, type Column, type Row } from '../../ui/index.ts';
import { measureLooks } from '../backtest/measures.ts';
import { traceName } from './plan.ts';

export interface TestTableProps {
  readonly plan: SweepPlan;
  readonly state: SweepState;
}

/** How the best trial does where the search did not look: on later steps, and on another trace. */
export function TestTable({ plan, state: { trials, test } }: TestTableProps) {
  if (!test) return null;
  const { elsewhere } = test;
  const trained = isTrained(trials[test.trial].forecaster);
  const { label, unit } = measureLooks.find(({ measure }) => measure === plan.measure) ?? measureLooks[0];
  const digits = plan.measure.startsWith('absolute') ? 3 : 2;
  const write = (value: number): string => value.toFixed(digits);
  const columns: readonly Column[] = [
    { key: 'where', label: 'Tested on' },
    { key: 'error', label, unit, numeric: true, format: write },
    { key: 'difference', label: 'Against the average', unit: '%', numeric: true, format: (value) => `${value > 0 ? '+' : ''}${value.toFixed(1)}` },
    { key: 'average', label: 'Sliding average', unit, numeric: true, format: write },
    { key: 'noiseFloor', label: 'Noise floor', unit, numeric: true, format: write },
    { key: 'byOrigin', label: 'By origin', unit: 'step: error' },
  ];
  const row = (key: string, where: string, byOrigin: readonly number[], { average, noiseFloor }: Pick<TestErrors, 'average' | 'noiseFloor'>, origins: readonly number[]): Row => ({
    key, cells: {
      where, error: mean(byOrigin), average: mean(average), noiseFloor: noiseFloor.length > 0 ? mean(noiseFloor) : null, difference: 100 * (mean(byOrigin) / mean(average) - 1),
      byOrigin: byOrigin.map((error, i) => `${origins[i]?.toLocaleString('en-US')}: ${write(error)}`).join(', '),
    },
  });
  const rows = test.byOrigin.length > 0 ? [row('here', 'This trace, later steps', test.byOrigin, test, plan.testOrigins)] : [];
  const problems: string[] = [];
  if (elsewhere && !testedElsewhere(elsewhere)) problems.push(`Not tested on ${plan.elsewhere ? traceName(plan.elsewhere) : 'the other trace'}: ${elsewhere.problem}`);
  if (elsewhere && testedElsewhere(elsewhere)) {
    const { name, origins, problem, asTrained } = elsewhere;
    if (problem === undefined) rows.push(row('there', `${name}, ${trained ? 'trained' : 'fitted'} there`, elsewhere.byOrigin, elsewhere, origins));
    else problems.push(`On ${name} it cannot be ${trained ? 'trained' : 'fitted'}: ${problem}`);
    if (asTrained && 'byOrigin' in asTrained) rows.push(row('as-trained', `${name}, as trained here`, asTrained.byOrigin, elsewhere, origins));
    else if (asTrained) problems.push(`As it was trained here it cannot forecast ${name}: ${asTrained.problem}`);
  }
  return (
    <div class="sweep-table">
      {rows.length > 0 && <DataTable caption={`Test of trial ${test.trial}`} columns={columns} rows={rows} />}
      {problems.map((problem) => <p key={problem} class="table-foot">{sentence(problem)}</p>)}
    </div>
  );
}
