/** What a Backtest cell compares on the open trace, and how much work that is. Pure. */
import type { ComparisonSettings } from '../../forecast/comparison/types.ts';
import { isTrained } from '../../forecast/trained.ts';
import { mostPoints } from '../../notebook/kinds/comparison-result.ts';
import { updateOnly, type BacktestSettings } from '../../notebook/kinds/backtest.ts';
import { offeredContenders } from '../../notebook/kinds/contenders.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { endStep } from '../../trace/recorded-span.ts';
import { clamp } from '../resolve.ts';

/** Origins that a comparison has where their distance was not chosen: this many steps between the first and the last. */
const usualSteps = 20;

type Shape = Pick<TraceInfo, 'firstStep' | 'lastStep' | 'strideSteps'>;

export interface OriginRange {
  readonly firstOriginStep: number;
  readonly lastOriginStep: number;
  readonly everySteps: number;
}

/**
 * Origins as they fit the trace: from a quarter of it to the last one whose shortest horizon it holds, some twenty, where
 * the person did not choose; what was chosen outside of the trace is brought to its edge.
 */
export function resolveOrigins({ firstOriginStep, lastOriginStep, everySteps, horizons }: Pick<BacktestSettings, 'firstOriginStep' | 'lastOriginStep' | 'everySteps' | 'horizons'>, info: Shape): OriginRange {
  const stride = info.strideSteps;
  const onGrid = (step: number): number => info.firstStep + Math.round((step - info.firstStep) / stride) * stride;
  const earliest = info.firstStep + stride;
  const latest = Math.max(earliest, endStep(info) - horizons[0]);
  const first = clamp(firstOriginStep ?? onGrid(info.firstStep + (endStep(info) - info.firstStep) / 4), earliest, latest);
  const last = clamp(lastOriginStep ?? latest, first, latest);
  const every = everySteps ?? Math.max(stride, Math.round((last - first) / usualSteps / stride) * stride);
  return { firstOriginStep: first, lastOriginStep: last, everySteps: every };
}

export function originCount({ firstOriginStep, lastOriginStep, everySteps }: OriginRange): number {
  return Math.floor((lastOriginStep - firstOriginStep) / everySteps) + 1;
}

/** The layers of the trace that take part; all of it where none of those that were chosen is there. */
export function resolveLayers(layers: readonly number[] | null, info: Pick<TraceInfo, 'layers'>): readonly number[] {
  const all = info.layers.map((_, index) => index);
  const there = layers?.filter((layer) => layer < all.length) ?? [];
  return there.length > 0 ? there : all;
}

/** The question that is put to the workers. */
export function comparisonPlan(settings: BacktestSettings, info: TraceInfo): ComparisonSettings {
  return {
    layers: resolveLayers(settings.layers, info),
    contenders: offeredContenders.filter(({ key }) => settings.forecasters.includes(key)).map(({ key, id, label, values }) => ({ key, id, label, values })),
    ...resolveOrigins(settings, info),
    horizons: settings.horizons,
    refitEvery: settings.refitEvery,
    coverage: settings.coverage,
    coldShare: settings.coldShare,
    seed: settings.seed,
  };
}

/** Why a plan cannot be run, and what to do; null where it can. */
export function planProblem(plan: ComparisonSettings, info: Shape): string | null {
  const { contenders, horizons } = plan;
  if (contenders.length === 0) return 'Choose at least one forecaster.';
  if (endStep(info) - info.firstStep <= horizons[0]) return `The trace has ${(endStep(info) - info.firstStep).toLocaleString('en-US')} steps: choose a horizon shorter than that.`;
  const forecasts = forecastCount(plan);
  if (forecasts > mostPoints) return `${forecasts.toLocaleString('en-US')} forecasts are more than the ${mostPoints.toLocaleString('en-US')} that a comparison keeps: choose fewer origins, layers or forecasters.`;
  return null;
}

function forecastCount(plan: ComparisonSettings): number {
  return originCount(plan) * plan.layers.length * plan.contenders.length * plan.horizons.length;
}

/** "21 origins × 12 layers × 12 forecasters × 2 horizons = 6,048 forecasts, fitted anew at every 4 origins" */
export function workInWords(plan: ComparisonSettings): string {
  const parts = [[originCount(plan), 'origin'], [plan.layers.length, 'layer'], [plan.contenders.length, 'forecaster'], [plan.horizons.length, 'horizon']] as const;
  const words = parts.map(([count, word]) => `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`).join(' × ');
  const forecasts = forecastCount(plan);
  const refit = plan.refitEvery === 1 ? '' : `, fitted anew ${refitInWords(plan.refitEvery)}`;
  return `${words} = ${forecasts.toLocaleString('en-US')} ${forecasts === 1 ? 'forecast' : 'forecasts'}${refit}`;
}

function refitInWords(refitEvery: number): string {
  return refitEvery === 1 ? 'at every origin' : refitEvery >= updateOnly ? 'at the first origin alone' : `at every ${refitEvery} origins`;
}

/** "1,000 and 2,000 steps" */
export function stepsInWords(steps: readonly number[]): string {
  return `${steps.map((one) => one.toLocaleString('en-US')).join(' and ')} ${steps.length === 1 && steps[0] === 1 ? 'step' : 'steps'}`;
}

/** Whether the seed plays a part. */
export function trainsSomething({ contenders }: Pick<ComparisonSettings, 'contenders'>): boolean {
  return contenders.some(({ id }) => isTrained(id));
}

/** What of a plan is another than when a comparison was made: "horizons changed from 1,000 steps to 1,000 and 2,000 steps". */
export function changesOf(before: ComparisonSettings, now: ComparisonSettings): readonly string[] {
  const shown: readonly (readonly [string, (plan: ComparisonSettings) => string])[] = [
    ['first origin', ({ firstOriginStep }) => `step ${firstOriginStep.toLocaleString('en-US')}`],
    ['last origin', ({ lastOriginStep }) => `step ${lastOriginStep.toLocaleString('en-US')}`],
    ['distance of origins', ({ everySteps }) => stepsInWords([everySteps])],
    ['horizons', ({ horizons }) => stepsInWords(horizons)],
    ['refit', ({ refitEvery }) => refitInWords(refitEvery)],
    ['coverage', ({ coverage }) => `${Number((coverage * 100).toFixed(1))} %`],
    ['seed', (plan) => (trainsSomething(plan) ? String(plan.seed) : '')],
    ['layers', ({ layers }) => (layers.length === 1 ? '1 layer' : `${layers.length} layers`)],
    ['forecasters', ({ contenders }) => (contenders.length === 1 ? contenders[0].label : `${contenders.length} forecasters`)],
  ];
  const changes = shown.flatMap(([label, write]) => (write(before) === write(now) ? [] : [`${label} changed from ${write(before)} to ${write(now)}`]));
  const others = (plan: ComparisonSettings): string => JSON.stringify([plan.layers, plan.contenders.map(({ key, values }) => [key, values]), plan.coldShare]);
  if (changes.length === 0 && others(before) !== others(now)) return ['other layers or forecasters were chosen'];
  return changes;
}
