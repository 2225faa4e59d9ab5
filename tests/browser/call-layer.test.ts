import { afterEach, describe, expect, test, vi } from 'vitest';
import { cdp } from 'vitest/browser';
import { GatecastError } from '../../src/errors.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { EchoApi } from './workers/echo.contract.ts';

const clients: WorkerClient<EchoApi>[] = [];

function client(start = startEcho, onDeath?: (error: GatecastError) => void): WorkerClient<EchoApi> {
  const made = new WorkerClient<EchoApi>(start, onDeath);
  clients.push(made);
  return made;
}

function startEcho(): Worker {
  return new Worker(new URL('./workers/echo.worker.ts', import.meta.url), { type: 'module' });
}

function startFromNowhere(): Worker {
  const address = URL.createObjectURL(new Blob([]));
  URL.revokeObjectURL(address);
  return new Worker(address, { type: 'module' });
}

/** The parts of the error that a call rejects with. */
async function failureOf(call: Promise<unknown>): Promise<GatecastError> {
  const error = await call.then((value) => expect.fail(`answered ${JSON.stringify(value)}`), (reason: unknown) => reason);
  expect(error).toBeInstanceOf(GatecastError);
  return error as GatecastError;
}

afterEach(() => {
  for (const one of clients.splice(0)) one.kill();
});

describe('an answer', () => {
  test('comes back to its own call, whatever the order', async () => {
    const echo = client();
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => echo.call('echo', { text })));
    expect(answers).toEqual(['a', 'b', 'c']);
  });

  test('moves the buffers that either side gives away', async () => {
    const echo = client();
    const buffer = new ArrayBuffer(64);
    const answer = await echo.call('giveBack', { buffer }, { transfer: [buffer] });
    expect(buffer.byteLength).toBe(0);
    expect(answer.received).toBe(64);
    expect(answer.buffer.byteLength).toBe(64);
    expect(await echo.call('bytesLeft', null)).toBe(0);
  });

  test('copies the buffers that are not given away', async () => {
    const buffer = new ArrayBuffer(64);
    await client().call('giveBack', { buffer });
    expect(buffer.byteLength).toBe(64);
  });
});

describe('an error', () => {
  test('of ours keeps its code, place and remedy', async () => {
    const error = await failureOf(client().call('failTyped', null));
    expect(error).toMatchObject({ code: 'bad-input', message: '"abc" is not a count', where: 'line 48', remedy: 'fix the cell' });
  });

  test('of anything else is internal and keeps its message', async () => {
    expect(await failureOf(client().call('failPlain', null))).toMatchObject({ code: 'internal', message: 'not of ours' });
  });

  test('of a failed allocation says that memory ran out, and the worker lives on', async () => {
    const echo = client();
    expect(await failureOf(echo.call('allocate', { bytes: Number.MAX_SAFE_INTEGER }))).toMatchObject({ code: 'out-of-memory' });
    expect(await echo.call('echo', { text: 'still here' })).toBe('still here');
    expect(echo.generation).toBe(1);
  });

  test('is given for a request that cannot be sent and an answer that cannot', async () => {
    const echo = client();
    const unsendable = { text: 'x', more: () => {} };
    expect(await failureOf(echo.call('echo', unsendable))).toMatchObject({ code: 'internal' });
    expect(await failureOf(echo.call('giveFunction', null))).toMatchObject({ code: 'internal' });
    expect(await echo.call('echo', { text: 'still here' })).toBe('still here');
  });

  test('names a method that the worker does not have', async () => {
    const other = client() as unknown as WorkerClient<{ missing: EchoApi['echo'] }>;
    expect(await failureOf(other.call('missing', { text: '' }))).toMatchObject({ code: 'internal', message: 'this worker has no method "missing"' });
  });
});

describe('reports', () => {
  test('arrive in order, every one of them before the answer', async () => {
    const seen: number[] = [];
    await client().call('count', { to: 500 }, { onProgress: (i) => seen.push(i) });
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  test('go to their own call', async () => {
    const echo = client();
    const seen: Record<string, number[]> = { a: [], b: [] };
    await Promise.all([
      echo.call('count', { to: 2 }, { onProgress: (i) => seen.a.push(i) }),
      echo.call('count', { to: 3 }, { onProgress: (i) => seen.b.push(i) }),
    ]);
    expect(seen).toEqual({ a: [1, 2], b: [1, 2, 3] });
  });

  test('stop once the call is cancelled', async () => {
    const echo = client();
    const control = new AbortController();
    let seen = 0;
    const running = echo.call('countForEver', null, { signal: control.signal, onProgress: () => seen++ });
    await vi.waitUntil(() => seen > 3);
    control.abort();
    const before = seen;
    await failureOf(running);
    await vi.waitUntil(async () => await echo.call('lastEnd', null) === 'aborted');
    expect(seen).toBe(before);
  });
});

describe('cancelling', () => {
  test('aborts the work inside the worker', async () => {
    const echo = client();
    const control = new AbortController();
    const running = echo.call('countForEver', null, { signal: control.signal });
    expect(await echo.call('lastEnd', null)).toBe('running');
    control.abort();
    expect(await failureOf(running)).toMatchObject({ code: 'cancelled' });
    await vi.waitUntil(async () => await echo.call('lastEnd', null) === 'aborted');
    expect(echo.generation).toBe(1);
  });

  test('rejects at once even when the worker is too busy to hear it', async () => {
    const echo = client();
    await echo.call('echo', { text: 'awake' });
    const control = new AbortController();
    const running = echo.call('block', { milliseconds: 1000 }, { signal: control.signal });
    const started = performance.now();
    control.abort();
    expect(await failureOf(running)).toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('before the call starts no worker', async () => {
    const start = vi.fn(startEcho);
    expect(await failureOf(client(start).call('echo', { text: '' }, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'cancelled' });
    expect(start).not.toHaveBeenCalled();
  });
});

describe('a worker that dies', () => {
  test('by being killed rejects everything that waits, once, and is replaced at the next call', async () => {
    const deaths: GatecastError[] = [];
    const echo = client(startEcho, (error) => deaths.push(error));
    const waiting = [0, 1, 2].map(() => failureOf(echo.call('never', null)));
    expect(echo.generation).toBe(1);
    echo.kill();
    for (const failure of await Promise.all(waiting)) expect(failure).toMatchObject({ code: 'worker-died' });
    expect(deaths).toHaveLength(1);
    expect(echo.generation).toBe(1);
    expect(await echo.call('echo', { text: 'new' })).toBe('new');
    expect(echo.generation).toBe(2);
  });

  test('by being killed for a reason gives that reason', async () => {
    const echo = client();
    const waiting = echo.call('never', null);
    echo.kill(new GatecastError({ code: 'device-lost', message: 'the GPU device was lost' }));
    expect(await failureOf(waiting)).toMatchObject({ code: 'device-lost' });
  });

  test.each(['throwLater', 'unreadable', 'close'] as const)('by itself (%s) rejects what waits and is replaced', async (way) => {
    const deaths: GatecastError[] = [];
    const echo = client(startEcho, (error) => deaths.push(error));
    const failures = await Promise.all([failureOf(echo.call('never', null)), failureOf(echo.call(way, null))]);
    expect(failures.map(({ code }) => code)).toEqual(['worker-died', 'worker-died']);
    expect(deaths).toHaveLength(1);
    expect(await echo.call('echo', { text: 'new' })).toBe('new');
    expect(echo.generation).toBe(2);
  });

  test.each([
    ['throws while starting', () => new Worker(new URL('./workers/broken.worker.ts', import.meta.url), { type: 'module' })],
    ['rejects while starting', () => new Worker(new URL('./workers/rejecting.worker.ts', import.meta.url), { type: 'module' })],
    ['cannot be loaded', startFromNowhere],
  ])('because it %s rejects its calls', async (_, start) => {
    const echo = client(start);
    const failures = await Promise.all([failureOf(echo.call('echo', { text: '' })), failureOf(echo.call('never', null))]);
    expect(failures.map(({ code }) => code)).toEqual(['worker-died', 'worker-died']);
  });

  test('because it cannot be started at all rejects its calls', async () => {
    const refuse = (): Worker => {
      throw new DOMException('refused by policy', 'SecurityError');
    };
    await expect(client(refuse).call('echo', { text: '' })).rejects.toThrow('refused by policy');
  });
});

test('a thousand calls with reports leave nothing behind', async () => {
  const echo = client();
  const channels = vi.spyOn(globalThis, 'MessageChannel');
  const listeners = vi.spyOn(Worker.prototype, 'addEventListener');
  await echo.call('echo', { text: 'awake' });
  const listenersAtStart = listeners.mock.calls.length;
  const control = new AbortController();
  const kept: WeakRef<object>[] = [];
  for (let i = 0; i < 1000; i++) {
    const onProgress = (): void => {};
    kept.push(new WeakRef(onProgress));
    await echo.call('count', { to: 3 }, { signal: control.signal, onProgress });
  }
  expect(channels).not.toHaveBeenCalled();
  expect(listeners.mock.calls.length).toBe(listenersAtStart);
  vi.restoreAllMocks();
  // A WeakRef holds its target until the task that made it ends.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await cdp().send('HeapProfiler.collectGarbage');
  expect(kept.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
});
