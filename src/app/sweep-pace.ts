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

/** Measured on an NVIDIA H100 and on two cores of a Xeon, `docs/performance.md`; corrected by what is measured here. */
const gpuStepMs = 0.25;
const gpuOperationsPerMs = 5e9;
const cpuOperationsPerMs = 3e6;

type Shape = Pick<TraceInfo, 'layers'>;

/** Whether a preference comes to a GPU here, as far as is known before anything was trained. */
export function trainsOnGpu(preference: DevicePreference): boolean {
  if (preference !== 'auto') return preference === 'webgpu';
  const { value } = adapterGlance;
  return value.state === 'found' && !value.software;
}

/** @returns null where nothing is trained @throws GatecastError `bad-setting` for a plan that cannot be run */
export function estimateSweep(plan: SweepPlan, info: Shape, onGpu: boolean): SweepEstimate | null {
  const workload = workloadOf(plan, (layer) => info.layers[layer].experts, onGpu ? mostModels.gpu : mostModels.cpu);
  return workload && { ...workload, onGpu, ms: plainMs(workload, onGpu) * paceOf(onGpu) };
}

/** Learns from a sweep that was run from its start to its end. */
export function learnPace(plan: SweepPlan, info: Shape, backend: BackendName, elapsedMs: number): void {
  const onGpu = backend === 'webgpu';
  const workload = workloadOf(plan, (layer) => info.layers[layer].experts, onGpu ? mostModels.gpu : mostModels.cpu);
  if (workload) remember(keyOf(onGpu), String(elapsedMs / plainMs(workload, onGpu)));
}

function plainMs({ operations, steps }: Workload, onGpu: boolean): number {
  if (onGpu) return steps * gpuStepMs + operations / gpuOperationsPerMs;
  return operations / (cpuOperationsPerMs * Math.max(1, navigator.hardwareConcurrency));
}

const keyOf = (onGpu: boolean): string => `gatecast.sweep-pace.${onGpu ? 'gpu' : 'cpu'}`;

function paceOf(onGpu: boolean): number {
  const pace = Number(remembered(keyOf(onGpu)) ?? 1);
  return pace > 0 && Number.isFinite(pace) ? pace : 1;
}
