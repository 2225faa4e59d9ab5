/**
 * Pictures as files. A picture is made of layers: SVG and canvas elements marked `data-export`, and names marked
 * `data-export-text`. They are put together where they stand on the page, with all colours written out,
 * so that the file looks the same without our style sheets.
 */
const SVG = 'http://www.w3.org/2000/svg';
const PADDING = 16;
const TITLE = 28;

/** What our style sheets set on SVG elements. */
const WRITTEN_OUT = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin',
  'opacity', 'paint-order', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'visibility',
] as const;

/** The picture inside `host` as an SVG document of its own, with what is scrolled out of view; canvases are embedded as PNG images. */
export function pictureSvg(host: HTMLElement, title: string): SVGSVGElement {
  const area = host.getBoundingClientRect();
  const layers = [...host.querySelectorAll<HTMLElement | SVGSVGElement>('[data-export], [data-export-text]')];
  const places = layers.map((layer) => layer.getBoundingClientRect());
  const left = Math.min(area.left, ...places.map((place) => place.left));
  const right = Math.max(area.right, ...places.map((place) => place.right));
  const width = Math.ceil(right - left) + 2 * PADDING;
  const height = Math.ceil(area.height) + 2 * PADDING + TITLE;
  const root = document.createElementNS(SVG, 'svg');
  setAll(root, { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` });
  const style = getComputedStyle(host);
  const name = document.createElementNS(SVG, 'title');
  name.textContent = title;
  root.append(name);
  root.append(make('rect', { width, height, fill: backgroundOf(host) }));
  const heading = make('text', { x: PADDING, y: PADDING + 14, 'font-family': style.fontFamily, 'font-size': 15, 'font-weight': 600, fill: style.color });
  heading.textContent = title;
  root.append(heading);

  layers.forEach((layer, i) => {
    const place = places[i];
    if (place.width === 0 || place.height === 0) return;
    const x = place.left - left + PADDING;
    const y = place.top - area.top + PADDING + TITLE;
    if (layer instanceof SVGSVGElement) root.append(copyOf(layer, x, y));
    else if (layer instanceof HTMLCanvasElement) {
      root.append(make('image', { x, y, width: place.width, height: place.height, href: layer.toDataURL('image/png'), preserveAspectRatio: 'none' }));
    } else root.append(textOf(layer, x, y, place.height));
  });
  return root;
}

function setAll(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

function make(name: 'rect' | 'text' | 'image', attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  setAll(element, attributes);
  return element;
}

/** The first opaque background from an element upwards. */
function backgroundOf(element: Element): string {
  for (let current: Element | null = element; current; current = current.parentElement) {
    const { backgroundColor } = getComputedStyle(current);
    if (backgroundColor !== 'transparent' && !/[,/] ?0\)$/.test(backgroundColor)) return backgroundColor;
  }
  return 'white';
}

function copyOf(layer: SVGSVGElement, x: number, y: number): SVGSVGElement {
  const copy = layer.cloneNode(true) as SVGSVGElement;
  const originals = [layer, ...layer.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  originals.forEach((original, i) => {
    const target = copies[i];
    for (const name of ['class', 'style', 'data-export', 'aria-hidden', 'aria-label', 'role']) target.removeAttribute(name);
    if (original instanceof SVGStopElement || original.closest('defs, clipPath') === original) return;
    const style = getComputedStyle(original);
    const around = original === layer || !original.parentElement ? null : getComputedStyle(original.parentElement);
    for (const property of WRITTEN_OUT) {
      const value = style.getPropertyValue(property);
      // What is inherited need not be said again; opacity is not inherited, and 1 unless it is set.
      const understood = property === 'opacity' ? value === '1' : value === around?.getPropertyValue(property);
      if (!understood || target.hasAttribute(property)) target.setAttribute(property, value);
    }
  });
  const { width, height } = layer.getBoundingClientRect();
  setAll(copy, { x, y, width, height, overflow: 'visible' });
  return copy;
}

function textOf(element: HTMLElement, x: number, y: number, height: number): SVGElement {
  const style = getComputedStyle(element);
  const text = make('text', {
    x, y: y + height / 2, dy: '0.35em', fill: style.color,
    'font-family': style.fontFamily, 'font-size': style.fontSize, 'font-weight': style.fontWeight,
  });
  text.textContent = element.textContent;
  return text;
}

/** The text of an SVG file. */
export function svgText(svg: SVGSVGElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}

/** The same picture in pixels. @param scale pixels per CSS pixel, default 2 */
export async function svgToPng(svg: SVGSVGElement, scale = 2): Promise<Blob> {
  const width = Number(svg.getAttribute('width'));
  const height = Number(svg.getAttribute('height'));
  const address = URL.createObjectURL(new Blob([svgText(svg)], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large for a PNG of this browser'))), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Hands a file to the browser's downloads. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(content);
  link.click();
  // The download has begun by then; without this the file would stay in memory until the page is left.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
