/**
 * The trained contenders in a comparison: trained at every so many origins on what is known there, rolled with their weights
 * between them. As many origins at once as the device takes side by side, so that what they learn from is gathered once.
 */
import type { BinnedHistory, HorizonForecast } from '../../workers/contract.ts';
import { autoForms, autoSettings } from '../forecast/auto.ts';
import type { GatecastError } from '../errors.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import type { GivenForecast } from '../forecast/comparison/judge.ts';
import type { Origin } from '../forecast/comparison/origins.ts';
import type { ComparisonPoint, ComparisonSettings } from '../forecast/comparison/types.ts';
import { checkedLstmSettings, grainSteps } from '../forecast/lstm.ts';
import type { ComparisonLane } from './comparison-lane.ts';
import type { KnownAt, OriginTrainer, Plan } from './origin-trainer.ts';
import { needsBank } from './training-plan.ts';
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
  /** Make the bank that is trained on, and judge what was forecast; layers are dealt among them. */
  readonly lanes: readonly ComparisonLane[];
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
 * Trains, forecasts and judges at every origin, all layers at once.
 * @throws GatecastError `cancelled`, `bad-setting` where no origin has a history that is long enough, and all that training rejects with
 */
export async function compareTrained(comparison: TrainedComparison): Promise<void> {
  const { settings, contenders, origins, trainer, onPoints } = comparison;
  const all = contenders.map((contender): Trained => ({ contender, plan: planOf(settings, contender), given: new Map(settings.layers.map((layer) => [layer, []])) }));
  const together = await trainer.together(all.map(({ plan }) => plan), settings.horizons.length);
  let refused: GatecastError | null = null;
  for (let from = 0; from < origins.length;) {
    // Between two refits the weights of the first are rolled on.
    const size = settings.refitEvery === 1 ? together : Math.min(together, settings.refitEvery - (from % settings.refitEvery));
    const now = origins.slice(from, from + size);
    const gathered = await gather(comparison, all, now);
    for (const one of all) {
      const startedMs = performance.now();
      const grain = grainSteps(one.plan.settings);
      const known = now.map(({ originStep, horizons }, i): KnownAt => ({
        originStep, horizons: settings.horizons.slice(0, horizons), histories: gathered.histories.get(grain)?.[i] ?? [], banks: needsBank(one.plan) ? gathered.banks[i] : [], refit: (from + i) % settings.refitEvery === 0,
      }));
      const made = await trainer.forecasts(one.plan, known);
      refused = made.refused ?? refused;
      const elapsedMs = (performance.now() - startedMs + (needsBank(one.plan) ? gathered.bankMs : 0)) / now.length / settings.layers.length;
      now.forEach(({ originStep }, i) => {
        for (const forecast of made.byOrigin[i]) one.given.get(forecast.layer)?.push(givenForecast(settings, originStep, forecast, elapsedMs));
      });
      onPoints(await judged(comparison, one, now[0].originStep), now.length);
    }
    from += now.length;
  }
  if (refused && all.every(({ given }) => [...given.values()].every((forecasts) => forecasts.length === 0))) throw refused;
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
  const { trace, settings: { layers }, signal } = comparison;
  const grains = new Set(all.map(({ plan }) => grainSteps(plan.settings)));
  const startedMs = performance.now();
  const [banks, histories] = await Promise.all([
    all.some(({ plan }) => needsBank(plan)) ? banksAt(comparison, origins) : origins.map((): readonly BankHistory[] => []),
    Promise.all([...grains].map(async (grain) => {
      const made: (readonly BinnedHistory[])[] = [];
      for (const { originStep } of origins) made.push(await trace.call('binnedHistories', { layers, originStep, grainSteps: grain }, { signal }));
      return [grain, made] as const;
    })),
  ]);
  return { histories: new Map(histories), banks, bankMs: performance.now() - startedMs };
}

async function banksAt(comparison: TrainedComparison, origins: readonly Origin[]): Promise<readonly (readonly BankHistory[])[]> {
  const { fingerprint, settings, othersOf, signal } = comparison;
  const byLayer = await onLanes(comparison, othersOf, (worker, layer) => Promise.all(origins.map(({ originStep, horizons }) => (
    worker.call('bankHistory', { fingerprint, layer, others: othersOf(layer), originStep, horizons: settings.horizons.slice(0, horizons) }, { signal })
  ))));
  return origins.map((_, i) => byLayer.map((own) => own[i]));
}

/** The points of one contender from an origin on; earlier forecasts serve the intervals. */
async function judged(comparison: TrainedComparison, { contender, given }: Trained, fromOriginStep: number): Promise<readonly ComparisonPoint[]> {
  const { fingerprint, settings, signal } = comparison;
  const points = await onLanes(comparison, () => [], (worker, layer) => (
    worker.call('judgeGiven', { fingerprint, layer, contender, settings, given: given.get(layer) ?? [], fromOriginStep }, { signal })
  ));
  return points.flat();
}

/** Works on each layer, those of a lane after each other; in the order of the layers. */
async function onLanes<Result>(
  { settings: { layers }, lanes, signal }: TrainedComparison, others: (layer: number) => readonly number[],
  work: (worker: Parameters<Parameters<ComparisonLane['work']>[2]>[0], layer: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const byLane = await Promise.all(lanes.map(async (lane, which) => {
    const results: Result[] = [];
    for (const layer of layers.filter((_, i) => i % lanes.length === which)) {
      results.push(await lane.work([layer, ...others(layer)], signal, (worker) => work(worker, layer)));
    }
    return results;
  }));
  return layers.map((_, i) => byLane[i % lanes.length][Math.floor(i / lanes.length)]);
}

function givenForecast({ horizons }: ComparisonSettings, originStep: number, { horizonSteps, blocks, mean }: HorizonForecast, elapsedMs: number): GivenForecast {
  return { originStep, horizon: horizons.indexOf(horizonSteps), blocks, mean, elapsedMs };
}
