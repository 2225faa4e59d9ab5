import { GatecastError } from '../errors.ts';
import { show } from './fields.ts';

/** Turns a document of version n, as parsed, into one of version n + 1. */
export type Migration = (document: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** By the version that they start from. Version 1 is the first: there are none yet. */
export const migrations: Readonly<Record<number, Migration>> = {};

/**
 * Brings a document up to the current version.
 * @throws GatecastError `bad-input` where "version" for anything newer, or of no known version
 */
export function migrate(
  document: Readonly<Record<string, unknown>>,
  current: number,
  steps: Readonly<Record<number, Migration>> = migrations,
): Readonly<Record<string, unknown>> {
  const { version } = document;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new GatecastError({
      code: 'bad-input',
      message: `${show(version)} is not a version of the notebook format; this Gatecast reads version ${current}`,
      where: 'version',
      remedy: 'take a file that Gatecast saved',
    });
  }
  if (version > current) {
    throw new GatecastError({
      code: 'bad-input',
      message: `this notebook has version ${version}, made by a newer Gatecast; this one reads version ${current}`,
      where: 'version',
      remedy: `open it there, or export it there as version ${current}`,
    });
  }
  let moved = document;
  for (let from = version; from < current; from++) {
    const step = Object.hasOwn(steps, from) ? steps[from] : undefined;
    if (!step) {
      throw new GatecastError({ code: 'bad-input', message: `this Gatecast no longer reads notebooks of version ${from}`, where: 'version', remedy: 'open and save it with an older Gatecast first' });
    }
    moved = { ...step(moved), version: from + 1 };
  }
  return moved;
}
