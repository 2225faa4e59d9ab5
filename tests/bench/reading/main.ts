/** The page of the reading bench: gives the chosen files to a worker like the app's. */
import type { Measured } from './reading.worker.ts';

const worker = new Worker(new URL('./reading.worker.ts', import.meta.url), { type: 'module' });

/** Measures the chosen file number `index` once in a way of reading. */
function measure(index: number, way: Measured['way']): Promise<Measured> {
  const file = document.querySelector('input')?.files?.[index];
  if (!file) return Promise.reject(new Error(`no file ${index}`));
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Measured>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ file, way });
  });
}

Object.assign(window, { measure });
