/** A headless Chromium whose tab's memory can be watched: resident set of its largest renderer, from the process list of Linux. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export async function openWatchedBrowser() {
  // A profile on the disk, as people have it: without one, Chromium keeps files of pages in memory, and gives them little room.
  const profile = mkdtempSync(join(tmpdir(), 'watched-browser-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    viewport: { width: 1280, height: 900 },
  });
  return {
    browser,
    /** Megabytes of the largest renderer of this browser. */
    tabMegabytes() {
      const rows = execFileSync('ps', ['-eo', 'pid,ppid,rss,args'], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n').slice(1)
        .map((row) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(row)).filter((row) => row !== null);
      const roots = new Set(rows.filter(([, , , , command]) => command.includes(profile)).map(([, pid]) => Number(pid)));
      const parents = new Map(rows.map(([, pid, parent]) => [Number(pid), Number(parent)]));
      const isOurs = (/** @type {number} */ pid) => {
        let at = pid;
        while (at > 1 && !roots.has(at)) at = parents.get(at) ?? 0;
        return roots.has(at);
      };
      return Math.max(0, ...rows.filter(([, pid, , , command]) => command.includes('--type=renderer') && isOurs(Number(pid))).map(([, , , kilobytes]) => Number(kilobytes) / 1000));
    },
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
