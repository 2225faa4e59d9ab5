/** How long a sweep will take: from its arithmetic, and from how long earlier ones took on the same device. */
import type { BackendName, TraceInfo } from '../../workers/contract.ts';
import type { SweepPlan } from '../sweep/types.ts';
import { workloadOf, type Workload } from '../sweep/workload.ts';
import { remember, remembered } from '../ui/remembered.ts';
import { adapterGlance } from './adapter.ts';
import { mostModels } from './origin-trainer.ts';
import type { DevicePreference } from './runs.ts';

export interface SweepEstimate extends Workload {
  readonly onGpu: boolean;
  readonly ms: number;
}

/** From the sweeps of `docs/performance.md`, on an NVIDIA H100 and on two cores; corrected by what is measured here. */
const gpuStepMs = 1;
const gpuOperationsPerMs = 5e9;
const cpuOperationsPerMs = 8e6;
/** Kernels of a shape that a card sees for the first time are compiled. */
const compileMs = 400;
/** No pace is believed to be faster or slower than the plain one by more than this. */
const mostTimes = 20;

type Shape = Pick<TraceInfo, 'layers'>;

/** Whether a preference comes to a GPU here, as far as is known before anything was trained. */
export function trainsOnGpu(preference: DevicePreference): boolean {
  if (preference !== 'auto') return preference === 'webgpu';
  const { value } = adapterGlance;
  return value.state === 'found' && !value.software;
}

/** @returns null where nothing is trained @throws GatecastError `bad-setting` for a plan that cannot be run */
export function estimateSweep(plan: SweepPlan, info: Shape, onGpu: boolean): SweepEstimate | null {
  const workload = workloadOn(plan, info, onGpu);
  if (!workload) return null;
  const pace = paceOf(onGpu);
  return { ...workload, onGpu, ms: plainMs(workload, onGpu) * (pace ?? 1) + (pace === null ? firstMs(workload, onGpu) : 0) };
}

/** Learns from a sweep that was run from its start to its end. */
export function learnPace(plan: SweepPlan, info: Shape, backend: BackendName, elapsedMs: number): void {
  const onGpu = backend === 'webgpu';
  const workload = workloadOn(plan, info, onGpu);
  if (!workload) return;
  const first = paceOf(onGpu) === null ? firstMs(workload, onGpu) : 0;
  const pace = (elapsedMs - first) / plainMs(workload, onGpu);
  remember(keyOf(onGpu), String(Math.min(mostTimes, Math.max(1 / mostTimes, pace))));
}

function workloadOn(plan: SweepPlan, { layers }: Shape, onGpu: boolean): Workload | null {
  return workloadOf(plan, (layer) => layers[layer].experts, onGpu ? mostModels.gpu : mostModels.cpu);
}

function firstMs({ launches }: Workload, onGpu: boolean): number {
  return onGpu ? launches * compileMs : 0;
}

function plainMs({ operations, steps }: Workload, onGpu: boolean): number {
  if (onGpu) return steps * gpuStepMs + operations / gpuOperationsPerMs;
  return operations / (cpuOperationsPerMs * Math.max(1, navigator.hardwareConcurrency));
}

const keyOf = (onGpu: boolean): string => `gatecast.sweep-pace.${onGpu ? 'gpu' : 'cpu'}`;

/** Time over the plain one, of the last sweep; null before the first. */
function paceOf(onGpu: boolean): number | null {
  const pace = Number(remembered(keyOf(onGpu)) ?? NaN);
  return pace > 0 && Number.isFinite(pace) ? pace : null;
}
