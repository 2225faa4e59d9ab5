import { beforeAll, describe } from 'vitest';
import type { Engine } from '../../../workers/lstm/engine.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { createWasmEngine } from '../../../workers/lstm/wasm/engine.ts';
import { testPauses } from './pause-suite.ts';

let wasm: Engine;
beforeAll(async () => {
  wasm = await createWasmEngine();
});

describe('a pause, in WebAssembly', () => {
  testPauses(() => wasm);
});

describe('a pause, in plain TensorFlow.js', () => {
  testPauses(() => referenceEngine);
});
