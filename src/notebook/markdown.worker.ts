/** Takes a note's Markdown, gives its HTML, or null where there is none to give. */
import { markdownToHtml } from './markdown-html.ts';

addEventListener('message', ({ data }: MessageEvent<string>) => {
  postMessage(markdownToHtml(data));
});
