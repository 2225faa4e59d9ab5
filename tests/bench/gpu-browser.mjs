/** A page of a headless Chromium on the machine's GPU, for benches; `CHROME_PATH` names the browser, `GPU_FLAGS` (empty for software) its flags. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** The browser ends with the process. @param {string} url @returns {Promise<import('playwright-core').Page>} */
export async function openOnGpu(url) {
  // A display is not needed, and without the surface flag Chromium falls back to software without a word.
  const gpu = process.env.GPU_FLAGS ?? '--use-angle=vulkan --enable-features=Vulkan --disable-vulkan-surface --enable-webgpu-developer-features';
  const flags = `--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-gpu-watchdog --enable-unsafe-webgpu ${gpu}`;
  const port = 9400 + (process.pid % 500);
  const chrome = spawn(process.env.CHROME_PATH ?? 'chromium', [...flags.split(' ').filter(Boolean), `--remote-debugging-port=${port}`, `--user-data-dir=${mkdtempSync(join(tmpdir(), 'profile-'))}`, 'about:blank'], { stdio: 'ignore', detached: true });
  process.on('exit', () => {
    try {
      if (chrome.pid) process.kill(-chrome.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  });
  const browser = await connect(port);
  const page = await browser.contexts()[0].newPage();
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(url);
  return page;
}

/** @param {number} port @returns {Promise<import('playwright-core').Browser>} */
async function connect(port) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    } catch (error) {
      if (attempt === 80) throw error;
      await new Promise((done) => { setTimeout(done, 250); });
    }
  }
}
