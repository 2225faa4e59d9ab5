/**
 * How well the LSTM forecasts the recorded traces, against the sliding averages. Runs in Node on TensorFlow.js's
 * WebAssembly backend, on one core; a minute as it stands:
 *
 *   node tests/bench/lstm-quality.mjs [horizon=1000] [from=2000] [every=1000] [seed=1] [traces=0,1,2] [any LSTM setting=value]
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./lstm-quality.ts') }} */
const { module } = await runnerImport(fileURLToPath(new URL('./lstm-quality.ts', import.meta.url)));
await module.measure(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
