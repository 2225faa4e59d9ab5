import type { TraceInfo } from '../../../workers/contract.ts';

/** What the forecast worker holds at once, with some room left. */
const mostBytes = 400e6;
/** Of a layer in the forecast worker: a float32 share and a float64 running sum. */
const bytesAShare = 12;

/** The trace's other layers, for forecasters that learn from them too; none where the worker cannot hold all. */
export function othersOf(info: Pick<TraceInfo, 'layers' | 'rows'>, layer: number): readonly number[] {
  return allLayersFit(info) ? info.layers.map((_, index) => index).filter((index) => index !== layer) : [];
}

/** Whether the forecast worker can hold all layers of a trace side by side. */
export function allLayersFit({ layers, rows }: Pick<TraceInfo, 'layers' | 'rows'>): boolean {
  return layers.reduce((sum, { experts }) => sum + experts * rows, 0) * bytesAShare <= mostBytes;
}
