/**
 * The licences of everything that the built app is made of. All packages that the app depends on are named,
 * whether the page or only a worker carries them: bundlers do not collect the notices of a worker.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'MPL-2.0 OR Apache-2.0', 'CC0-1.0', 'Unlicense', 'BlueOak-1.0.0']);
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
/** Packages that name their licence and copyright in their sources, and do not carry the text: it is taken from `licenses/`. */
const WITHOUT_TEXT = [
  { names: /^@tensorflow\/tfjs-/, copyright: 'Copyright Google LLC' },
  { names: /^brotli$/, copyright: 'Copyright 2015 Devon Govett. Copyright 2013 Google Inc. (decoder, Apache-2.0)' },
  { names: /^seedrandom$/, copyright: 'Copyright 2019 David Bau.' },
];
/** Dependencies of TensorFlow.js for Node.js, which no browser bundle holds. */
const NOT_FOR_BROWSERS = new Set(['node-fetch']);
const TEXTS = join(import.meta.dirname, 'licenses');

/** @param {string} path @returns {any} */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Installed packages that the app itself needs, by path in node_modules.
 * @param {Record<string, any>} packages the lock file's
 * @returns {string[]}
 */
export function productionPaths(packages) {
  /** @type {Set<string>} */
  const found = new Set();
  /** As Node.js does: beside the package that asks, then beside each one above it. @param {string} from @param {string} name */
  const resolvePackage = (from, name) => {
    const above = from === '' ? [] : from.split(/(?:^|\/)node_modules\//).slice(1);
    for (let depth = above.length; depth >= 0; depth--) {
      const path = [...above.slice(0, depth), name].map((part) => `node_modules/${part}`).join('/');
      if (packages[path]) return path;
    }
    throw new Error(`package-lock.json does not hold ${name}, which ${from || 'the app'} needs`);
  };
  /** @param {string} from */
  const walk = (from) => {
    for (const name of Object.keys(packages[from].dependencies ?? {})) {
      if (NOT_FOR_BROWSERS.has(name)) continue;
      const path = resolvePackage(from, name);
      if (found.has(path)) continue;
      found.add(path);
      walk(path);
    }
  };
  walk('');
  return [...found].sort();
}

/**
 * The parts of a licence expression. "(A OR B)" counts as itself, "A AND B" as both.
 * @param {string} expression
 */
function parts(expression) {
  return expression.replace(/^\((.*)\)$/, '$1').split(' AND ');
}

/**
 * @param {string} root the project's folder
 * @param {string} path of a package, from there
 */
function noticeOf(root, path) {
  const folder = join(root, path);
  const { name, version, license } = readJson(join(folder, 'package.json'));
  if (typeof license !== 'string' || license === '') throw new Error(`${name} ${version} names no licence`);
  const refused = parts(license).filter((part) => !ALLOWED.has(part));
  if (refused.length > 0) throw new Error(`${name} ${version} is under ${refused.join(', ')}, which is not among the licences that may be shipped`);
  const own = readdirSync(folder).filter((file) => LICENCE_FILE.test(file)).sort().map((file) => join(folder, file));
  const copyright = WITHOUT_TEXT.find(({ names }) => names.test(name))?.copyright;
  if (own.length === 0 && !copyright) throw new Error(`${name} ${version} carries no licence text`);
  const texts = own.length > 0 ? own : parts(license).map((part) => join(TEXTS, `${part}.txt`));
  const body = texts.map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
  return `${name} ${version}\nLicence: ${license}\n\n${own.length > 0 ? '' : `${copyright}\n\n`}${body}\n`;
}

/**
 * All notices as one text.
 * @param {string} root the project's folder
 * @throws when a package names no licence, carries no text, or is under a licence that may not be shipped
 */
export function licenceNotices(root) {
  const { packages } = readJson(join(root, 'package-lock.json'));
  const own = `${readJson(join(root, 'package.json')).name}\n\n${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}\n`;
  const notices = productionPaths(packages).map((path) => noticeOf(root, path));
  return [own, ...notices].join(`\n${'-'.repeat(80)}\n\n`);
}
