/** What a Sweep cell does on the open trace, and how much work that is. Pure. */
import { toErrorParts } from '../../errors.ts';
import { checkedLstmSettings } from '../../forecast/lstm.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { SweepEstimate } from '../../app/sweep-pace.ts';
import { formatBytes, formatCount, formatDuration } from '../../ui/format.ts';
import type { SweepSettings } from '../../notebook/kinds/sweep.ts';
import type { KeptSweep } from '../../notebook/sweep-result.ts';
import { checkSpace } from '../../sweep/check.ts';
import { gridSize } from '../../sweep/enumerate.ts';
import { rungCounts } from '../../sweep/halving.ts';
import { rungsOfPlan } from '../../sweep/rungs.ts';
import { testOriginsOf } from '../../sweep/test-origins.ts';
import { testedElsewhere } from '../../sweep/tested-elsewhere.ts';
import type { SweepPlan, SweepState } from '../../sweep/types.ts';
import { endStep, usualOrigin } from '../../trace/recorded-span.ts';
import type { TraceRef } from '../../trace/trace-ref.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { resolveLayers } from '../backtest/plan.ts';
import { clamp } from '../resolve.ts';

/** Nothing is judged before this part of what is known: too little would be learnt. */
const earliestPart = 0.3;

type Shape = Pick<TraceInfo, 'firstStep' | 'lastStep' | 'strideSteps'>;

/** The first step that the search does not see. */
export function resolveOrigin({ originStep }: Pick<SweepSettings, 'originStep'>, info: Shape): number {
  return clamp(originStep ?? usualOrigin(info), info.firstStep + info.strideSteps, endStep(info));
}

/** Origins whose horizons end at `originStep` or before, a horizon apart where there is room, ascending; none where nothing is known at any. */
export function innerOriginsOf(count: number, originStep: number, horizonSteps: number, { firstStep }: Shape): readonly number[] {
  const last = originStep - horizonSteps;
  const earliest = firstStep + Math.round((originStep - firstStep) * earliestPart);
  if (last <= firstStep) return [];
  if (last <= earliest || count === 1) return [last];
  const apart = Math.max(1, Math.min(horizonSteps, Math.floor((last - earliest) / (count - 1))));
  const origins = Array.from({ length: count }, (_, i) => last - (count - 1 - i) * apart);
  return origins.filter((origin) => origin >= earliest);
}

/** Whether a reference names the trace that is open. A sample is named by its id. */
export function isTraceOf(ref: TraceRef, { name, fingerprint }: Pick<TraceInfo, 'name' | 'fingerprint'>): boolean {
  return ref.kind === 'file' ? ref.fingerprint === fingerprint : ref.id === name;
}

export function sweepPlan(settings: SweepSettings, info: TraceInfo): SweepPlan {
  const originStep = resolveOrigin(settings, info);
  const { branches, sampler, trials, halving, grace, reduction, rungs, budgetSeconds, horizonSteps, innerOrigins, measure, coldShare, seed, elsewhere } = settings;
  return {
    space: branches, sampler, trials, halving: halving ? { grace, reduction, rungs } : null, budgetSeconds,
    layers: resolveLayers(settings.layers, info), originStep, horizonSteps,
    innerOrigins: innerOriginsOf(innerOrigins, originStep, horizonSteps, info),
    testOrigins: testOriginsOf(originStep, horizonSteps, info),
    measure, coldShare, seed, ...(elsewhere && !isTraceOf(elsewhere, info) ? { elsewhere } : {}),
  };
}

/** Why a plan cannot be run, and what to do; null where it can. */
export function sweepProblem({ space, halving, innerOrigins, horizonSteps, originStep }: SweepPlan): string | null {
  try {
    checkSpace(space);
    for (const { forecaster, values } of space) if (isTrained(forecaster)) checkedLstmSettings(values);
    rungsOfPlan({ space, halving });
  } catch (error) {
    const { message, remedy } = toErrorParts(error);
    return `${message.charAt(0).toUpperCase()}${message.slice(1)}${remedy ? `: ${remedy}` : ''}.`;
  }
  if (halving && space.some(({ dimensions }) => dimensions.some(({ parameter }) => parameter === 'iterations'))) return 'Successive halving decides on the iterations itself: vary them no longer, or switch it off.';
  if (innerOrigins.length === 0) return `Nothing is known ${horizonSteps.toLocaleString('en-US')} steps before step ${originStep.toLocaleString('en-US')}: choose a later origin or a shorter horizon.`;
  return null;
}

/** "32 trials, each at 2 origins of 12 layers; trained ones are judged after 30, 90 and 300 iterations, where 32, 10 and 3 of them are left" */
export function sweepInWords(plan: SweepPlan): string {
  const { space, trials, sampler, innerOrigins, layers, halving } = plan;
  const all = sampler === 'grid' ? Math.min(trials, gridSize(space)) : trials;
  const words = (count: number, word: string): string => `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
  const start = `${words(all, 'trial')}, each at ${words(innerOrigins.length, 'inner origin')} of ${words(layers.length, 'layer')}`;
  const rungs = rungsOfPlan(plan);
  if (!halving || rungs.length < 2 || !space.some(({ forecaster }) => isTrained(forecaster))) return start;
  const counts = rungCounts(all, rungs.length, halving.reduction);
  return `${start}; what is trained is judged after ${listed(rungs)} iterations, where ${listed(counts)} are left`;
}

/** "Its first round trains 64 models in 22 launches, some 40 MB on the GPU; all of it takes about 6 s." */
export function estimateInWords({ models, launches, bytes, onGpu, ms }: SweepEstimate): string {
  const takes = `takes about ${formatDuration(ms)}`;
  if (!onGpu) return `On the CPU it ${takes}.`;
  return `Its first round trains ${formatCount(models)} ${models === 1 ? 'model' : 'models'} in ${formatCount(launches)} ${launches === 1 ? 'launch' : 'launches'}, some ${formatBytes(bytes)} on the GPU; all of it ${takes}.`;
}

export function listed(values: readonly number[]): string {
  const words = values.map((value) => value.toLocaleString('en-US'));
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

export function traceName(ref: TraceRef): string {
  return ref.kind === 'sample' ? ref.id : ref.name;
}

/**
 * Where a sweep stands that is complete, or was stopped, but for its test on another trace: one that is new in the plan, or that could not
 * be tested on before. null where there is anything else to do, or nothing.
 */
export function untestedElsewhere({ ended, plan: before, state }: Pick<KeptSweep, 'ended' | 'plan' | 'state'>, now: SweepPlan): SweepState | null {
  if ((ended !== 'complete' && ended !== 'stopped') || !now.elsewhere) return null;
  const write = (plan: SweepPlan): string => JSON.stringify({ ...plan, elsewhere: undefined });
  if (write(before) !== write(now)) return null;
  const { test } = state;
  const same = JSON.stringify(before.elsewhere) === JSON.stringify(now.elsewhere);
  if (same && test?.elsewhere && testedElsewhere(test.elsewhere)) return null;
  return { ...state, test: test && { ...test, elsewhere: undefined } };
}

/** What of a plan is another than when a sweep was made. */
export function sweepChanges(before: SweepPlan, now: SweepPlan): readonly string[] {
  const shown: readonly (readonly [string, (plan: SweepPlan) => string])[] = [
    ['origin', ({ originStep }) => `step ${originStep.toLocaleString('en-US')}`],
    ['horizon', ({ horizonSteps }) => `${horizonSteps.toLocaleString('en-US')} steps`],
    ['number of trials', ({ trials }) => trials.toLocaleString('en-US')],
    ['sampler', ({ sampler }) => sampler],
    ['halving', ({ halving }) => (halving ? `1 in ${halving.reduction} after ${halving.grace}, ${halving.rungs ?? 'all'} rung${halving.rungs === 1 ? '' : 's'}` : 'none')],
    ['seed', ({ seed }) => String(seed)],
    ['trace to test on', ({ elsewhere }) => (elsewhere ? traceName(elsewhere) : 'none')],
  ];
  const changes = shown.flatMap(([label, write]) => (write(before) === write(now) ? [] : [`${label} changed from ${write(before)} to ${write(now)}`]));
  return changes.length > 0 || JSON.stringify(before) === JSON.stringify(now) ? changes : ['other settings were chosen'];
}
