import { describe, expect, test } from 'vitest';
import { findAdapter } from '../../../workers/lstm/adapter.ts';
import { holding } from './support.ts';

const agents = {
  chrome: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  chromeOnMac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  safari: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
};

function adapter(info: Partial<GPUAdapterInfo>): GPU {
  const full = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false, ...info };
  return { requestAdapter: () => Promise.resolve({ info: full }) } as unknown as GPU;
}

const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;

describe('without a GPU the reason and the remedy fit the case', () => {
  test('a page from an address that is not secure', async () => {
    expect(await findAdapter({ isSecureContext: false, navigator: { gpu: none, userAgent: agents.chrome } }))
      .toMatchObject({ found: false, why: holding('secure address'), remedy: holding('https') });
  });

  test.each([
    ['chrome', 'chrome://flags'], ['firefox', 'Firefox has WebGPU on Windows'], ['safari', 'Safari 26'],
  ] as const)('a browser without WebGPU (%s)', async (name, remedy) => {
    expect(await findAdapter({ isSecureContext: true, navigator: { userAgent: agents[name] } }))
      .toMatchObject({ found: false, why: 'this browser has no WebGPU', remedy: holding(remedy) });
  });

  test.each([
    ['chrome', '--enable-unsafe-webgpu'], ['chromeOnMac', 'update the graphics driver'], ['firefox', 'dom.webgpu.enabled'], ['safari', 'hardware acceleration'],
  ] as const)('a browser with WebGPU that offers no adapter (%s)', async (name, remedy) => {
    expect(await findAdapter({ isSecureContext: true, navigator: { gpu: none, userAgent: agents[name] } }))
      .toMatchObject({ found: false, why: holding('no adapter'), remedy: holding(remedy) });
  });

  test('an adapter request that fails says how', async () => {
    const failing = { requestAdapter: () => Promise.reject(new Error('GPU process crashed')) } as unknown as GPU;
    expect(await findAdapter({ isSecureContext: true, navigator: { gpu: failing, userAgent: agents.chrome } }))
      .toMatchObject({ found: false, why: holding('GPU process crashed') });
  });
});

test.each([
  [{ description: 'NVIDIA H100' }, 'NVIDIA H100', false],
  [{ vendor: 'apple', architecture: 'metal-3' }, 'apple metal-3', false],
  [{ vendor: 'google', architecture: 'swiftshader' }, 'google swiftshader', true],
  [{ description: 'llvmpipe (LLVM 19)' }, 'llvmpipe (LLVM 19)', true],
  [{ description: 'Some card', isFallbackAdapter: true }, 'Some card', true],
  [{}, 'unnamed adapter', false],
])('an adapter %o is called %s, software: %s', async (info, name, software) => {
  expect(await findAdapter({ isSecureContext: true, navigator: { gpu: adapter(info), userAgent: agents.chrome } })).toMatchObject({ found: true, name, software });
});
