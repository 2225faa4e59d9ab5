import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { policy } from './scripts/csp.mjs';
import { kernels } from './scripts/kernels.mjs';
import { licenceNotices } from './scripts/licenses.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

/** Static hosts cannot be told to send headers, so the policy stands in the page. The dev server needs inline scripts. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'gatecast:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  };
}

/** Writes licenses.txt; a licence that may not be shipped, or a missing one, fails the build. */
function licences(): Plugin {
  return {
    name: 'gatecast:licences',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: licenceNotices(import.meta.dirname) });
    },
  };
}

/** The page must be fast to load: TensorFlow.js in its bundle fails the build. */
function noTensorFlowInPage(): Plugin {
  return {
    name: 'gatecast:no-tensorflow-in-page',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        const found = chunk.type === 'chunk' && chunk.moduleIds.find((id) => id.includes('/node_modules/@tensorflow/'));
        if (found) this.error(`${chunk.fileName} of the page holds ${found}; TensorFlow.js comes only with its worker`);
      }
    },
  };
}

export default defineConfig({
  base: './',
  define: { __GATECAST_VERSION__: JSON.stringify(version) },
  plugins: [kernels(), contentSecurityPolicy(), licences(), noTensorFlowInPage()],
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Notices are in licenses.txt.
    rolldownOptions: { output: { comments: false } },
  },
  worker: {
    format: 'es',
    plugins: () => [kernels()],
    rolldownOptions: { output: { comments: false } },
  },
});
