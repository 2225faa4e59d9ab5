/**
 * How near successive halving comes to the best of a whole grid at a quarter of its cost (`halving`), and what the samplers find
 * at equal cost on a wide space (`samplers`); on the recorded traces, in Node on the SIMD engine, on all cores. Each setting is
 * trained as a sweep trains it, and is judged at its inner origins; what was found best is tested on later steps.
 *
 *   node tests/bench/sweep-quality.mjs [what=halving,samplers] [traces=0,1,2] [origins=6000] [tables=FOLDER: keeps how every setting stands at every pause, and reads it there the next time] [samplers=random,sobol,tpe] [seeds=100 of halving, 8 of samplers] [trials=48]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { kernels } from '../../scripts/kernels.mjs';

const outDir = await mkdtemp(join(tmpdir(), 'gatecast-'));
try {
  await build({ configFile: false, logLevel: 'error', plugins: [kernels()], ssr: { noExternal: true }, build: { ssr: fileURLToPath(new URL('./sweep-quality.ts', import.meta.url)), outDir, target: 'es2022', emptyOutDir: true } });
  const bench = /** @type {typeof import('./sweep-quality.ts')} */ (await import(pathToFileURL(join(outDir, 'sweep-quality.js')).href));
  await bench.measure(process.argv.slice(2), fileURLToPath(new URL('../../samples', import.meta.url)), (line) => process.stdout.write(`${line}\n`));
} finally {
  await rm(outDir, { recursive: true });
}
