/** A trained contender in a comparison: trained at every so many origins on what is known there, rolled with its weights between them. */
import type { HorizonForecast } from '../../workers/contract.ts';
import { autoForms, autoSettings } from '../forecast/auto.ts';
import type { GatecastError } from '../errors.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import type { GivenForecast } from '../forecast/comparison/judge.ts';
import type { Origin } from '../forecast/comparison/origins.ts';
import type { ComparisonPoint, ComparisonSettings } from '../forecast/comparison/types.ts';
import { checkedLstmSettings, grainSteps } from '../forecast/lstm.ts';
import type { ComparisonLane } from './comparison-lane.ts';
import type { ComparisonTrainer, KnownAt, Plan } from './comparison-trainer.ts';
import { needsBank } from './training-plan.ts';
import type { Workers } from './workers.ts';

/** Every comparison trains alike. */
const seed = 1;

export interface TrainedComparison {
  readonly trace: Workers['trace'];
  readonly fingerprint: string;
  readonly settings: ComparisonSettings;
  /** Place among the contenders. */
  readonly contender: number;
  readonly origins: readonly Origin[];
  /** The trace's other layers of each one, for those that learn from them. */
  readonly othersOf: (layer: number) => readonly number[];
  /** Judges what was forecast, and makes the bank that is trained on. */
  readonly lane: ComparisonLane;
  readonly trainer: ComparisonTrainer;
  readonly signal: AbortSignal;
  /** The points of one origin, all layers and horizons; none where the history is too short to train on. */
  readonly onOrigin: (points: readonly ComparisonPoint[]) => void;
}

/**
 * Trains, forecasts and judges at every origin, all layers at once and as many origins as the device takes side by side.
 * @throws GatecastError `cancelled`, `bad-setting` where no origin has a history that is long enough, and all that training rejects with
 */
export async function compareTrained(comparison: TrainedComparison): Promise<void> {
  const { settings, contender, origins, trainer, onOrigin } = comparison;
  const plan = planOf(settings, contender);
  const together = await trainer.together(plan, settings.horizons.length);
  const given = new Map<number, GivenForecast[]>(settings.layers.map((layer) => [layer, []]));
  let refused: GatecastError | null = null;
  for (let from = 0; from < origins.length;) {
    // Between two refits the weights of the first are rolled on.
    const size = settings.refitEvery === 1 ? together : Math.min(together, settings.refitEvery - (from % settings.refitEvery));
    const startedMs = performance.now();
    const known: KnownAt[] = [];
    for (const [i, origin] of origins.slice(from, from + size).entries()) known.push(await knownAt(comparison, plan, origin, (from + i) % settings.refitEvery === 0));
    const made = await trainer.forecasts(plan, known);
    refused = made.refused ?? refused;
    const elapsedMs = (performance.now() - startedMs) / known.length / settings.layers.length;
    for (const [i, { originStep }] of known.entries()) {
      for (const forecast of made.byOrigin[i]) given.get(forecast.layer)?.push(givenForecast(settings, originStep, forecast, elapsedMs));
      onOrigin(made.byOrigin[i].length === 0 ? [] : await judged(comparison, given, originStep));
    }
    from += known.length;
  }
  if (refused && [...given.values()].every((forecasts) => forecasts.length === 0)) throw refused;
}

function planOf({ contenders, layers }: ComparisonSettings, contender: number): Plan {
  const { id, values } = contenders[contender];
  const auto = id === 'auto';
  return { auto, settings: auto ? autoSettings(autoForms[0]) : checkedLstmSettings(values), seed, layers };
}

async function knownAt({ trace, fingerprint, settings, othersOf, lane, signal }: TrainedComparison, plan: Plan, { originStep, horizons: count }: Origin, refit: boolean): Promise<KnownAt> {
  const { layers } = settings;
  const horizons = settings.horizons.slice(0, count);
  const histories = await trace.call('binnedHistories', { layers, originStep, grainSteps: grainSteps(plan.settings) }, { signal });
  const banks: BankHistory[] = [];
  if (needsBank(plan)) {
    await lane.work([...new Set(layers.flatMap((layer) => [layer, ...othersOf(layer)]))], signal, async (worker) => {
      banks.length = 0;
      for (const layer of layers) banks.push(await worker.call('bankHistory', { fingerprint, layer, others: othersOf(layer), originStep, horizons }, { signal }));
    });
  }
  return { originStep, horizons, histories, banks, refit };
}

function givenForecast({ horizons }: ComparisonSettings, originStep: number, { horizonSteps, blocks, mean }: HorizonForecast, elapsedMs: number): GivenForecast {
  return { originStep, horizon: horizons.indexOf(horizonSteps), blocks, mean, elapsedMs };
}

/** The points of one origin; earlier forecasts serve the intervals. */
async function judged({ fingerprint, settings, contender, lane, signal }: TrainedComparison, given: ReadonlyMap<number, readonly GivenForecast[]>, originStep: number): Promise<readonly ComparisonPoint[]> {
  const { layers } = settings;
  const points = await lane.work(layers, signal, (worker) => Promise.all(layers.map((layer) => {
    const known = (given.get(layer) ?? []).filter((forecast) => forecast.originStep <= originStep);
    return worker.call('judgeGiven', { fingerprint, layer, contender, settings, given: known, fromOriginStep: originStep }, { signal });
  })));
  return points.flat();
}
