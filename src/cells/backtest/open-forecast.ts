import { useApp } from '../../app/context.ts';
import type { Contender } from '../../forecast/comparison/types.ts';
import type { CellOf, NotebookDocument } from '../../notebook/document.ts';
import { setSettings } from '../../notebook/edits.ts';
import type { ForecastSettings } from '../../notebook/kinds/forecast.ts';
import { focusCell } from '../../shell/index.ts';
import { formatCount } from '../../ui/index.ts';
import { phraseOf } from './finding.ts';

export interface ChosenForecast {
  readonly contender: Contender;
  readonly originStep: number;
  readonly horizonSteps: number;
  /** null: the layer that the Forecast cell shows. */
  readonly layer: number | null;
}

/** The Forecast cell nearest to a cell of the notebook, the one above where two are as near; undefined without any. */
export function nearestForecastCell({ cells }: Pick<NotebookDocument, 'cells'>, id: string): CellOf<'forecast'> | undefined {
  const at = cells.findIndex((cell) => cell.id === id);
  const found = cells.flatMap((cell, place) => (cell.kind === 'forecast' ? [{ cell, away: Math.abs(place - at) }] : []));
  return found.toSorted((a, b) => a.away - b.away)[0]?.cell;
}

/** What a Forecast cell has to be set to, to show a forecast of a comparison. */
export function settingsFor({ contender, originStep, horizonSteps, layer }: ChosenForecast, before: ForecastSettings): Partial<ForecastSettings> {
  const { windowSteps, ...values } = contender.values;
  return {
    forecaster: contender.id, originStep, horizonSteps,
    ...(layer === null ? {} : { layer }),
    ...(typeof windowSteps === 'number' ? { windowSteps } : {}),
    ...(Object.keys(values).length > 0 ? { values: { ...before.values, [contender.id]: values } } : {}),
  };
}

/** Shows a forecast of a comparison in the nearest Forecast cell, as one undo step; does nothing where the notebook has none. */
export function useOpenForecast(id: string): (chosen: ChosenForecast) => void {
  const { notebook, toaster } = useApp();
  return (chosen) => {
    const cell = nearestForecastCell(notebook.document.peek(), id);
    if (!cell) {
      toaster.show('Add a Forecast cell to see single forecasts');
      return;
    }
    notebook.edit('Show a compared forecast', (document) => setSettings<'forecast'>(document, cell.id, settingsFor(chosen, cell.settings)));
    toaster.show(`The Forecast cell shows ${phraseOf(chosen.contender)} at step ${formatCount(chosen.originStep)}`, { label: 'Go there', onSelect: () => focusCell(cell.id) });
  };
}
