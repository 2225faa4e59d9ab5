/**
 * The Tree-structured Parzen Estimator (Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011): densities of the
 * good trials and of the others; of settings drawn from the first, the one where it exceeds the second the most.
 */
import { hash, random, type Random } from '../../random.ts';
import { coordinateOf, valueAt } from '../dimension.ts';
import { branchCoordinates, pointOf, settingOf, type Setting } from '../space.ts';
import type { Dimension, SearchSpace, TrialRecord } from '../types.ts';
import { choiceEstimator, parzenEstimator, type Estimator } from './estimators.ts';
import { untriedAtRandom } from './random.ts';
import { Tried, trialOf, type Sampler } from './sampler.ts';
import { sobolSampler } from './sobol.ts';

export interface TpeOptions {
  /** Trials scored before anything is learnt from them; until then, points of a Sobol sequence. */
  readonly startup: number;
  /** Settings drawn for each one that is tried. */
  readonly candidates: number;
  /** Part of the scored trials that is taken for good (γ). */
  readonly goodPart: number;
}

const usual: TpeOptions = { startup: 10, candidates: 24, goodPart: 0.15 };

/** @throws GatecastError `bad-setting` for more than 32 dimensions */
export function tpeSampler(space: SearchSpace, seed: number, options: Partial<TpeOptions> = {}): Sampler {
  const { startup, candidates, goodPart } = { ...usual, ...options };
  const tried = new Tried();
  const sobol = sobolSampler(space, seed);
  return {
    next(records) {
      const ranked = rankedRecords(records);
      if (ranked.length < startup || Number.isNaN(scoreOf(ranked[0]))) return sobol.next(records);
      tried.read(records);
      const next = random(hash(seed, records.length));
      const good = ranked.slice(0, Math.max(1, Math.ceil(goodPart * ranked.length))).filter((record) => !Number.isNaN(scoreOf(record)));
      // What is under way says nothing yet; what failed is to be left alone.
      const others = records.filter((record) => (record.scores.length > 0 || record.state === 'failed') && !good.includes(record));
      const compared = new ComparedTrees(space, good, others);
      const drawn = Array.from({ length: candidates }, () => compared.draw(next)).sort((a, b) => b.gain - a.gain);
      return trialOf(records, tried.firstOther(drawn.map(({ setting }) => setting)) ?? untriedAtRandom(space, tried, next));
    },
  };
}

const scoreOf = ({ scores }: TrialRecord): number => scores.at(-1)?.score ?? NaN;

/**
 * Those that have a score, the lowest first and broken ones last. The last score counts, at whatever rung: one that stopped
 * early was beaten there, and of forecasters with rungs and without, scores alone can be compared.
 */
function rankedRecords(records: readonly TrialRecord[]): readonly TrialRecord[] {
  const broken = (record: TrialRecord): number => (Number.isNaN(scoreOf(record)) ? 1 : 0);
  return records
    .filter(({ scores }) => scores.length > 0)
    .sort((a, b) => broken(a) - broken(b) || scoreOf(a) - scoreOf(b) || a.id - b.id);
}

interface Pair {
  readonly good: Estimator;
  readonly others: Estimator;
}

/** A density for the branch and one for each of its dimensions, of the trials in which it does something: of good trials and of the others. */
class ComparedTrees {
  readonly #space: SearchSpace;
  readonly #branches: Pair;
  readonly #dimensions: readonly (readonly Pair[])[];

  constructor(space: SearchSpace, good: readonly TrialRecord[], others: readonly TrialRecord[]) {
    const pointsOf = (records: readonly TrialRecord[]): readonly Float64Array[] => records.flatMap((record) => pointOf(space, record) ?? []);
    const points = { good: pointsOf(good), others: pointsOf(others) };
    const first = branchCoordinates(space);
    const branchAt = (point: Float64Array): number => (first === 0 ? 0 : Math.floor(point[0] * space.length));
    const pair = (estimator: (points: readonly Float64Array[]) => Estimator): Pair => ({ good: estimator(points.good), others: estimator(points.others) });
    this.#space = space;
    this.#branches = pair((all) => choiceEstimator(all.map((point) => (branchAt(point) + 0.5) / space.length), space.length));
    this.#dimensions = space.map(({ dimensions }, branch) => dimensions.map((dimension, place) => pair((all) => (
      estimatorOf(dimension, all.filter((point) => branchAt(point) === branch).map((point) => point[first + place]).filter((coordinate) => !Number.isNaN(coordinate)))
    ))));
  }

  /** A setting that good trials make likely; `gain`: how much more likely than the others make it, as a logarithm. */
  draw(next: Random): { readonly setting: Setting; readonly gain: number } {
    const at = this.#branches.good.draw(next);
    const branch = Math.floor(at * this.#space.length);
    let gain = gainAt(this.#branches, at);
    const setting = settingOf(this.#space[branch], (dimension, place) => {
      const pair = this.#dimensions[branch][place];
      const value = valueAt(dimension, pair.good.draw(next));
      gain += gainAt(pair, coordinateOf(dimension, value)!);
      return value;
    });
    return { setting, gain };
  }
}

function estimatorOf(dimension: Dimension, observations: readonly number[]): Estimator {
  return dimension.kind === 'choice' ? choiceEstimator(observations, dimension.values.length) : parzenEstimator(observations);
}

function gainAt({ good, others }: Pair, coordinate: number): number {
  return good.logDensity(coordinate) - others.logDensity(coordinate);
}
