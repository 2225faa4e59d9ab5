import { signal, type ReadonlySignal } from '@preact/signals';
import { toErrorParts, type ErrorParts } from '../errors.ts';
import type { StoredTrace } from '../../workers/contract.ts';
import type { Workers } from './workers.ts';

/** Traces that this browser keeps, so that they open without their files. */
export interface KeptTraces {
  /** The latest opened first; null until they were first asked for. */
  readonly list: ReadonlySignal<readonly StoredTrace[] | null>;
  /** Whether the browser promised not to clear them away by itself; null where it was not asked. */
  readonly promised: ReadonlySignal<boolean | null>;
  /** Why the list could not be read or changed. */
  readonly problem: ReadonlySignal<ErrorParts | null>;
  refresh(): Promise<void>;
  remove(fingerprint: string): Promise<void>;
  /** Asks the browser not to clear the page's storage away; some ask the person. */
  askToStay(): Promise<void>;
}

export function createKeptTraces(trace: Workers['trace']): KeptTraces {
  const list = signal<readonly StoredTrace[] | null>(null);
  const promised = signal<boolean | null>(null);
  const problem = signal<ErrorParts | null>(null);

  async function refresh(): Promise<void> {
    try {
      list.value = await trace.call('kept', {});
      problem.value = null;
    } catch (error) {
      problem.value = toErrorParts(error);
    }
  }

  return {
    list, promised, problem, refresh,
    async remove(fingerprint) {
      try {
        await trace.call('forget', { fingerprint });
      } catch (error) {
        problem.value = toErrorParts(error);
        return;
      }
      await refresh();
    },
    async askToStay() {
      // Missing where the page is not served securely.
      promised.value = await navigator.storage?.persist?.().catch(() => false) ?? null;
    },
  };
}
