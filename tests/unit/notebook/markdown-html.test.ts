import { expect, test } from 'vitest';
import { markdownToHtml } from '../../../src/notebook/markdown-html.ts';

test('Markdown becomes HTML', () => {
  expect(markdownToHtml('# Load\n\n*one* `two`\n')).toBe('<h1>Load</h1>\n<p><em>one</em> <code>two</code></p>\n');
});

test('HTML in a note is shown as text, but for line breaks, sub- and superscripts, keys and marks', () => {
  expect(markdownToHtml('p<sub>e</sub> <b onclick="x()">bold</b>')).toBe('<p>p<sub>e</sub> &lt;b onclick=&quot;x()&quot;&gt;bold&lt;/b&gt;</p>\n');
  expect(markdownToHtml('<script>alert(1)</script>')).toBe('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(markdownToHtml('a<sub onclick="x()">b</sub>')).toBe('<p>a&lt;sub onclick=&quot;x()&quot;&gt;b</sub></p>\n');
});

test('an image is its description, a task its box', () => {
  expect(markdownToHtml('![a "load" map](https://elsewhere.example/x.png)')).toBe('<p>a &quot;load&quot; map</p>\n');
  expect(markdownToHtml('- [x] done\n- [ ] open')).toContain('☑');
});

test('one long address linked ten thousand times is given up before it fills the memory', () => {
  const hostile = `[a]: https://elsewhere.example/${'x'.repeat(50_000)}\n\n${'[a] '.repeat(12_000)}`;
  expect(markdownToHtml(hostile)).toBeNull();
});

test('nesting that overflows the parser is given up', () => {
  expect(markdownToHtml('>'.repeat(100_000))).toBeNull();
});
