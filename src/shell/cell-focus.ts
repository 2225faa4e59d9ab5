/** Moving the keyboard's focus between and into cells. A cell is known by its document id. */

const CONTROLS = 'input:not([type="hidden"]):not(:disabled), select:not(:disabled), textarea:not(:disabled), button, [tabindex="0"]';

export function domIdOfCell(id: string): string {
  return `cell-${id}`;
}

/** Puts the focus on the cell as a whole and scrolls it into view. */
export function focusCell(id: string): void {
  const cell = document.getElementById(domIdOfCell(id));
  cell?.focus({ preventScroll: true });
  cell?.scrollIntoView({ block: 'start' });
}

/** Puts the focus on the cell's first control, as Enter does. False when it has none. */
export function enterCell(id: string): boolean {
  const cell = document.getElementById(domIdOfCell(id));
  const parts = ['.cell-fields', '.run-slot', '.cell-output'].map((part) => cell?.querySelector(part));
  for (const part of parts) {
    const control = [...(part?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])].find((element) => element.checkVisibility({ visibilityProperty: true }) && !element.classList.contains('help'));
    if (control) {
      control.focus();
      return true;
    }
  }
  return false;
}

/** The cell that the focus is in. */
export function focusedCell(): string | null {
  const cell = document.activeElement?.closest('.cell');
  return cell ? cell.id.replace(/^cell-/, '') : null;
}
