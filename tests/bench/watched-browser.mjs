/** A headless Chromium whose tab's memory can be watched: resident set of its largest renderer, from the process list of Linux. */
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

export async function openWatchedBrowser() {
  const server = await chromium.launchServer({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const root = server.process().pid ?? 0;
  return {
    browser,
    /** Megabytes of the largest renderer of this browser. */
    tabMegabytes() {
      const rows = execFileSync('ps', ['-eo', 'pid,ppid,rss,args'], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n').slice(1)
        .map((row) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(row)).filter((row) => row !== null);
      const parents = new Map(rows.map(([, pid, parent]) => [Number(pid), Number(parent)]));
      const isOurs = (/** @type {number} */ pid) => {
        let at = pid;
        while (at > 1 && at !== root) at = parents.get(at) ?? 0;
        return at === root;
      };
      return Math.max(0, ...rows.filter(([, pid, , , command]) => command.includes('--type=renderer') && isOurs(Number(pid))).map(([, , , kilobytes]) => Number(kilobytes) / 1000));
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
