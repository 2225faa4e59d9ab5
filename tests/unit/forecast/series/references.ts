import { readFileSync } from 'node:fs';

/** A file of `tests/fixtures/forecast/series`. */
export function reference(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/forecast/series/${name}.json`, import.meta.url), 'utf8'));
}

export interface RecordedSeries {
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly seasonal: Readonly<Record<string, { readonly period: number; readonly values: readonly number[] }>>;
}

export const recorded = reference('series') as RecordedSeries;

/** Standard deviation, n in the denominator. */
export function deviation(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(Array.from(values, (value) => (value - mean) ** 2)));
}

export function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Largest distance between two lists. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
