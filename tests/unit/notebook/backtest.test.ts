import { describe, expect, test } from 'vitest';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell, setSettings } from '../../../src/notebook/edits.ts';
import { parseNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import { fromHash, toHash } from '../../../src/notebook/link.ts';
import { usualForecasters, type BacktestSettings } from '../../../src/notebook/kinds/backtest.ts';
import { parseSettings } from '../../../src/notebook/schema.ts';
import { cheapForecasters } from '../../../src/forecast/registry.ts';
import { refusal } from './errors.ts';

const settingsOf = (given: unknown): BacktestSettings => parseSettings('backtest', given) as BacktestSettings;

describe('settings of a Backtest cell', () => {
  test('compare every forecaster that takes next to no time, and Auto, at 1,000 and 2,000 steps, on all layers', () => {
    expect(settingsOf({})).toEqual({
      firstOriginStep: null, lastOriginStep: null, everySteps: null, horizons: [1000, 2000], forecasters: usualForecasters,
      refitEvery: 1, coverage: 0.9, layers: null, coldShare: 0.005, seed: 1,
    });
    expect(usualForecasters).toEqual([...cheapForecasters.filter(({ cost }) => cost === 'cheap').map(({ id }) => id), 'auto']);
    expect(usualForecasters).not.toContain('lstm');
  });

  test('put horizons and layers in order, once each', () => {
    expect(settingsOf({ horizons: [2000, 500], layers: [7, 0, 7] })).toMatchObject({ horizons: [500, 2000], layers: [0, 7] });
    expect(settingsOf({ horizons: [500, 500] }).horizons).toEqual([500]);
  });

  test('keep forecasters in their own order and drop those that this version does not know', () => {
    expect(settingsOf({ forecasters: ['lstm', 'theta', 'oracle-of-tomorrow', 'last-value', 'theta'] }).forecasters).toEqual(['last-value', 'theta', 'lstm']);
    expect(settingsOf({ forecasters: [] }).forecasters).toEqual([]);
  });

  test.each([
    ['no horizon', { horizons: [] }, 'horizons'],
    ['three horizons', { horizons: [1, 2, 3] }, 'horizons'],
    ['a horizon of 0 steps', { horizons: [0] }, 'horizons[0]'],
    ['origins 0 steps apart', { everySteps: 0 }, 'everySteps'],
    ['a refit at every 0 origins', { refitEvery: 0 }, 'refitEvery'],
    ['a coverage of all', { coverage: 1 }, 'coverage'],
    ['a layer that is no number', { layers: ['first'] }, 'layers[0]'],
  ])('refuse %s', (_, given, where) => {
    const error = refusal(() => settingsOf(given));
    expect(error).toMatchObject({ code: 'bad-setting', where });
  });
});

test('a Backtest cell survives the file and the link, and undoes like any other', () => {
  const document = setSettings<'backtest'>(addCell(defaultDocument(), 'backtest', undefined, 'b'), 'b', { horizons: [300], forecasters: ['theta'] });
  const cell = document.cells.find(({ id }) => id === 'b');
  expect(cell?.settings).toMatchObject({ horizons: [300], forecasters: ['theta'] });
  expect(parseNotebook(serializeNotebook(document)).cells.at(-1)).toEqual(cell);
  expect(fromHash(toHash(document))?.cells.at(-1)).toEqual(cell);
});

