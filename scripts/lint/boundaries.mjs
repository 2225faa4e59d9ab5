/**
 * Who may import whom. Paths are from the project's root; the lint rule in `gatecast.mjs` enforces it.
 *
 *   pure      src/{trace,states,forecast,paper,sweep,placement}, src/*.ts mathematics and data
 *   view      src/{cells,charts,ui,notebook,shell}                    what is seen; knows of workers only their types
 *   app       src/app, src/main.tsx                                   starts workers and puts everything together
 *   workers   workers/                                                pure code and TensorFlow.js, off the page's thread
 *
 * One worker starts others: the one that trains deals models to the cores (workers/lstm/wasm/pool.ts), which only it knows of.
 */

const AREAS = [
  { name: 'pure', under: /^src\/(trace|states|forecast|paper|sweep|placement)\// },
  { name: 'view', under: /^src\/(cells|charts|ui|notebook|shell)\// },
  { name: 'app', under: /^src\/(app\/|main\.)/ },
  { name: 'pure', under: /^src\/[^/]+$/ },
  { name: 'workers', under: /^workers\// },
];

/** Packages that pure code may use: they touch neither DOM nor GPU. */
const PURE_PACKAGES = new Set(['brotli', 'fflate', 'valibot', 'xxhash-wasm']);
const CONTRACT = 'workers/contract.ts';
const CALL_LAYER = new Set(['workers/client.ts', 'workers/serve.ts']);

/** The area that a file belongs to; null for tests, scripts and settings, which may import what they like. @param {string} path */
export function areaOf(path) {
  return AREAS.find(({ under }) => under.test(path))?.name ?? null;
}

/** @param {string} name */
function packageName(name) {
  return name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Why a file may not import something, or null when it may.
 * @param {string} from path of the importing file
 * @param {{ path?: string, package?: string }} target what is imported: a path of the project, or a package
 * @param {boolean} typesOnly the import leaves nothing in the built code
 * @returns {string | null}
 */
export function forbidden(from, target, typesOnly) {
  const area = areaOf(from);
  if (target.package !== undefined) return area && forbiddenPackage(area, from, packageName(target.package), typesOnly);
  const path = target.path ?? '';
  if (path.startsWith('..') || /^(tests|scripts|node_modules|dist)\//.test(path)) return 'the app is made of src and workers alone';
  if (area === 'pure') return forbiddenToPure(path);
  if (area === 'view') return forbiddenToView(path, typesOnly);
  if (area === 'app') return forbiddenToApp(path, typesOnly);
  if (area === 'workers' && areaOf(path) === 'view') return 'workers draw nothing';
  if (area === 'workers' && areaOf(path) === 'app') return 'workers do not know the page';
  return null;
}

/** @param {string} area @param {string} from @param {string} name @param {boolean} typesOnly */
function forbiddenPackage(area, from, name, typesOnly) {
  if (name.startsWith('@tensorflow') && area !== 'workers') return 'TensorFlow.js comes only with its worker';
  if (area === 'pure' && !typesOnly && !PURE_PACKAGES.has(name)) return `pure code may use ${[...PURE_PACKAGES].join(', ')} alone`;
  if (name === 'comlink' && !CALL_LAYER.has(from)) return 'workers are reached through the call layer (workers/client.ts, workers/serve.ts)';
  if (area === 'workers' && /^(preact|@preact\/|@observablehq\/|dompurify|marked)/.test(name)) return 'workers draw nothing';
  if (name.startsWith('node:')) return 'it runs in a browser';
  return null;
}

/** @param {string} path */
function forbiddenToPure(path) {
  // Addresses of the samples' files; no code.
  if (path.startsWith('samples/')) return null;
  return areaOf(path) === 'pure' ? null : 'pure code (trace, states, forecast, paper, sweep, placement) imports pure code alone';
}

/** @param {string} path @param {boolean} typesOnly */
function forbiddenToView(path, typesOnly) {
  if (path.startsWith('workers/')) {
    if (path !== CONTRACT) return `of workers, only the types in ${CONTRACT} are known here`;
    if (!typesOnly) return `${CONTRACT} is imported with "import type"`;
  }
  if (path.startsWith('src/main.')) return 'src/main starts the app and is imported by nobody';
  return null;
}

/** @param {string} path @param {boolean} typesOnly */
function forbiddenToApp(path, typesOnly) {
  if (!path.startsWith('workers/') || path === 'workers/client.ts' || path.endsWith('.worker.ts')) return null;
  return path === CONTRACT && typesOnly ? null : 'of workers, the app knows client.ts, the types of contract.ts, and the address of a worker';
}
