import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type App } from './harness.ts';

describe.each(['/', '/some/sub/path/'])('the built app under %s', (base) => {
  let app: App;

  beforeAll(async () => {
    app = await startApp(base);
  });
  afterAll(() => app?.close());

  test('loads without an error, a refused resource or a request to another origin', async () => {
    const visit = await app.open();
    await visit.page.locator('#app > *').first().waitFor();
    await visit.page.waitForLoadState('networkidle');
    await visit.screenshot(base === '/' ? 'first-load' : 'first-load-sub-path');
    expect(visit.consoleErrors).toEqual([]);
    expect(visit.policyViolations).toEqual([]);
    expect(visit.foreignRequests()).toEqual([]);
    expect(visit.requests.every((address) => address.startsWith(app.url))).toBe(true);
    await visit.close();
  });

  test('names the licences of what it is made of', async () => {
    const { page, close } = await app.open();
    const response = await page.request.get(new URL('licenses.txt', app.url).href);
    expect(response.status()).toBe(200);
    const text = await response.text();
    for (const name of ['preact', '@observablehq/plot', '@tensorflow/tfjs-core', 'comlink']) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    await close();
  });
});

test('what the page may not do is noticed by these tests', async () => {
  const app = await startApp();
  try {
    const visit = await app.open();
    await visit.page.evaluate(() => {
      const picture = new Image();
      picture.src = 'https://example.invalid/x.png';
      document.body.append(picture);
      console.error('on purpose');
    });
    const refused = expect.stringContaining('img-src refused https://example.invalid/x.png') as string;
    await expect.poll(() => visit.policyViolations).toContainEqual(refused);
    expect(visit.consoleErrors.some((line) => line.startsWith('on purpose'))).toBe(true);
  } finally {
    await app.close();
  }
});
