/**
 * How well the LSTM forecasts the recorded traces, against the sliding averages. Runs in Node on the
 * SIMD engine, on one core; some ten seconds as it stands:
 *
 *   node tests/bench/lstm-quality.mjs [horizon=1000] [from=2000] [every=1000] [seed=1] [traces=0,1,2] [bands=250] [any LSTM setting=value]
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { kernels } from '../../scripts/kernels.mjs';

/** @type {{ module: typeof import('./lstm-quality.ts') }} */
const { module } = await runnerImport(fileURLToPath(new URL('./lstm-quality.ts', import.meta.url)), { plugins: [kernels()] });
await module.measure(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
