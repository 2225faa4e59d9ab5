/** A small static file server for the built app: the same one for people, and for the end-to-end tests. */
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { policy } from './csp.mjs';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.npy': 'application/octet-stream',
  '.npz': 'application/zip',
};
const WORTH_GZIP = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/;
const PORTS_TRIED = 100;
const compress = promisify(gzip);

/**
 * The file that an address means, or null when it is none of the folder's.
 * @param {string} root absolute path of the folder
 * @param {string} base path that the folder is served under, '/' or '/some/path/'
 * @param {string} address path of the request, still percent-encoded
 */
export function fileOf(root, base, address) {
  let path;
  try {
    path = decodeURIComponent(address);
  } catch {
    return null;
  }
  if (!path.startsWith(base) || path.includes('\0') || path.includes('\\')) return null;
  const file = resolve(root, path.slice(base.length) || '.', path.endsWith('/') ? 'index.html' : '');
  return file.startsWith(root + sep) ? file : null;
}

/**
 * Serves a folder until `close` is called.
 * @param {{ root: string, host?: string, port?: number, anyPort?: boolean, base?: string }} options
 *   `port` 4173 and `host` 127.0.0.1 unless said; with `anyPort` the next free port is taken; port 0 takes any
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveFolder({ root, host = '127.0.0.1', port = 4173, anyPort = false, base = '/' }) {
  const folder = resolve(root);
  /** @type {Map<string, { changed: number, body: Buffer }>} compressed files, so that each is compressed once */
  const compressed = new Map();

  /** @param {string} file */
  async function read(file) {
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return null;
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    return { body: await readFile(file), type, changed: found.mtimeMs };
  }

  /** @param {string} file @param {{ body: Buffer, changed: number }} content */
  async function gzipped(file, content) {
    const known = compressed.get(file);
    if (known?.changed === content.changed) return known.body;
    const body = await compress(content.body);
    compressed.set(file, { changed: content.changed, body });
    return body;
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async function answer(request, response) {
    /** @param {number} status @param {Record<string, string>} headers @param {string | Buffer} body */
    const send = (status, headers, body) => {
      response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const text = { 'Content-Type': 'text/plain; charset=utf-8' };
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, { ...text, Allow: 'GET, HEAD' }, 'only GET and HEAD\n');
    const address = (request.url ?? '/').replace(/[?#].*$/, '');
    const file = fileOf(folder, base, address);
    const content = file && await read(file);
    if (!file || !content) return send(404, text, 'not found\n');
    /** @type {Record<string, string>} */
    const headers = {
      'Content-Type': content.type,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      // Names under assets/ carry a hash of their content; everything else is asked for again.
      'Cache-Control': address.startsWith(`${base}assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (!WORTH_GZIP.test(content.type)) return send(200, headers, content.body);
    headers.Vary = 'Accept-Encoding';
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return send(200, headers, content.body);
    return send(200, { ...headers, 'Content-Encoding': 'gzip' }, await gzipped(file, content));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(`could not be read: ${error.message}\n`);
    });
  });
  const bound = await listen(server, host, port, anyPort ? PORTS_TRIED : 1);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}${base}`,
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

/**
 * @param {import('node:http').Server} server @param {string} host @param {number} first @param {number} tries
 * @returns {Promise<number>} the port that was free
 */
async function listen(server, host, first, tries) {
  for (let port = first; ; port++) {
    try {
      return await new Promise((done, fail) => {
        server.once('error', fail);
        server.listen(port, host, () => {
          server.off('error', fail);
          const address = server.address();
          done(address && typeof address === 'object' ? address.port : port);
        });
      });
    } catch (error) {
      const taken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
      if (!taken || port + 1 >= first + tries) throw error;
    }
  }
}
