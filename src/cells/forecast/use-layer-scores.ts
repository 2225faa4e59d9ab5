import { useRef } from 'preact/hooks';
import { useComputed } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import type { Session } from '../../app/session.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import type { ShownTrace } from '../use-shown-trace.ts';
import type { LayerScore } from './skill.ts';
import type { ShownTraining, TrainedForecast } from './training.ts';
import { allLayersFit } from './worker-room.ts';

/** Traces larger than this are not gone through layer by layer: every layer would have to be loaded. */
const mostBytes = 400e6;

const none: readonly LayerScore[] = [];

export interface LayerScores {
  /** Empty until they are known. */
  readonly scores: readonly LayerScore[];
  /** Whether they are of the newest forecasts; older ones stay until those are judged. */
  readonly newest: boolean;
  /** Why there are none. */
  readonly why: string;
}

/**
 * How the shown training does on all its layers. The forecast worker is asked layer by layer and once at a time: while
 * one round is under way the newest forecasts wait, and those between are never asked about.
 * @param version changes when the forecasts do
 */
export function useLayerScores(training: ShownTraining | null, version: number, { open: { info }, generation }: ShownTrace, coldShare: number): LayerScores {
  const { session } = useApp();
  // While training the worker is asked about all layers again and again.
  const tooLarge = info.byteLength > mostBytes || (training?.live === true && !allLayersFit(info));
  const wanted = training !== null && training.layers.length > 1 && training.forecasts.length > 0 && !tooLarge ? training : null;
  const subject = wanted && JSON.stringify([generation, info.fingerprint, wanted.originStep, wanted.horizonSteps, coldShare]);
  const key = wanted && `${subject} ${version}`;
  const answer = usePicture(key, async () => ({ key, subject, scores: wanted ? await scoreLayers(session, info, wanted, coldShare) : none }));
  // The answer alone: that a question is under way draws nothing anew.
  const value = useComputed(() => answer.value.value).value;
  if (tooLarge) return { scores: none, newest: true, why: training?.live ? 'Shown after the training: this trace is too large to judge all layers meanwhile' : 'This trace is too large to judge all layers at once' };
  if (!wanted) return { scores: none, newest: true, why: 'No forecast yet' };
  if (value?.subject !== subject) return { scores: none, newest: false, why: 'Judging the forecasts' };
  return { scores: value.scores, newest: value.key === key, why: 'Nothing came yet to judge by' };
}

async function scoreLayers(session: Session, info: TraceInfo, { forecasts, originStep, horizonSteps }: ShownTraining, coldShare: number): Promise<readonly LayerScore[]> {
  const all: LayerScore[] = [];
  for (const { layer, blocks, mean } of forecasts) {
    const picture = await session.forecast({
      layer, forecaster: { kind: 'given', blocks, mean: Float64Array.from(mean) }, originStep, horizonSteps, coldShare,
      drawn: { fromStep: originStep - info.strideSteps, toStep: originStep, experts: [], columns: 1, smoothingSteps: 1 },
    });
    if (picture.scores) all.push({ layer, forecast: picture.scores.forecast.loadBlock, average: picture.scores.average.loadBlock });
  }
  return all;
}

/** A number that changes when the forecasts do: each report comes with copies, and most hold what the last one held. */
export function useVersion(forecasts: readonly TrainedForecast[]): number {
  const kept = useRef({ forecasts, version: 0 });
  if (kept.current.forecasts !== forecasts) {
    const same = sameForecasts(kept.current.forecasts, forecasts);
    kept.current = { forecasts, version: kept.current.version + (same ? 0 : 1) };
  }
  return kept.current.version;
}

function sameForecasts(some: readonly TrainedForecast[], others: readonly TrainedForecast[]): boolean {
  return some.length === others.length && some.every(({ layer, blocks, mean }, i) => {
    const other = others[i];
    if (layer !== other.layer || blocks !== other.blocks || mean.length !== other.mean.length) return false;
    for (let at = 0; at < mean.length; at++) if (mean[at] !== other.mean[at]) return false;
    return true;
  });
}
