import { percentAxis, type YAxis } from '../../charts/series.ts';
import type { Measure } from '../../forecast/comparison/types.ts';

/** How a measure is called and drawn. */
export interface MeasureLook {
  readonly measure: Measure;
  /** As it begins a sentence: "Load error, block mean". */
  readonly label: string;
  /** Of a table's columns; missing for a ratio. */
  readonly unit?: string;
  readonly axis: YAxis;
  readonly digits: number;
}

/** Logarithmic: errors are compared by their ratio, and the last value's is many times the others'. */
const log = { log: true } as const;
const plainAxis = (label: string): YAxis => ({ label, limits: [0, Infinity], ...log });

export const measureLooks: readonly MeasureLook[] = [
  { measure: 'loadBlock', label: 'Load error, block mean', unit: '%', axis: percentAxis('load error of the mean, %', log), digits: 2 },
  { measure: 'loadPerStep', label: 'Load error, per step', unit: '%', axis: percentAxis('load error per step, %', log), digits: 2 },
  { measure: 'relativeBlock', label: 'Relative error, block mean', unit: '%', axis: percentAxis('relative error of the mean, %', log), digits: 2 },
  { measure: 'relativePerStep', label: 'Relative error, per step', unit: '%', axis: percentAxis('relative error per step, %', log), digits: 2 },
  { measure: 'absoluteBlock', label: 'Absolute error, block mean', unit: 'points', axis: plainAxis('absolute error of the mean, percentage points'), digits: 3 },
  { measure: 'absolutePerStep', label: 'Absolute error, per step', unit: 'points', axis: plainAxis('absolute error per step, percentage points'), digits: 3 },
  { measure: 'mase', label: 'MASE', axis: plainAxis('mean absolute scaled error'), digits: 2 },
];

/** The measure that everything is judged by unless another is asked for. */
export const usualLook = measureLooks[0];

/** The averages in hindsight are known by this measure alone. */
export const hasAverages = ({ measure }: MeasureLook): boolean => measure === 'loadBlock';
