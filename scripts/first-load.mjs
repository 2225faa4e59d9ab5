/** How much JavaScript the built page loads before anything else: its scripts, their static imports, gzipped. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Compressed JavaScript of the first load, bytes at most. */
export const FIRST_LOAD_LIMIT = 250_000;

// `import x from "./a.js"`, `import "./a.js"`, `export * from "./a.js"`, minified or not; dynamic imports have a parenthesis.
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)(?:[\s\w$,{}*]*?\bfrom)?\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * The scripts of the first load by path in the built folder, in the order found.
 * @param {string} dist
 * @returns {{ path: string, gzipBytes: number }[]}
 */
export function firstLoad(dist) {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const tags = [...page.matchAll(/<(?:script|link)\b[^>]*>/g)].map(([tag]) => tag)
    .filter((tag) => tag.startsWith('<script') || /rel="?modulepreload/.test(tag));
  const waiting = tags.flatMap((tag) => /(?:src|href)="?([^"\s>]+)/.exec(tag)?.[1] ?? []).map((address) => posix.normalize(address));
  /** @type {Map<string, number>} */
  const found = new Map();
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (found.has(path)) continue;
    if (!existsSync(join(dist, path))) throw new Error(`the built page asks for ${path}, which does not exist`);
    const code = readFileSync(join(dist, path));
    found.set(path, gzipSync(code).length);
    for (const [, address] of code.toString('utf8').matchAll(STATIC_IMPORT)) waiting.push(posix.join(dirname(path), address));
  }
  return [...found].map(([path, gzipBytes]) => ({ path, gzipBytes }));
}

/**
 * @param {string} dist
 * @returns {string} what was measured
 * @throws when it is over the limit, or when nothing was found to measure
 */
export function checkFirstLoad(dist) {
  const scripts = firstLoad(dist);
  const total = scripts.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
  const list = scripts.map(({ path, gzipBytes }) => `${path} ${kB(gzipBytes)}`).join(', ');
  if (scripts.length === 0) throw new Error('the built page has no script');
  const said = `JavaScript of the first load, gzipped: ${kB(total)} of ${kB(FIRST_LOAD_LIMIT)} (${list})`;
  if (total >= FIRST_LOAD_LIMIT) throw new Error(`${said}; load what is not seen at once with import()`);
  return said;
}

/** @param {number} bytes */
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
