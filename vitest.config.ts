import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BROWSER_FLAGS, findBrowser } from './scripts/browser.mjs';
import { kernels } from './scripts/kernels.mjs';

const jsx = { runtime: 'automatic', importSource: 'preact' } as const;

export default defineConfig({
  oxc: { jsx },
  define: { __GATECAST_VERSION__: JSON.stringify('test') },
  plugins: [kernels()],
  worker: { format: 'es', plugins: () => [kernels()] },
  test: {
    projects: [
      {
        extends: true,
        // Property tests and recorded traces take seconds on a busy machine.
        test: { name: 'node', environment: 'node', include: ['tests/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 },
      },
      {
        extends: true,
        // Found before the run, so that no page reloads in the middle of a test.
        optimizeDeps: {
          include: [
            '@observablehq/plot',
            '@preact/signals',
            '@tensorflow/tfjs-backend-cpu',
            '@tensorflow/tfjs-backend-webgpu',
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-layers',
            'axe-core',
            'comlink',
            'dompurify',
            'fflate',
            'idb',
            'marked',
            'preact',
            'preact/hooks',
            'preact/jsx-dev-runtime',
            'preact/jsx-runtime',
            'preact/test-utils',
            'valibot',
          ],
        },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
          // A busy machine draws late; whoever waits for what never comes waits no longer than the test.
          expect: { poll: { timeout: 15_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findBrowser() ?? undefined, args: BROWSER_FLAGS },
            }),
            instances: [{ browser: 'chromium', viewport: { width: 1280, height: 800 } }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
