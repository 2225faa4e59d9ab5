/** How the end-to-end tests find things, as a person would: by role and name. */
import { resolve } from 'node:path';
import type { Locator, Page } from 'playwright';

export const fixture = (name: string): string => resolve(import.meta.dirname, '../fixtures', name);

/** A cell by its title; the first of several. */
export function cell(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title, exact: true }).first();
}

/** The one sentence that a cell says. */
export function finding(page: Page, title: string): Locator {
  return cell(page, title).locator('.cell-finding');
}

/** Waits until the opening notebook, or another trace, fills all cells. */
export async function filled(page: Page): Promise<void> {
  for (const title of ['Trace', 'Load', 'States', 'Forecast']) await finding(page, title).waitFor();
}

export function traceFile(page: Page): Locator {
  return page.getByLabel('Trace file');
}
