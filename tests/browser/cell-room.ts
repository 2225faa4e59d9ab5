/** A place on the page for one cell, with the styles that cells have. Call it once a file, outside of tests. */
import { render } from 'preact';
import { afterEach, beforeEach } from 'vitest';
import '../../src/ui/styles.css';
import '../../src/shell/styles.css';
import '../../src/charts/charts.css';
import '../../src/cells/cells.css';

/** @returns the element of the running test; it is emptied and removed after each */
export function cellRoom(): () => HTMLElement {
  let root: HTMLElement;
  beforeEach(() => {
    root = document.createElement('main');
    root.style.width = '1100px';
    document.body.append(root);
  });
  afterEach(() => {
    render(null, root);
    root.remove();
  });
  return () => root;
}
