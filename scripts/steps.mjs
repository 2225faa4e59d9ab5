/** Runs the steps of the test run one after another, counts and times them, and stops at the first that fails. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ name: string, run(): Count | void }} Step a step without tests of its own counts as one; it fails by throwing */

/**
 * Runs a program of the project's packages with this Node.js.
 * @param {string} root @param {string} script path from the root @param {string[]} args
 */
export function runNode(root, script, args) {
  const { status, error } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  return status ?? 1;
}

/**
 * Runs one project of vitest.config.ts.
 * @param {string} root @param {string} project
 * @returns {Count}
 */
export function runVitest(root, project) {
  const folder = mkdtempSync(join(tmpdir(), 'gatecast-test-'));
  const report = join(folder, 'report.json');
  try {
    const status = runNode(root, 'node_modules/vitest/vitest.mjs', [
      'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`,
    ]);
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8'));
    // A file that could not be loaded, or an error outside of any test, fails the run without failing a test.
    return { passed, failed: status === 0 ? failed : Math.max(1, failed) };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the steps, prints a summary, and as its last line "N passed, N failed".
 * @param {Step[]} steps
 * @param {(text: string) => void} print
 * @returns {boolean} whether all passed
 */
export function runSteps(steps, print = console.log) {
  const total = { passed: 0, failed: 0 };
  /** @type {string[]} */
  const summary = [];
  for (const { name, run } of steps) {
    if (total.failed > 0) {
      summary.push(`not run  ${name}`);
      continue;
    }
    print(`\n== ${name}`);
    const started = performance.now();
    const count = outcome(run, print);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    total.passed += count.passed;
    total.failed += count.failed;
    summary.push(`${count.failed > 0 ? 'failed ' : 'passed '}  ${name}: ${count.passed} passed, ${count.failed} failed, ${seconds} s`);
  }
  print(`\n== Summary\n${summary.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}

/** @param {Step['run']} run @param {(text: string) => void} print @returns {Count} */
function outcome(run, print) {
  try {
    return run() ?? { passed: 1, failed: 0 };
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: 1 };
  }
}
