/** The time of day, for provenance alone: no result may depend on it. */
export function now(): Date {
  return new Date();
}
