/**
 * A notebook's settings outlive the trace that they were made on. These functions fit them to the open one for drawing;
 * the document keeps what the person chose.
 */
import type { LoadSettings } from '../notebook/kinds/load.ts';
import type { ForecastSettings } from '../notebook/kinds/forecast.ts';
import { endStep, usualOrigin } from '../trace/recorded-span.ts';
import type { StepSpan, TraceInfo } from '../../workers/contract.ts';

export const clamp = (value: number, minimum: number, maximum: number): number => Math.min(Math.max(value, minimum), Math.max(minimum, maximum));

export function resolveLayer(layer: number, info: TraceInfo): number {
  return clamp(layer, 0, info.layers.length - 1);
}

/** The experts that the layer has; the first ones when none is left. */
export function resolveExperts(experts: readonly number[], layer: number, info: TraceInfo): readonly number[] {
  const count = info.layers[layer].experts;
  const there = experts.filter((expert) => expert < count);
  return there.length > 0 || experts.length === 0 ? there : Array.from({ length: Math.min(4, count) }, (_, expert) => expert);
}

export function resolveSpan(settings: Pick<LoadSettings, 'fromStep' | 'toStep'>, info: TraceInfo): StepSpan {
  const fromStep = clamp(settings.fromStep ?? info.firstStep, info.firstStep, info.lastStep);
  const toStep = clamp(settings.toStep ?? endStep(info), info.firstStep, endStep(info));
  return toStep > fromStep ? { fromStep, toStep } : { fromStep: info.firstStep, toStep: endStep(info) };
}

export interface ForecastSpan {
  readonly originStep: number;
  readonly windowSteps: number;
  readonly horizonSteps: number;
  /** Limits of the sliders. */
  readonly longestWindow: number;
  readonly longestHorizon: number;
  readonly firstOrigin: number;
  readonly lastOrigin: number;
}

/** Origin, window and horizon as they fit the trace; an origin that was never chosen, or lies outside of it, is at three quarters. */
export function resolveForecast(settings: Pick<ForecastSettings, 'originStep' | 'windowSteps' | 'horizonSteps'>, info: TraceInfo): ForecastSpan {
  const length = endStep(info) - info.firstStep;
  const firstOrigin = info.firstStep + info.strideSteps;
  const lastOrigin = endStep(info);
  const chosen = settings.originStep;
  const originStep = chosen !== null && chosen >= firstOrigin && chosen <= lastOrigin ? chosen : clamp(usualOrigin(info), firstOrigin, lastOrigin);
  const longest = Math.max(info.strideSteps, Math.min(length, 4000));
  return {
    originStep,
    windowSteps: clamp(settings.windowSteps, info.strideSteps, longest),
    horizonSteps: clamp(settings.horizonSteps, info.strideSteps, longest),
    longestWindow: longest,
    longestHorizon: longest,
    firstOrigin,
    lastOrigin,
  };
}

/** "layer 3", or the name that the file gives it. */
export function layerLabel(name: string): string {
  return /^\d+$/.test(name) ? `layer ${name}` : name;
}
