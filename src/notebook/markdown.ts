/**
 * Notes: Markdown to HTML that is safe to insert. Notebooks come from strangers, so only prose survives: no scripts,
 * styles, forms, frames, drawings or images (an image shows its text), and links to the web alone.
 *
 * The Markdown parser works in a worker of its own with a time limit: 20,000 characters made to hurt take it 7 s
 * (emphasis marks, `h=*` over and over), and the page must not wait for that.
 */
import type { DOMPurify } from 'dompurify';
import { startMarkdownWorker } from '../app/markdown-worker.ts';
import { escapeHtml } from './escape-html.ts';

const tags = [
  'a', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'kbd', 'li', 'mark', 'ol', 'p', 'pre',
  'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul',
];
const attributes = ['align', 'href', 'start', 'title'];

/** Longest that one note may take. */
const patienceMs = 2000;
/** The same for the first note, whose worker has to start. */
const startPatienceMs = 15_000;

let worker: Worker | null = null;
let purifier: Promise<DOMPurify> | null = null;
/** Notes are parsed one after the other, so that the time limit is each one's own. */
let last: Promise<unknown> = Promise.resolve();

/**
 * @param text GitHub's Markdown
 * @returns sanitised HTML; the text as it stands where it cannot be read as Markdown within two seconds
 */
export async function renderMarkdown(text: string): Promise<string> {
  // Both are fetched at once.
  void loadPurifier().catch(() => {});
  const parsed = last.then(() => parse(text));
  last = parsed;
  return sanitizeHtml((await parsed) ?? `<pre>${escapeHtml(text)}</pre>`);
}

/** HTML with everything gone that is not prose or a link to the web. */
export async function sanitizeHtml(html: string): Promise<string> {
  const purify = await loadPurifier();
  return purify.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#)/i,
  });
}

/** Loaded with the first note: no part of the first picture. */
function loadPurifier(): Promise<DOMPurify> {
  purifier ??= import('dompurify').then(
    ({ default: createDomPurify }) => {
      const own = createDomPurify(window);
      own.addHook('afterSanitizeAttributes', (node) => {
        if (!node.hasAttribute('href')) return;
        node.setAttribute('target', '_blank');
        node.setAttribute('rel', 'noopener noreferrer');
      });
      return own;
    },
    (error: unknown) => {
      purifier = null;
      throw error;
    },
  );
  return purifier;
}

/** Never rejects; null when the worker fails, refuses or takes too long. */
function parse(text: string): Promise<string | null> {
  const patience = worker ? patienceMs : startPatienceMs;
  worker ??= startMarkdownWorker();
  const mine = worker;
  return new Promise((resolve) => {
    const end = (html: string | null, alive: boolean): void => {
      clearTimeout(timer);
      mine.onmessage = mine.onerror = null;
      if (!alive) {
        mine.terminate();
        worker = null;
      }
      resolve(html);
    };
    const timer = setTimeout(() => end(null, false), patience);
    mine.onmessage = ({ data }: MessageEvent<string | null>) => end(data, true);
    mine.onerror = () => end(null, false);
    mine.postMessage(text);
  });
}
