/** Finds a Chromium for the tests, and on a bare Debian machine installs one. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Every browser of the tests is started with these: WebGPU on, and nothing of its own over the network. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium: CHROME_PATH when set (it must exist then), else the usual names and places; null when none. */
export function findBrowser(env = process.env) {
  if (env.CHROME_PATH) {
    if (!isExecutable(env.CHROME_PATH)) throw new Error(`CHROME_PATH is ${env.CHROME_PATH}, and no program is there`);
    return env.CHROME_PATH;
  }
  const onPath = (env.PATH ?? '').split(delimiter).filter(Boolean).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...USUAL_PLACES].find((path) => existsSync(path) && isExecutable(path)) ?? null;
}

/** As `findBrowser`, and says what to install when there is none. */
export function requireBrowser(env = process.env) {
  const path = findBrowser(env);
  if (path) return path;
  throw new Error(
    'no Chromium found. Install Chromium or Chrome (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask chromium), '
      + 'or set CHROME_PATH to the program of one that you have.',
  );
}

/** Finds a browser, and installs Debian's Chromium first when there is none and this process may. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!mayInstall) return requireBrowser();
  /** @param {string[]} args */
  const apt = (...args) => {
    const { status } = spawnSync('apt-get', args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed; install Chromium by hand, or set CHROME_PATH`);
  };
  apt('-qq', 'update');
  apt('-qq', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  return requireBrowser();
}
