/**
 * The trained contenders in a comparison: trained at every so many origins on what is known there, rolled with their weights
 * between them. As many origins at once as the device takes side by side, so that what they learn from is gathered once.
 */
import type { BinnedHistory, HorizonForecast } from '../../workers/contract.ts';
import { autoForms, autoSettings } from '../forecast/auto.ts';
import type { GatecastError } from '../errors.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import { groupBy } from '../forecast/comparison/means.ts';
import type { GivenForecast } from '../forecast/comparison/judge.ts';
import type { Origin } from '../forecast/comparison/origins.ts';
import type { ComparisonPoint, ComparisonSettings } from '../forecast/comparison/types.ts';
import { checkedLstmSettings, grainSteps } from '../forecast/lstm.ts';
import type { ComparisonLane } from './comparison-lane.ts';
import type { KnownAt, OriginTrainer, Plan } from './origin-trainer.ts';
import { banksAt, historiesAt, onLanes } from './origin-knowledge.ts';
import { modelsOf, needsBank } from './training-plan.ts';
import type { Workers } from './workers.ts';

export interface TrainedComparison {
  readonly trace: Workers['trace'];
  readonly fingerprint: string;
  readonly settings: ComparisonSettings;
  /** Places among the contenders. */
  readonly contenders: readonly number[];
  readonly origins: readonly Origin[];
  /** The trace's other layers of each one, for those that learn from them. */
  readonly othersOf: (layer: number) => readonly number[];
  /** Makes the bank of a layer that is trained on, and judges what was forecast. */
  readonly laneOf: (layer: number) => ComparisonLane;
  readonly trainer: OriginTrainer;
  readonly signal: AbortSignal;
  /** The points of a contender at some origins, all layers and horizons; none where the history is too short to train on. */
  readonly onPoints: (points: readonly ComparisonPoint[], origins: number) => void;
}

/** A contender and what it forecast so far, by layer. */
interface Trained {
  readonly contender: number;
  readonly plan: Plan;
  readonly given: ReadonlyMap<number, GivenForecast[]>;
}

/**
 * Trains, forecasts and judges at every origin, all layers at once; while some origins are trained on, what the next ones
 * learn from is gathered.
 * @throws GatecastError `cancelled`, `bad-setting` where no origin has a history that is long enough, and all that training rejects with
 */
export async function compareTrained(comparison: TrainedComparison): Promise<void> {
  const { settings, contenders, origins, trainer, onPoints } = comparison;
  const all = contenders.map((contender): Trained => ({ contender, plan: planOf(settings, contender), given: new Map(settings.layers.map((layer) => [layer, []])) }));
  const chunks = chunksOf(origins, await trainer.together(all.map(({ plan }) => plan), settings.horizons.length), settings.refitEvery);
  let refused: GatecastError | null = null;
  let next = gather(comparison, all, chunks[0] ?? []);
  for (const [at, now] of chunks.entries()) {
    const gathered = await next;
    if (at + 1 < chunks.length) {
      next = gather(comparison, all, chunks[at + 1]);
      // It is awaited above, unless this chunk fails.
      next.catch(() => {});
    }
    for (const alike of byGrain(all)) {
      const startedMs = performance.now();
      const known = now.map((origin, i): KnownAt => ({
        originStep: origin.originStep, horizons: settings.horizons.slice(0, origin.horizons), refit: origin.refit,
        histories: gathered.histories.get(grainSteps(alike[0].plan.settings))?.[i] ?? [], banks: gathered.banks[i],
      }));
      const made = await trainer.forecasts(alike.map(({ plan }) => plan), known);
      const trainedMs = performance.now() - startedMs;
      const models = alike.reduce((sum, { plan }) => sum + modelsOf(plan).length, 0);
      for (const [which, { plan, given }] of alike.entries()) {
        const { byOrigin, refused: why } = made[which];
        refused = why ?? refused;
        const elapsedMs = ((trainedMs * modelsOf(plan).length) / models + (needsBank(plan) ? gathered.bankMs : 0)) / now.length / settings.layers.length;
        now.forEach(({ originStep }, i) => {
          for (const forecast of byOrigin[i]) given.get(forecast.layer)?.push(givenForecast(settings, originStep, forecast, elapsedMs));
        });
      }
      await Promise.all(alike.map(async (one) => onPoints(await judged(comparison, one, now[0].originStep), now.length)));
    }
  }
  if (refused && all.every(({ given }) => [...given.values()].every((forecasts) => forecasts.length === 0))) throw refused;
}

/** Origins that are trained on at once. Between two refits the weights of the first are rolled on: only one of a chunk is fitted anew then. */
function chunksOf(origins: readonly Origin[], together: number, refitEvery: number): readonly (readonly (Origin & { readonly refit: boolean })[])[] {
  const chunks: (Origin & { readonly refit: boolean })[][] = [];
  origins.forEach((origin, i) => {
    const refit = i % refitEvery === 0;
    const chunk = chunks.at(-1);
    if (!chunk || chunk.length >= together || (refit && refitEvery > 1)) chunks.push([{ ...origin, refit }]);
    else chunk.push({ ...origin, refit });
  });
  return chunks;
}

/** Those that learn from blocks of the same length are trained in one request. */
function byGrain(all: readonly Trained[]): readonly (readonly Trained[])[] {
  return [...groupBy(all, ({ plan }) => grainSteps(plan.settings)).values()];
}

function planOf({ contenders, layers, seed }: ComparisonSettings, contender: number): Plan {
  const { id, values } = contenders[contender];
  const auto = id === 'auto';
  return { auto, settings: auto ? autoSettings(autoForms[0]) : checkedLstmSettings(values), seed, layers };
}

/** What contenders learn from at some origins: block means by their grain, and the bank where one needs it. */
interface Gathered {
  /** By grain, then by origin. */
  readonly histories: ReadonlyMap<number, readonly (readonly BinnedHistory[])[]>;
  /** By origin, all layers. */
  readonly banks: readonly (readonly BankHistory[])[];
  readonly bankMs: number;
}

async function gather(comparison: TrainedComparison, all: readonly Trained[], origins: readonly Origin[]): Promise<Gathered> {
  const { settings: { layers, horizons } } = comparison;
  const gathering = { ...comparison, layers };
  const grains = new Set(all.map(({ plan }) => grainSteps(plan.settings)));
  const startedMs = performance.now();
  const [banks, histories] = await Promise.all([
    all.some(({ plan }) => needsBank(plan)) ? banksAt(gathering, origins.map(({ originStep, horizons: count }) => ({ originStep, horizons: horizons.slice(0, count) }))) : origins.map((): readonly BankHistory[] => []),
    Promise.all([...grains].map(async (grain) => {
      const made: (readonly BinnedHistory[])[] = [];
      for (const { originStep } of origins) made.push(await historiesAt(gathering, originStep, grain));
      return [grain, made] as const;
    })),
  ]);
  return { histories: new Map(histories), banks, bankMs: performance.now() - startedMs };
}

/** The points of one contender from an origin on; earlier forecasts serve the intervals. */
async function judged(comparison: TrainedComparison, { contender, given }: Trained, fromOriginStep: number): Promise<readonly ComparisonPoint[]> {
  const { fingerprint, settings, signal } = comparison;
  const points = await onLanes({ ...comparison, layers: settings.layers }, () => [], (worker, layer) => (
    worker.call('judgeGiven', { fingerprint, layer, contender, settings, given: given.get(layer) ?? [], fromOriginStep }, { signal })
  ));
  return points.flat();
}

function givenForecast({ horizons }: ComparisonSettings, originStep: number, { horizonSteps, blocks, mean }: HorizonForecast, elapsedMs: number): GivenForecast {
  return { originStep, horizon: horizons.indexOf(horizonSteps), blocks, mean, elapsedMs };
}
