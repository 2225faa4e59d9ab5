import { GatecastError } from '../../../src/errors.ts';
import { breathe, giving, serve } from '../../../workers/serve.ts';
import type { EchoApi } from './echo.contract.ts';

let lastGiven = new ArrayBuffer(0);
let lastEnd = 'never ran';

serve<EchoApi>({
  echo: ({ text }) => text,
  failTyped: () => {
    throw new GatecastError({ code: 'bad-input', message: '"abc" is not a count', where: 'line 48', remedy: 'fix the cell' });
  },
  failPlain: () => {
    throw new TypeError('not of ours');
  },
  allocate: ({ bytes }) => {
    lastGiven = new ArrayBuffer(bytes);
    return null;
  },
  count: ({ to }, { onProgress }) => {
    for (let i = 1; i <= to; i++) onProgress(i);
    return to;
  },
  countForEver: async (_, { signal, onProgress }) => {
    lastEnd = 'running';
    let i = 0;
    for (; !signal.aborted; i++) {
      onProgress(i);
      await breathe();
    }
    for (let late = 0; late < 5; late++) onProgress(i + late);
    lastEnd = 'aborted';
    return null;
  },
  block: ({ milliseconds }) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    return null;
  },
  giveBack: ({ buffer }) => {
    lastGiven = buffer;
    return giving({ received: buffer.byteLength, buffer }, [buffer]);
  },
  bytesLeft: () => lastGiven.byteLength,
  lastEnd: () => lastEnd,
  never: () => new Promise(() => {}),
  close: () => {
    self.close();
    return new Promise(() => {});
  },
  throwLater: () => {
    setTimeout(() => {
      throw new Error('boom');
    }, 0);
    return new Promise(() => {});
  },
  unreadable: () => {
    self.dispatchEvent(new MessageEvent('messageerror'));
    return new Promise(() => {});
  },
  giveFunction: () => () => 1,
});
