/**
 * How well the LSTM forecasts the recorded traces, against the sliding averages. Runs in Node on TensorFlow.js's
 * WebAssembly backend, one core:
 *
 *   node tests/bench/lstm-quality.mjs [horizon=1000] [from=2000] [every=1000] [form=pooled] [traces=0,1,2] [any LSTM setting=value]
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('./lstm-quality.ts', import.meta.url)));
await module.main(process.argv.slice(2));
