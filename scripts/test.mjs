/** `npm test`: everything that has to hold, on a fresh machine as well. */
import './require-node.mjs';
import { join, resolve } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { checkFirstLoad } from './first-load.mjs';
import { installPackages } from './install.mjs';
import { runNode, runSteps, runVitest } from './steps.mjs';

const root = resolve(import.meta.dirname, '..');

/** @param {string} script @param {string[]} args */
function succeed(script, ...args) {
  const status = runNode(root, script, args);
  if (status !== 0) throw new Error(`${script.split('/').at(-1)} ended with ${status}`);
}

const passed = runSteps([
  { name: 'packages', run: () => installPackages(root) },
  {
    name: 'browser',
    run: () => {
      // The steps after this one use the browser that was found or installed here.
      process.env.CHROME_PATH = ensureBrowser();
      console.log(process.env.CHROME_PATH);
    },
  },
  { name: 'types', run: () => succeed('node_modules/typescript/bin/tsc', '--noEmit') },
  { name: 'lint', run: () => succeed('node_modules/oxlint/bin/oxlint') },
  { name: 'unit tests', run: () => runVitest(root, 'node') },
  { name: 'browser tests', run: () => runVitest(root, 'browser') },
  { name: 'build', run: () => succeed('node_modules/vite/bin/vite.js', 'build') },
  { name: 'first load', run: () => console.log(checkFirstLoad(join(root, 'dist'))) },
  { name: 'end to end', run: () => runVitest(root, 'e2e') },
]);
process.exitCode = passed ? 0 : 1;
