import type { Coefficients } from './coefficients.ts';
import { chooseDifferences, hasStrongSeason } from './choose-differences.ts';
import { differenced } from './differences.ts';
import { criteriaOf, estimate, leastObservations, type Estimate } from './estimate.ts';
import { checkedOrder, fitOrSimpler, observedOf, runsAway } from './fit.ts';
import { ArimaModel } from './model.ts';
import { constantOf, orderName, type Constant, type FullOrder } from './order.ts';
import { differencedOf, type Prepared } from './prepared.ts';
import { quick, thorough } from './search.ts';
import { rootsBeyond } from './step-down.ts';

export interface AutoArimaSettings {
  /** Observations in a season. Default 1: none. */
  readonly period?: number;
  /** Largest orders. Defaults 5, 5, 2, 2. */
  readonly maxP?: number;
  readonly maxQ?: number;
  readonly maxSeasonalP?: number;
  readonly maxSeasonalQ?: number;
  /** Most differences. Defaults 2, 1. */
  readonly maxD?: number;
  readonly maxSeasonalD?: number;
}

/** A model that the choice considered. */
export interface Considered {
  readonly name: string;
  readonly constant: Constant;
  /** Infinite where no fit keeps its roots off the unit circle. */
  readonly aicc: number;
}

export interface AutoArima {
  readonly model: ArimaModel;
  /** In the order of the search. */
  readonly considered: readonly Considered[];
}

/** Models tried at most. */
const mostModels = 94;
/** Roots of a model that is chosen lie at least this far out. */
const leastModulus = 1.01;
/** With fewer observations the AICc cannot tell whether a level is 0. */
const fewestWithoutConstant = 10;

type Largest = Pick<FullOrder, 'p' | 'q' | 'P' | 'Q'>;

/** What the walk changes; differences stay. */
interface Shape extends Largest {
  readonly constant: boolean;
}

/**
 * ARIMA with its order chosen as Hyndman and Khandakar (2008) describe: a seasonal difference where the season is strong,
 * differences until the KPSS test is content, then from four simple models a walk over p, q, P, Q and the constant to ever
 * smaller AICc; where their walk ends, this one also tries two steps in p and q. Every model is fitted by exact maximum
 * likelihood, the chosen one with a wider search. Missing values, constant and short series as in `fitArima`.
 */
export function autoArima(values: Float64Array, settings: AutoArimaSettings = {}): AutoArima {
  const data = observedOf(values);
  const plain: FullOrder = { p: 0, q: 0, P: 0, Q: 0, ...differencesOf(data, settings) };
  const possible = constantOf(plain);
  const considered: Considered[] = [];
  if (differencedOf(data, plain).deviation === 0) return { model: fitOrSimpler(data, plain, possible), considered };
  const best = walk(data, plain, possible, largestShape(data, plain.period, settings), considered);
  if (!best) return { model: fitOrSimpler(data, plain, possible), considered };
  const wider = estimate(data, best.order, best.constantKind, thorough, keepsItsRoots);
  const chosen = wider && wider.logLik > best.logLik ? wider : best;
  const model = new ArimaModel(chosen, data.series, data.skipped, null);
  return { model: runsAway(model, data.series) ? fitOrSimpler(data, chosen.order, chosen.constantKind) : model, considered };
}

/** The best model that the walk finds; null when the series is too short for all. */
function walk(data: Prepared, plain: FullOrder, possible: Constant, most: Largest, considered: Considered[]): Estimate | null {
  const tried = new Set<string>();
  let best: Estimate | null = null;
  let place: Shape | null = null;
  let lowest = Infinity;

  /** Whether a model is better than the best so far, which it becomes then. */
  const improves = (shape: Shape): boolean => {
    const { constant: withConstant, ...orders } = shape;
    const order = { ...plain, ...orders };
    const constant = withConstant ? possible : 'none';
    const key = `${orderName(order)} ${constant}`;
    const fewest = Math.max(leastObservations(order, constant), withConstant || possible === 'none' ? 0 : fewestWithoutConstant);
    if (!within(shape, most) || data.observed < fewest || tried.has(key) || tried.size === mostModels) return false;
    tried.add(key);
    const found = estimate(data, order, constant, quick, keepsItsRoots);
    const aicc = found ? criteriaOf(found).aicc : Infinity;
    considered.push({ name: orderName(order), constant, aicc });
    if (!found || (best && !(aicc < lowest))) return false;
    [best, place, lowest] = [found, shape, aicc];
    return true;
  };

  for (const shape of firstShapes(most, possible !== 'none')) improves(shape);
  const moves = (): Shape[] => (place ? [...neighbours(place, possible !== 'none'), ...jumps(place)] : []);
  while (moves().some(improves));
  return best;
}

function differencesOf(data: Prepared, { period: asked = 1, maxD = 2, maxSeasonalD = 1 }: AutoArimaSettings): Pick<FullOrder, 'd' | 'D' | 'period'> {
  const { period: whole } = checkedOrder({ p: 0, d: 0, q: 0, period: asked });
  const period = 2 * whole < data.filled.length ? whole : 1;
  // Straight lines over gaps look like a moving level: without a season they are left out.
  let rest = period > 1 ? data.filled : data.series.filter(Number.isFinite);
  let D = 0;
  for (; D < maxSeasonalD && hasStrongSeason(rest, period); D++) rest = differenced(rest, { d: 0, D: 1, period });
  const d = chooseDifferences(rest, maxD);
  return { d, D, period };
}

function largestShape({ observed }: Prepared, period: number, { maxP = 5, maxQ = 5, maxSeasonalP = 2, maxSeasonalQ = 2 }: AutoArimaSettings): Largest {
  const third = Math.floor(observed / 3);
  const seasons = period > 1 ? Math.floor(third / period) : 0;
  return { p: Math.min(maxP, third), q: Math.min(maxQ, third), P: Math.min(maxSeasonalP, seasons), Q: Math.min(maxSeasonalQ, seasons) };
}

function within({ p, q, P, Q }: Shape, most: Largest): boolean {
  return Math.min(p, q, P, Q) >= 0 && p <= most.p && q <= most.q && P <= most.P && Q <= most.Q;
}

function firstShapes(most: Largest, constant: boolean): Shape[] {
  const [P, Q] = [Math.min(1, most.P), Math.min(1, most.Q)];
  const empty: Shape = { p: 0, q: 0, P: 0, Q: 0, constant };
  const shapes: Shape[] = [
    { p: Math.min(2, most.p), q: Math.min(2, most.q), P, Q, constant },
    empty,
    { ...empty, p: Math.min(1, most.p), P },
    { ...empty, q: Math.min(1, most.q), Q },
  ];
  return constant ? [...shapes, { ...empty, constant: false }] : shapes;
}

/** One order, or both of a pair, by one; seasonal ones first. Then the constant. */
function neighbours(shape: Shape, constant: boolean): Shape[] {
  const { p, q, P, Q } = shape;
  const moves = [[-1, 0], [0, -1], [1, 0], [0, 1], [-1, -1], [-1, 1], [1, -1], [1, 1]] as const;
  return [
    ...moves.map(([one, other]) => ({ ...shape, P: P + one, Q: Q + other })),
    ...moves.map(([one, other]) => ({ ...shape, p: p + one, q: q + other })),
    ...(constant ? [{ ...shape, constant: !shape.constant }] : []),
  ];
}

/** Over a gap: where no neighbour is better, p or q by two. */
function jumps(shape: Shape): Shape[] {
  const { p, q } = shape;
  return [{ ...shape, p: p + 2 }, { ...shape, q: q + 2 }, { ...shape, p: p - 2 }, { ...shape, q: q - 2 }];
}

function keepsItsRoots({ phi, theta }: Coefficients): boolean {
  return rootsBeyond(phi, leastModulus) && rootsBeyond(theta.map((value) => -value), leastModulus);
}
