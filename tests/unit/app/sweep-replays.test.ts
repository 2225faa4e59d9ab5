import { signal } from '@preact/signals';
import { describe, expect, test, vi } from 'vitest';
import type { OpenTrace } from '../../../src/app/session.ts';
import type { ReplayOptions, Replayed, ReplayTrial } from '../../../src/app/sweep-replay.ts';
import { createReplays } from '../../../src/app/sweep-replays.ts';
import type { SweepRun } from '../../../src/app/sweeps.ts';
import { GatecastError, cancelled } from '../../../src/errors.ts';
import type { SweepPlan, SweepTrial } from '../../../src/sweep/types.ts';

const openOf = (digit: string): OpenTrace => ({ info: { fingerprint: digit.repeat(32) } }) as unknown as OpenTrace;
const trial = { id: 3 } as unknown as SweepTrial;
const plan = {} as SweepPlan;

function set() {
  const trace = signal<OpenTrace | null>(openOf('1'));
  const active = signal<ReadonlyMap<string, SweepRun>>(new Map());
  const asked: ReplayOptions[] = [];
  const settle: { resolve?: (replayed: Replayed) => void; reject?: (error: GatecastError) => void } = {};
  const replayTrial: ReplayTrial = (_, __, options) => new Promise((resolve, reject) => {
    asked.push(options);
    Object.assign(settle, { resolve, reject });
    options.signal.addEventListener('abort', () => reject(cancelled()));
  });
  const replays = createReplays({ trace }, { active }, replayTrial);
  return { trace, active, asked, settle, replays, of: () => replays.latest.value.get('s') };
}

describe('a replay', () => {
  test('tells how far it is and what came of it, and another one may begin', async () => {
    const { replays, asked, settle, of } = set();
    replays.start('s', plan, 'then', trial);
    replays.start('s', plan, 'then', trial);
    expect(asked).toHaveLength(1);
    asked[0].onProgress({ done: 1, total: 2, unit: 'iterations', label: '' });
    expect(of()).toMatchObject({ began: 'then', trial, progress: { done: 1 }, replayed: null });
    settle.resolve?.({ byOrigin: [1] });
    await vi.waitFor(() => expect(of()?.replayed).toEqual({ byOrigin: [1] }));
    replays.start('s', plan, 'then', trial);
    expect(asked).toHaveLength(2);
  });

  test('that fails says why', async () => {
    const { replays, settle, of } = set();
    replays.start('s', plan, 'then', trial);
    settle.reject?.(new GatecastError({ code: 'device-lost', message: 'the GPU is gone' }));
    await vi.waitFor(() => expect(of()?.failure?.message).toBe('the GPU is gone'));
  });

  test('ends when it is cancelled, when another trace is opened, and when the sweep of its cell starts; nothing is said of it then', async () => {
    const { replays, asked, trace, active, of } = set();
    const endings = [
      () => replays.cancel('s'),
      () => { trace.value = openOf('2'); },
      () => { active.value = new Map([['s', {} as SweepRun]]); },
    ];
    for (const [i, end] of endings.entries()) {
      replays.start('s', plan, 'then', trial);
      end();
      expect(asked[i].signal.aborted).toBe(true);
      await Promise.resolve();
      await new Promise((done) => { setTimeout(done); });
      expect(of()).toBeUndefined();
    }
    replays.start('s', plan, 'then', trial);
    expect(asked).toHaveLength(3);
  });
});
