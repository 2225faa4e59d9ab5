import { render } from 'preact';
import { expect, test } from 'vitest';

test('the browser of these tests gives a WebGPU device', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  expect(device?.limits.maxBufferSize).toBeGreaterThan(0);
  device?.destroy();
});

test('tests may be written with Preact elements', () => {
  const root = document.createElement('div');
  render(<p title="mean load">0.125</p>, root);
  expect(root.innerHTML).toBe('<p title="mean load">0.125</p>');
});
