/**
 * The content security policy of the built page, for its <meta>. Everything comes from the page's own folder.
 *
 * - 'wasm-unsafe-eval': TensorFlow.js's WebAssembly backend compiles its own file; nothing else is evaluated.
 * - img-src data: and blob: are pictures made here (the arrow of a list, exported charts).
 * - connect-src 'self': samples and the WebAssembly file, fetched when they are first needed.
 * - No `require-trusted-types-for`: `new Worker(url)` would need a policy of its own, and every address here
 *   is a constant of the build. Markdown is sanitised where it is shown.
 * - `frame-ancestors` cannot stand in a <meta>.
 */
const directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'none'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

export const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(' ')}`).join('; ');
