/** `npm start`: installs what is missing, builds the app, serves it and prints the address. */
import './require-node.mjs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import util from 'node:util';
import { installPackages } from './install.mjs';
import { serveFolder } from './static-server.mjs';

const root = resolve(import.meta.dirname, '..');
const USAGE = 'npm start -- [--port 4173] [--host 127.0.0.1]';

function options() {
  const { values } = util.parseArgs({ options: { port: { type: 'string' }, host: { type: 'string' } } });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) throw new Error(`--port ${values.port} is not a port number`);
  return { port, host: values.host };
}

async function main() {
  const { port, host } = options();
  installPackages(root);
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the app could not be built (see above)');
  const server = await serveFolder({ root: join(root, 'dist'), host, port, anyPort: port === undefined });
  console.log(`Gatecast runs at ${server.url}\nCtrl+C ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.close().then(() => process.exit(0)));
}

main().catch((error) => {
  const message = error.code === 'EADDRINUSE' ? `the port is taken (${error.message}); choose another with --port` : error.message;
  console.error(error.code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n${USAGE}` : message);
  process.exit(1);
});
