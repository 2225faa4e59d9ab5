import { expect } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';

/** The GatecastError that something throws; any other outcome fails the test. */
export function refusal(act: () => unknown): GatecastError {
  let value: unknown;
  try {
    value = act();
  } catch (error) {
    if (error instanceof GatecastError) return error;
    expect.fail(`threw something else: ${String(error)}`);
  }
  return expect.fail(`was accepted: ${JSON.stringify(value).slice(0, 200)}`);
}

/** What something gives, or the GatecastError that it throws; anything else thrown fails the test. */
export function outcome<Value>(act: () => Value): Value | GatecastError {
  try {
    return act();
  } catch (error) {
    if (error instanceof GatecastError) return error;
    throw error;
  }
}
