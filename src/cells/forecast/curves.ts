/** Validation loss by layer while training, and how it is drawn. Pure. */
import type { LineSeries } from '../../charts/series.ts';
import type { LossPoint, ModelReport } from '../../../workers/contract.ts';

export interface LayerCurve {
  readonly layer: number;
  readonly points: readonly { readonly iteration: number; readonly validation: number }[];
}

/**
 * Curves from the reports of models.
 * @param layersOf layers of each model, in the order of its losses' parts
 */
export function curvesOf(models: readonly Pick<ModelReport, 'model' | 'losses'>[], layersOf: (model: number) => readonly number[]): readonly LayerCurve[] {
  return models.flatMap(({ model, losses }) => {
    const layers = layersOf(model);
    const lossOf = (point: LossPoint, part: number): number => (layers.length === 1 ? point.validation : (point.parts[part] ?? NaN));
    return layers.map((layer, part) => ({
      layer,
      points: losses.map((point) => ({ iteration: point.iteration, validation: lossOf(point, part) })).filter(({ validation }) => Number.isFinite(validation)),
    }));
  });
}

/** A layer's validation loss over that of the first validation, which comes before any training: 1 at first, less is better. */
export interface RelativeCurve {
  readonly layer: number;
  readonly iterations: readonly number[];
  readonly losses: readonly number[];
}

/** Curves with at least one point, by layer; one whose first loss is 0 has nothing to be compared with. */
export function relativeCurves(curves: readonly LayerCurve[]): readonly RelativeCurve[] {
  return curves
    .filter(({ points }) => points.length > 0 && points[0].validation > 0)
    .map(({ layer, points }) => ({
      layer,
      iterations: points.map(({ iteration }) => iteration),
      losses: points.map(({ validation }) => validation / points[0].validation),
    }))
    .toSorted((a, b) => a.layer - b.layer);
}

/** Mean over the layers at every iteration that any of them has; a layer that stopped earlier stays at its last loss. */
export function meanCurve(curves: readonly RelativeCurve[]): Omit<RelativeCurve, 'layer'> {
  const iterations = [...new Set(curves.flatMap((curve) => curve.iterations))].toSorted((a, b) => a - b);
  const next = curves.map(() => 0);
  const losses = iterations.map((iteration) => {
    let sum = 0;
    let count = 0;
    curves.forEach((curve, i) => {
      while (next[i] < curve.iterations.length && curve.iterations[next[i]] <= iteration) next[i]++;
      if (next[i] === 0) return;
      sum += curve.losses[next[i] - 1];
      count++;
    });
    return sum / count;
  });
  return { iterations, losses };
}

/** Layers that each have their name at the end of their line; with more of them only the telling ones have. */
const MOST_NAMED = 12;
/** Layers that are all read out and named at the crosshair. */
const MOST_TOLD = 6;
/** Diverged layers whose lines have markers as well: those of many would hide each other. */
const MOST_MARKED = 3;

export interface CurvesDrawing {
  readonly curves: readonly RelativeCurve[];
  /** Layer that the cell shows. */
  readonly shown: number;
  readonly diverged: readonly number[];
  /** "layer 3" */
  readonly nameOf: (layer: number) => string;
}

/**
 * A thin line a layer, the shown one marked, and the mean of those that did not diverge drawn strong over them.
 * With many layers the best and the worst stand for the others at the crosshair and in words.
 */
export function curveSeries({ curves, shown, diverged, nameOf }: CurvesDrawing): readonly LineSeries[] {
  // Where all of them diverged, as those of one model do, there is nothing to tell them from.
  const broken = curves.filter(({ layer }) => diverged.includes(layer));
  const apart = broken.length < curves.length ? broken : [];
  const sound = curves.filter((curve) => !apart.includes(curve));
  const last = ({ losses }: RelativeCurve): number => losses[losses.length - 1];
  const others = sound.filter(({ layer }) => layer !== shown).toSorted((a, b) => last(a) - last(b));
  const told = new Set(others.length <= MOST_TOLD ? others : [others[0], others[others.length - 1]]);
  const named = curves.length <= MOST_NAMED ? new Set(others) : told;
  const place = (curve: RelativeCurve): Pick<LineSeries, 'x' | 'y'> => ({ x: curve.iterations, y: curve.losses });
  const mean = meanCurve(sound);
  const picked = sound.find(({ layer }) => layer === shown);
  return [
    ...others.map((curve): LineSeries => ({
      id: `layer-${curve.layer}`, label: nameOf(curve.layer), legend: 'other layers', end: named.has(curve) ? nameOf(curve.layer) : undefined,
      colour: 'var(--history)', width: 1, context: !told.has(curve), ...place(curve),
    })),
    ...apart.map((curve): LineSeries => ({
      id: `layer-${curve.layer}`, label: `${nameOf(curve.layer)}, diverged`, legend: 'diverged', end: nameOf(curve.layer),
      colour: 'var(--danger)', dash: '2 3', marker: apart.length <= MOST_MARKED ? 'cross' : undefined, width: 1.25, ...place(curve),
    })),
    ...(sound.length > 1 ? [{
      id: 'mean', label: `mean of ${sound.length} layers`, legend: `mean of ${sound.length} layers`, end: 'mean',
      colour: 'var(--forecast)', width: 3.5, x: mean.iterations, y: mean.losses,
    } satisfies LineSeries] : []),
    ...(picked ? [{
      id: `layer-${shown}`, label: nameOf(shown), legend: `${nameOf(shown)}, shown`, end: nameOf(shown),
      colour: 'var(--text)', marker: 'circle', width: 1.5, ...place(picked),
    } satisfies LineSeries] : []),
  ];
}
