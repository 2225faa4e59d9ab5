/** A comparison's numbers as the lines, the cells and the tables that its pictures show. Pure. */
import type { BarSeries } from '../../charts/bars.tsx';
import { categoryMark } from '../../charts/colour.ts';
import type { MatrixCell } from '../../charts/matrix.tsx';
import type { LineSeries } from '../../charts/series.ts';
import { barsBy, type ErrorLines, type LayerErrorLines, type LayerHeatmap } from '../../forecast/comparison/summaries.ts';
import { floorOf } from '../../forecast/comparison/means.ts';
import { referenceWindows, type ComparisonReference, type ComparisonResult, type Contender } from '../../forecast/comparison/types.ts';
import { hasAverages, type MeasureLook } from './measures.ts';

/** The part of a comparison that is about one layer; all of it for null. */
export function ofLayer(result: ComparisonResult, layer: number | null): ComparisonResult {
  if (layer === null) return result;
  return { ...result, points: result.points.filter((point) => point.layer === layer), references: result.references.filter((one) => one.layer === layer) };
}

const floorLine = { id: 'floor', label: 'noise floor', legend: 'noise floor', end: 'noise floor', colour: 'var(--noise)', dash: '1 3' } as const;

/** Orange is the average's alone. */
const orange = 1;

/** Longer names would take the picture's room. */
const mostEndLetters = 22;

/** How a contender is drawn, the same in every picture of the cell. */
export function markOf(contender: number, { id }: Pick<Contender, 'id'>): Pick<LineSeries, 'colour' | 'dash' | 'marker'> {
  if (id === 'sliding-average') return { colour: 'var(--average)', marker: 'square' };
  return categoryMark(contender >= orange ? contender + 1 + Math.floor((contender - orange) / 7) : contender);
}

/**
 * A line a contender, and the noise floor where it is known. All are named in the legend: many lines end too near to each
 * other to be named there. The best one is thicker, and named at its end where its name is short.
 */
export function contenderSeries({ at, lines, noiseFloor }: ErrorLines, contenders: readonly Contender[], best: number): readonly LineSeries[] {
  const drawn = lines.map(({ contender, errors }): LineSeries => {
    const { key, label } = contenders[contender];
    const shown = contender === best ? { width: 3, end: label.length > mostEndLetters ? 'best' : label } : {};
    return { id: key, label, legend: label, x: at, y: errors, ...markOf(contender, contenders[contender]), ...shown };
  });
  return [...drawn, ...floorSeries(at, noiseFloor)];
}

/** More layers than this are told apart by nobody: all but the best and the worst are drawn as their spread. */
const mostNamedLayers = 12;

/** A line a layer, and the noise floor where it is known. */
export function layerSeries({ at, lines, noiseFloor }: LayerErrorLines, nameOf: (layer: number) => string): readonly LineSeries[] {
  const means = lines.map(({ errors }) => mean(errors));
  const named = lines.length <= mostNamedLayers ? lines : [lines[means.indexOf(Math.max(...means))], lines[means.indexOf(Math.min(...means))]];
  const drawn = lines.map((line, i): LineSeries => {
    const shown = { id: `layer-${line.layer}`, label: nameOf(line.layer), x: at, y: line.errors };
    if (!named.includes(line)) return { ...shown, legend: 'other layers', colour: 'var(--history)', width: 1, context: true };
    return { ...shown, legend: shown.label, ...(lines.length > mostNamedLayers ? { end: shown.label } : {}), ...categoryMark(named === lines ? i : named.indexOf(line)) };
  });
  return [...drawn, ...floorSeries(at, noiseFloor)];
}

function floorSeries(at: readonly number[], noiseFloor: readonly number[]): readonly LineSeries[] {
  return noiseFloor.some(Number.isFinite) ? [{ ...floorLine, x: at, y: noiseFloor }] : [];
}

/** Load error of the sliding average at each origin, mean over layers, by the window that is best in hindsight. */
export function averageSeries(references: readonly ComparisonReference[], horizon: number, windowSteps: number): readonly LineSeries[] {
  const x = [...new Set(references.filter((one) => one.horizon === horizon).map(({ originStep }) => originStep))].toSorted((a, b) => a - b);
  const y = averageErrors(references, horizon, windowSteps, x, (originStep) => originStep);
  return x.length > 0 ? [{ id: 'best-average', label: averageName(windowSteps), legend: averageName(windowSteps), end: 'best average', colour: 'var(--average)', dash: '6 3', width: 2.25, x, y }] : [];
}

const averageName = (windowSteps: number): string => `best average, ${windowSteps.toLocaleString('en-US')} steps`;

function averageErrors(references: readonly ComparisonReference[], horizon: number, windowSteps: number, at: readonly number[], placeOf: (originStep: number) => number): readonly number[] {
  const window = referenceWindows.findIndex((steps) => steps === windowSteps);
  return at.map((place) => mean(references.filter((one) => one.horizon === horizon && placeOf(one.originStep) === place).map(({ averages }) => averages[window])));
}

/** Origins that a bar is about, steps. */
export const barSteps = 1000;

/** Bars of a contender beside the best average's and the noise floor's, by thousand steps. */
export function contenderBars(result: ComparisonResult, horizon: number, look: MeasureLook, contender: number, windowSteps: number): { readonly at: readonly number[]; readonly series: readonly BarSeries[] } {
  const { at, lines, noiseFloor } = barsBy(result, horizon, look.measure, barSteps);
  const averages = averageErrors(result.references, horizon, windowSteps, at, (originStep) => Math.floor(originStep / barSteps) * barSteps);
  return {
    at,
    series: [
      { id: 'forecast', label: result.settings.contenders[contender].label, colour: 'var(--forecast)', look: 'filled', values: lines.find((line) => line.contender === contender)?.errors ?? at.map(() => NaN) },
      ...(hasAverages(look) ? [{ id: 'average', label: averageName(windowSteps), colour: 'var(--average)', look: 'outlined', values: averages } as const] : []),
      ...(noiseFloor.some(Number.isFinite) ? [{ id: 'floor', label: 'noise floor', colour: 'var(--noise)', look: 'dotted', values: noiseFloor } as const] : []),
    ],
  };
}

/** Errors of the best average (NaN where it is not known by this measure) and of the noise floor on a layer, means over origins. */
export interface LayerReference {
  readonly average: number;
  readonly noiseFloor: number;
}

/** By the window that is best over all layers in hindsight. */
export function layerReferences(references: readonly ComparisonReference[], horizon: number, look: MeasureLook, layers: readonly number[], windowSteps: number): readonly LayerReference[] {
  const window = referenceWindows.findIndex((steps) => steps === windowSteps);
  return layers.map((layer) => {
    const found = references.filter((one) => one.layer === layer && one.horizon === horizon);
    return {
      average: hasAverages(look) ? mean(found.map(({ averages }) => averages[window])) : NaN,
      noiseFloor: mean(found.map((one) => floorOf(one, look.measure))),
    };
  });
}

/** Half or twice the average's error is at the ends of the colours. */
const octaves = 1;

/** What a cell of the layer × forecaster picture shows; rows after the contenders are the average, where it is known, and the noise floor. */
export function heatCell({ contenders, errors }: LayerHeatmap, references: readonly LayerReference[], look: MeasureLook, row: number, column: number): MatrixCell {
  const { average, noiseFloor } = references[column];
  const written = (value: number): string => (Number.isFinite(value) ? value.toFixed(look.digits) : '–');
  const inWords = (value: number): string => `${written(value)}${look.unit ? ` ${look.unit}` : ''}`;
  if (row >= contenders.length) {
    const value = row === contenders.length && hasAverages(look) ? average : noiseFloor;
    return { text: written(value), position: null, best: false, words: inWords(value) };
  }
  const own = Array.from(errors.subarray(column * contenders.length, (column + 1) * contenders.length));
  const error = own[row];
  const best = error === Math.min(...own.filter(Number.isFinite));
  const saved = Math.round((1 - error / average) * 100);
  const against = !Number.isFinite(saved) ? '' : saved === 0 ? ', as the average' : `, ${Math.abs(saved)} % ${saved > 0 ? 'less' : 'more'} than the average`;
  return {
    text: written(error), best, position: against === '' ? null : Math.min(1, Math.max(0, 0.5 + Math.log2(average / Math.max(error, 1e-9)) / (2 * octaves))),
    words: `${inWords(error)}${against}${best ? ', best of the layer' : ''}`,
  };
}

function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
