/** Markdown to HTML that is not sanitised yet. Runs in `markdown.worker.ts`, where it may take its time. */
import { Marked } from 'marked';
import { escapeHtml } from './escape-html.ts';

/** Longest HTML of a note: ten times the longest Markdown. */
const maximumHtmlLength = 1_000_000;
/** Tags that a note may write as HTML, without attributes; all other HTML is shown as text. */
const plainTags = /&lt;(\/?(?:br|sub|sup|kbd|mark))\s*\/?&gt;/gi;

/**
 * @param text GitHub's Markdown
 * @returns null when it cannot be read, or grows out of proportion (one long address linked ten thousand times)
 */
export function markdownToHtml(text: string): string | null {
  let addressLength = 0;
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      // HTML from a stranger can cost a browser's parser minutes before any sanitiser sees it.
      html: ({ text: html }) => escapeHtml(html).replace(plainTags, '<$1>'),
      image: ({ text: words }) => escapeHtml(words),
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
      link({ href, title }) {
        addressLength += href.length + (title?.length ?? 0);
        if (addressLength > maximumHtmlLength) throw new RangeError('too long');
        return false;
      },
    },
  });
  try {
    const html = marked.parse(text, { async: false });
    return html.length <= maximumHtmlLength ? html : null;
  } catch {
    return null;
  }
}
