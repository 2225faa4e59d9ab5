import { GatecastError } from '../errors.ts';

/** Asks a worker that holds nothing, and once more where it died. */
export async function againOnDeath<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GatecastError) || error.code !== 'worker-died') throw error;
    return ask();
  }
}
