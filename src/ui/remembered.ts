/** Small choices of the reader, kept by the browser. Storage may be refused; a choice then holds for this visit. */

export function remembered(key: string, storage: 'localStorage' | 'sessionStorage' = 'localStorage'): string | null {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string, storage: 'localStorage' | 'sessionStorage' = 'localStorage'): void {
  try {
    globalThis[storage].setItem(key, value);
  } catch {
    // Nothing to do: see above.
  }
}
