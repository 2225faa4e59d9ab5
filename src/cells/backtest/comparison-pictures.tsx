import { useMemo } from 'preact/hooks';
import type { ComparisonResult, ComparisonTable } from '../../forecast/comparison/types.ts';
import { ChoiceField, SelectField, formatCount } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { useSoon } from '../use-soon.ts';
import { ComparisonTableView } from './comparison-table.tsx';
import { ContenderFigures, type ContenderFiguresProps } from './contender-figures.tsx';
import { ErrorFigures, type ErrorFiguresProps } from './error-figures.tsx';
import { measureLooks, usualLook, type MeasureLook } from './measures.ts';
import { useOpenForecast } from './open-forecast.ts';

export interface ComparisonPicturesProps {
  /** Of the cell. */
  readonly id: string;
  readonly info: TraceInfo;
  readonly result: ComparisonResult;
  /** Of the horizon shown, with at least one row. */
  readonly table: ComparisonTable;
  /** Place among the horizons. */
  readonly horizon: number;
  readonly onHorizon: (horizon: number) => void;
  readonly look: MeasureLook;
  readonly onLook: (look: MeasureLook) => void;
}

/** What a comparison has found, or has found so far. */
export function ComparisonPictures({ id, info, result, table, horizon, onHorizon, look, onLook }: ComparisonPicturesProps) {
  const onOpen = useOpenForecast(id);
  const { horizons, contenders, coverage } = result.settings;
  const shared = useMemo((): ErrorFiguresProps => {
    const best = table.rows.find((row) => row.best) ?? table.rows[0];
    return { info, result, horizon, look, bestWindowSteps: table.bestWindowSteps, best: best.contender, onOpen };
  }, [id, info, result, table, horizon, look]);
  return (
    <div class="pictures">
      <div class="backtest-shown">
        {horizons.length > 1 && (
          <ChoiceField
            label="Horizon shown" value={String(horizon)} onChange={(value) => onHorizon(Number(value))}
            choices={horizons.map((steps, i) => ({ value: String(i), label: `${formatCount(steps)} steps` }))}
          />
        )}
        <SelectField
          label="Judged by" value={look.measure} choices={measureLooks.map(({ measure, label }) => ({ value: measure, label }))}
          onChange={(measure) => onLook(measureLooks.find((one) => one.measure === measure) ?? usualLook)}
        />
      </div>
      <div class="backtest-table"><ComparisonTableView table={table} contenders={contenders} coverage={coverage} /></div>
      <ErrorsSoon shared={shared} />
      <ContendersSoon shared={shared} />
    </div>
  );
}

function ErrorsSoon({ shared }: { readonly shared: ErrorFiguresProps }) {
  const shown = useSoon(shared);
  return useMemo(() => shown && <ErrorFigures {...shown} />, [shown]);
}

function ContendersSoon({ shared }: { readonly shared: ContenderFiguresProps }) {
  const shown = useSoon(shared);
  return useMemo(() => shown && <ContenderFigures {...shown} />, [shown]);
}
