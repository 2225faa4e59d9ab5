/** What the page can say of the GPU before anything was trained: a look at the adapter costs no TensorFlow.js. */
import { signal } from '@preact/signals';

export type AdapterGlance =
  | { readonly state: 'looking' }
  | { readonly state: 'found'; readonly name: string; readonly software: boolean }
  | { readonly state: 'none' };

export const adapterGlance = signal<AdapterGlance>({ state: 'looking' });

export async function glanceAtAdapter(): Promise<void> {
  try {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) {
      adapterGlance.value = { state: 'none' };
      return;
    }
    const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
    const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';
    adapterGlance.value = { state: 'found', name, software: isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(name) };
  } catch {
    adapterGlance.value = { state: 'none' };
  }
}
