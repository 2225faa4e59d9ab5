/** What a comparison's pictures are drawn from: means of one measure by origin, horizon, thousand steps and layer. */
import { errorOf, floorOf, groupBy, meanOf } from './means.ts';
import type { ComparisonPoint, ComparisonReference, ComparisonResult, Measure } from './types.ts';

/** A contender's error along an axis: mean of the measure at each of `at`, NaN where it has none. */
export interface ErrorLine {
  readonly contender: number;
  readonly errors: readonly number[];
}

export interface ErrorLines {
  /** Ascending: origins, horizons or first steps of bars, steps. */
  readonly at: readonly number[];
  readonly lines: readonly ErrorLine[];
  /** The noise floor there; NaN where it is unknown. */
  readonly noiseFloor: readonly number[];
}

export interface LayerErrorLines {
  readonly at: readonly number[];
  readonly lines: readonly { readonly layer: number; readonly errors: readonly number[] }[];
  readonly noiseFloor: readonly number[];
}

export interface LayerHeatmap {
  readonly layers: readonly number[];
  readonly contenders: readonly number[];
  /** `[layers][contenders]`, mean over origins; NaN where there is none. */
  readonly errors: Float64Array;
}

/** Error at each origin, mean over layers, a line a contender. */
export function errorByOrigin({ points, references }: ComparisonResult, horizon: number, measure: Measure): ErrorLines {
  return contenderLines(points.filter(atHorizon(horizon)), references.filter(atHorizon(horizon)), ({ originStep }) => originStep, measure);
}

/** Error of one contender at each origin, a line a layer: the paper's figures 5 to 8. */
export function errorByLayerAndOrigin({ points, references }: ComparisonResult, horizon: number, contender: number, measure: Measure): LayerErrorLines {
  const own = points.filter((point) => point.horizon === horizon && point.contender === contender);
  const { at, lines, noiseFloor } = linesOf(own, references.filter(atHorizon(horizon)), ({ layer }) => layer, ({ originStep }) => originStep, measure);
  return { at, noiseFloor, lines: lines.map(({ key, errors }) => ({ layer: key, errors })) };
}

/** Error by steps ahead, mean over layers and origins; of the origins that hold every horizon, so that all compare alike. */
export function errorByHorizon({ settings: { horizons }, points, references }: ComparisonResult, measure: Measure): ErrorLines {
  const longest = new Set(points.filter(atHorizon(horizons.length - 1)).map(({ originStep }) => originStep));
  const whole = ({ originStep }: { readonly originStep: number }): boolean => longest.has(originStep);
  return contenderLines(points.filter(whole), references.filter(whole), ({ horizon }) => horizons[horizon], measure);
}

/** Mean error of the origins in each span of `everySteps` steps, a bar a contender; `at` is a span's first step. */
export function barsBy({ points, references }: ComparisonResult, horizon: number, measure: Measure, everySteps = 1000): ErrorLines {
  const span = ({ originStep }: { readonly originStep: number }): number => Math.floor(originStep / everySteps) * everySteps;
  return contenderLines(points.filter(atHorizon(horizon)), references.filter(atHorizon(horizon)), span, measure);
}

/** Error of each contender on each layer. */
export function layerHeatmap({ points }: ComparisonResult, horizon: number, measure: Measure): LayerHeatmap {
  const found = points.filter(atHorizon(horizon));
  const layers = ascending(found.map(({ layer }) => layer));
  const contenders = ascending(found.map(({ contender }) => contender));
  const byCell = groupBy(found, ({ layer, contender }) => `${layer} ${contender}`);
  const cells = layers.flatMap((layer) => contenders.map((contender) => byCell.get(`${layer} ${contender}`) ?? []));
  return { layers, contenders, errors: Float64Array.from(cells, (own) => meanOf(own.map((point) => errorOf(point, measure)))) };
}

const atHorizon = (horizon: number) => (one: { readonly horizon: number }): boolean => one.horizon === horizon;

const ascending = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);

type Place = Pick<ComparisonReference, 'layer' | 'originStep' | 'horizon'>;

function contenderLines(points: readonly ComparisonPoint[], references: readonly ComparisonReference[], axis: (one: Place) => number, measure: Measure): ErrorLines {
  const { at, lines, noiseFloor } = linesOf(points, references, ({ contender }) => contender, axis, measure);
  return { at, noiseFloor, lines: lines.map(({ key, errors }) => ({ contender: key, errors })) };
}

function linesOf(
  points: readonly ComparisonPoint[], references: readonly ComparisonReference[],
  lineOf: (point: ComparisonPoint) => number, axis: (one: Place) => number, measure: Measure,
): { readonly at: readonly number[]; readonly lines: readonly { readonly key: number; readonly errors: readonly number[] }[]; readonly noiseFloor: readonly number[] } {
  const at = ascending(points.map(axis));
  const floors = groupBy(references, axis);
  const byLine = groupBy(points, lineOf);
  const lines = ascending(points.map(lineOf)).map((key) => {
    const byPlace = groupBy(byLine.get(key) ?? [], axis);
    return { key, errors: at.map((place) => meanOf((byPlace.get(place) ?? []).map((point) => errorOf(point, measure)))) };
  });
  return { at, lines, noiseFloor: at.map((place) => meanOf((floors.get(place) ?? []).map((one) => floorOf(one, measure)))) };
}
