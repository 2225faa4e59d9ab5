import type { ComparisonResult } from '../../forecast/comparison/types.ts';
import { paperForecasters, publishedErrors } from '../../paper/published.ts';
import { stableErrors, stableFloor, stablePlaces } from '../../paper/stable-errors.ts';
import { DataTable, type Column } from '../../ui/index.ts';
import type { StatesPicture } from '../../../workers/contract.ts';

const twoDigits = (value: number): string => value.toFixed(2);

/** Relative errors in the stable state: the paper's, and this trace's beside them. */
export function ErrorTable({ result, states }: { readonly result: ComparisonResult; readonly states: StatesPicture['layers'] }) {
  const { horizons } = result.settings;
  const inside = stablePlaces(result, states);
  const columns: readonly Column[] = [
    { key: 'name', label: 'Forecaster' },
    { key: 'small', label: 'Paper, 125M', unit: '1,000 steps', numeric: true },
    { key: 'medium', label: 'Paper, 350M', unit: '1,000 steps', numeric: true },
    { key: 'mediumFar', label: 'Paper, 350M', unit: '2,000 steps', numeric: true },
    ...horizons.flatMap((steps, horizon): readonly Column[] => [
      { key: `relative${horizon}`, label: 'Relative error', unit: `here, ${steps.toLocaleString('en-US')} steps, %`, term: horizon === 0 ? 'relativeError' : undefined, numeric: true, best: 'lowest', format: twoDigits },
      { key: `load${horizon}`, label: 'Load error', unit: `here, ${steps.toLocaleString('en-US')} steps, %`, term: horizon === 0 ? 'loadError' : undefined, numeric: true, best: 'lowest', format: twoDigits },
    ]),
  ];
  const here = (errorsAt: (horizon: number) => { readonly relative: number; readonly load: number }): Record<string, number | null> => Object.fromEntries(horizons.flatMap((_, horizon) => {
    const { relative, load } = errorsAt(horizon);
    const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return [[`relative${horizon}`, known(relative)], [`load${horizon}`, known(load)]];
  }));
  const published = (value: number | null, below: boolean): string | null => (value === null ? null : below ? `under ${value} %` : `about ${value} %`);
  return (
    <DataTable
      caption="Errors in the stable state, means over the same layers and origins" columns={columns}
      rows={[
        ...paperForecasters.map(({ key, name }) => {
          const { small, medium, mediumFar, below } = publishedErrors[key];
          return { key, cells: { name, small: published(small, below), medium: published(medium, below), mediumFar: published(mediumFar, below), ...here((horizon) => stableErrors(result, inside, key, horizon)) } };
        }),
        { key: 'floor', reference: true, cells: { name: 'Noise floor', ...here((horizon) => stableFloor(result, inside, horizon)) } },
      ]}
    />
  );
}
