/** Forecasters that are trained in the worker with the engines; a Forecast cell has Run for them. */
const trained: readonly string[] = ['lstm', 'auto'];

export function isTrained(id: string): boolean {
  return trained.includes(id);
}
