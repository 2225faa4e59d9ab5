import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fileOf, serveFolder } from '../../../scripts/static-server.mjs';
import { folderOf } from './temporary.ts';

const SITE = {
  'secret.txt': 'outside',
  'dist/index.html': '<!doctype html><title>home</title>',
  'dist/assets/a.js': 'export const a = 1;',
  'dist/assets/b.wasm': new Uint8Array([0, 97, 115, 109]),
  'dist/samples/c.npz': new Uint8Array([80, 75]),
};

async function site(base?: string): Promise<string> {
  const server = await serveFolder({ root: `${folderOf(SITE)}/dist`, port: 0, base });
  onTestFinished(() => server.close());
  return server.url;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks for exactly this path; fetch would resolve the dots of it first. */
function ask(url: string, path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }));
    }).on('error', reject).end();
  });
}

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/index.html?x=1', 'text/html; charset=utf-8'],
  ['/assets/a.js', 'text/javascript; charset=utf-8'],
  ['/assets/b.wasm', 'application/wasm'],
  ['/samples/c.npz', 'application/zip'],
])('%s is served as %s, under the policy', async (path, type) => {
  const answer = await ask(await site(), path);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe(type);
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
});

test('a folder is served under a path as well, and only there', async () => {
  const url = await site('/some/sub/path/');
  expect((await ask(url, '/some/sub/path/')).body.toString()).toBe(SITE['dist/index.html']);
  expect((await ask(url, '/some/sub/path/assets/a.js')).status).toBe(200);
  expect((await ask(url, '/assets/a.js')).status).toBe(404);
});

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/..%2fsecret.txt', '/..%5csecret.txt', '/%00', '/%', '//etc/passwd', '/assets', '/nothing.js'])(
  'nothing is served at %s',
  async (path) => {
    const answer = await ask(await site(), path);
    expect(answer.status).toBe(404);
    expect(answer.body.toString()).not.toContain('outside');
  },
);

test('text is compressed for those who take it, and the same when unpacked', async () => {
  const url = await site();
  const packed = await ask(url, '/assets/a.js', { headers: { 'accept-encoding': 'gzip, br' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.body).toString()).toBe(SITE['dist/assets/a.js']);
  const plain = await ask(url, '/assets/a.js');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(SITE['dist/assets/a.js']);
});

test('files with a hash in their name are kept for ever, the page is asked for again', async () => {
  const url = await site();
  expect((await ask(url, '/assets/a.js')).headers['cache-control']).toContain('immutable');
  expect((await ask(url, '/')).headers['cache-control']).toBe('no-cache');
});

test('HEAD gives the headers alone, and nothing can be sent', async () => {
  const url = await site();
  const head = await ask(url, '/', { method: 'HEAD' });
  expect([head.status, head.body.length]).toEqual([200, 0]);
  expect((await ask(url, '/', { method: 'POST' })).status).toBe(405);
});

describe('a port that is taken', () => {
  test('is passed over when any will do, and refused when it was asked for', async () => {
    const root = `${folderOf(SITE)}/dist`;
    const first = await serveFolder({ root, port: 0 });
    onTestFinished(() => first.close());
    const port = Number(new URL(first.url).port);
    const second = await serveFolder({ root, port, anyPort: true });
    onTestFinished(() => second.close());
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
    await expect(serveFolder({ root, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

test('a folder beside the served one with the same beginning is outside', () => {
  expect(fileOf('/srv/dist', '/', '/../dist-old/a.txt')).toBeNull();
  expect(fileOf('/srv/dist', '/', '/a.txt')).toBe('/srv/dist/a.txt');
});
