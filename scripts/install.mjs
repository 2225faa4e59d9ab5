/** Installs the packages of the lock file when they are missing or others. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} path @returns {any} */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Packages of the lock file that are not installed, or in another version. Optional ones (other platforms') do not count.
 * @param {string} root
 */
export function missingPackages(root) {
  const { packages } = readJson(join(root, 'package-lock.json'));
  return Object.keys(packages).filter((path) => {
    if (path === '' || packages[path].optional) return false;
    try {
      return readJson(join(root, path, 'package.json')).version !== packages[path].version;
    } catch {
      return true;
    }
  });
}

/** Runs `npm ci` when something is missing. @param {string} root */
export function installPackages(root) {
  if (missingPackages(root).length === 0) return;
  console.log('Installing packages (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed (see above); packages could not be installed');
}
