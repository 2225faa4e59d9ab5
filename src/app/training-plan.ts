/** What training takes, and what becomes of its models' forecasts. Pure. */
import { askedFor, autoForecast, autoForms, autoSettings } from '../forecast/auto.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import { onBank, poolsLayers, type LstmSettings } from '../forecast/lstm.ts';
import type { LayerForecast, ModelSpec } from '../../workers/contract.ts';

/** What training a cell's forecaster takes, resolved against the open trace. */
export interface TrainingPlan {
  /** Auto trains two networks of its own; `settings` are then those of the first. */
  readonly auto: boolean;
  readonly settings: LstmSettings;
  readonly seed: number;
  /** Layers whose loads are learnt and forecast. */
  readonly layers: readonly number[];
  readonly originStep: number;
  readonly horizonSteps: number;
}

/** The models of a plan: one has all layers; of the joint form, as in the paper, each layer has its own; Auto has two. */
export function modelsOf({ auto, settings, seed, layers }: Pick<TrainingPlan, 'auto' | 'settings' | 'seed' | 'layers'>): readonly ModelSpec[] {
  if (auto) return autoForms.map((form) => ({ settings: autoSettings(form), seed, layers }));
  return poolsLayers(settings) ? [{ settings, seed, layers }] : layers.map((layer) => ({ settings, seed, layers: [layer] }));
}

/** Whether the models learn on top of the bank. */
export function needsBank({ auto, settings }: Pick<TrainingPlan, 'auto' | 'settings'>): boolean {
  return auto || onBank(settings);
}

/**
 * The plan's forecasts from those of its models; of Auto, the models' mean with the bank weighed by its past errors.
 * @param models in the order of `modelsOf`; of Auto none where nothing could be trained
 * @param banks of the plan's layers, where it needs them
 */
export function plannedForecasts(
  { auto, horizonSteps }: Pick<TrainingPlan, 'auto' | 'horizonSteps'>, models: readonly { readonly forecasts: readonly LayerForecast[] }[], banks: readonly BankHistory[],
): readonly LayerForecast[] {
  if (!auto) return models.flatMap(({ forecasts }) => forecasts);
  return banks.map((bank) => {
    const trained = models.flatMap(({ forecasts }) => forecasts.filter(({ layer }) => layer === bank.layer).map(({ mean }) => mean));
    return { layer: bank.layer, blocks: 1, mean: autoForecast(askedFor(bank, horizonSteps), trained) };
  });
}
