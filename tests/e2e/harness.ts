import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright';
import { BROWSER_FLAGS, requireBrowser } from '../../scripts/browser.mjs';
import { serveFolder } from '../../scripts/static-server.mjs';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const results = join(root, 'test-results');

/** The built app on a server of its own, and a browser. Close it when the tests of a file are done. */
export interface App {
  readonly url: string;
  readonly browser: Browser;
  /** Opens the app in a fresh browser profile, and watches what it does. */
  open(options?: OpenOptions): Promise<Visit>;
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Added to the address: "#..." or "?...". */
  readonly suffix?: string;
}

/** One open page, and what went wrong or over the network in it. */
export interface Visit {
  readonly page: Page;
  /** Uncaught errors and what was written to the console as an error, in the page and its workers. */
  readonly consoleErrors: readonly string[];
  /** What the content security policy refused. */
  readonly policyViolations: readonly string[];
  /** Addresses of all requests, in order. */
  readonly requests: readonly string[];
  /** Requests to another origin than the app's; data: and blob: addresses stay in the page and do not count. */
  foreignRequests(): string[];
  /** Drops files anywhere on an element, as from the desktop. */
  drop(target: Locator, files: readonly DroppedFile[]): Promise<void>;
  /** Drops files and folders of the disk on the middle of the page, with the browser's own drag and drop. */
  dropPaths(paths: readonly string[]): Promise<void>;
  /** Saves a picture as test-results/<name>.png. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

/** A file on disk, or one made for the test. */
export type DroppedFile = string | { readonly name: string; readonly content: string | Uint8Array };

/**
 * @param base the path that the app is served under, '/' or '/some/path/'
 * @throws when the app was not built, or there is no browser
 */
export async function startApp(base = '/'): Promise<App> {
  if (!existsSync(join(dist, 'index.html'))) throw new Error('the app is not built: run "npm run build" first');
  const server = await serveFolder({ root: dist, port: 0, base });
  const browser = await chromium.launch({ executablePath: requireBrowser(), args: BROWSER_FLAGS }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    url: server.url,
    browser,
    open: (options = {}) => visit(browser, server.url, options),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

async function visit(browser: Browser, url: string, { suffix = '', ...context }: OpenOptions): Promise<Visit> {
  const profile = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context });
  const page = await profile.newPage();
  const consoleErrors: string[] = [];
  const policyViolations: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  profile.on('request', (request) => requests.push(request.url()));
  await page.exposeFunction('gatecastReportViolation', (violation: string) => policyViolations.push(violation));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      const report = (window as unknown as { gatecastReportViolation(violation: string): void }).gatecastReportViolation;
      report(`${violatedDirective} refused ${blockedURI} (${sourceFile})`);
    });
  });
  await page.goto(url + suffix);
  const { origin } = new URL(url);
  return {
    page,
    consoleErrors,
    policyViolations,
    requests,
    foreignRequests: () => requests.filter((address) => !/^(data|blob):/.test(address) && new URL(address).origin !== origin),
    drop: (target, files) => drop(page, target, files),
    dropPaths: (paths) => dropPaths(page, paths),
    async screenshot(name) {
      mkdirSync(results, { recursive: true });
      const path = join(results, `${name}.png`);
      await page.screenshot({ path, fullPage: true });
      return path;
    },
    close: () => profile.close(),
  };
}

async function drop(page: Page, target: Locator, files: readonly DroppedFile[]): Promise<void> {
  const contents = files.map((file) => {
    const bytes = Buffer.from(typeof file === 'string' ? readFileSync(file) : file.content);
    return { name: typeof file === 'string' ? basename(file) : file.name, base64: bytes.toString('base64') };
  });
  const dataTransfer = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of list) transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, contents);
  for (const type of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(type, { dataTransfer });
  await dataTransfer.dispose();
}

async function dropPaths(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 2, height: 2 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  await session.detach();
}
