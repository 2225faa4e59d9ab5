import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatNumber } from './format.ts';
import { useNear } from './near.ts';
import { Term } from './term.tsx';
import type { TermName } from './glossary.ts';

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly unit?: string;
  /** Gives the heading its definition. */
  readonly term?: TermName;
  readonly numeric?: boolean;
  /** Which number is best; the best cells are marked in words. Rows with `reference` take no part. */
  readonly best?: 'lowest' | 'highest';
  readonly format?: (value: number) => string;
}

export interface Row {
  readonly key: string;
  /** By column key; null or undefined is a dash. */
  readonly cells: Readonly<Record<string, number | string | null | undefined>>;
  /** For comparison only (a noise floor), or of another kind than the others: never marked best. */
  readonly reference?: boolean;
  /** What heads the row in place of its text. */
  readonly head?: ComponentChildren;
  /** The row was clicked anywhere. For the keyboard, its head holds a button, whose click comes here as well. */
  readonly onPick?: () => void;
  /** The pointer or the focus came to the row, or left it. */
  readonly onHover?: (over: boolean) => void;
}

export interface DataTableProps {
  readonly caption: string;
  readonly captionHidden?: boolean;
  /** The first column heads its row. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Rows that hold the best number of a column: none with fewer than two numbers or when all are equal. */
export function bestRows(column: Column, rows: readonly Row[]): ReadonlySet<string> {
  if (!column.best) return new Set();
  const entries = rows.flatMap((row) => {
    const value = row.cells[column.key];
    return !row.reference && typeof value === 'number' && Number.isFinite(value) ? [{ key: row.key, value }] : [];
  });
  const values = entries.map((entry) => entry.value);
  const best = column.best === 'lowest' ? Math.min(...values) : Math.max(...values);
  const holders = entries.filter((entry) => entry.value === best);
  return new Set(entries.length < 2 || holders.length === entries.length ? [] : holders.map((entry) => entry.key));
}

function cellText(column: Column, value: number | string | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  return Number.isFinite(value) ? (column.format ?? formatNumber)(value) : '–';
}

/** True while the element is narrower than what it holds. */
function useOverflow(ref: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setOverflows(element.scrollWidth > element.clientWidth + 1));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return overflows;
}

/** Rows that are made at once: all of a thousand would block the page for a tenth of a second and more. */
const rowsAtOnce = 50;

/** How many rows are made: the first ones, and while `going` some more in every frame. */
function useGrowing(count: number, going: boolean): number {
  const [made, setMade] = useState(rowsAtOnce);
  useEffect(() => {
    if (!going || made >= count) return undefined;
    const frame = requestAnimationFrame(() => setMade(made + rowsAtOnce));
    return () => cancelAnimationFrame(frame);
  }, [going, made, count]);
  return Math.min(made, count);
}

export function DataTable({ caption, captionHidden = false, columns, rows }: DataTableProps) {
  const ref = useRef<HTMLDivElement>(null);
  const overflows = useOverflow(ref);
  // A table that is folded away is made when it is opened.
  const made = useGrowing(rows.length, useNear(ref));
  const best = columns.map((column) => bestRows(column, rows));
  // Only what scrolls takes the keyboard's focus.
  const scrolling = overflows ? { tabIndex: 0, role: 'region' as const, 'aria-label': caption } : {};
  return (
    <div ref={ref} class="table-scroll" {...scrolling}>
      <table class="table">
        <caption class={captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
        <thead>
          <tr>{columns.map((column) => <Heading key={column.key} column={column} />)}</tr>
        </thead>
        <tbody>
          {rows.slice(0, made).map((row) => (
            <tr key={row.key} class={row.onPick && 'table-pick'} onClick={row.onPick} {...hovering(row)}>
              {columns.map((column, index) => {
                const text = cellText(column, row.cells[column.key]);
                if (index === 0) return <th key={column.key} scope="row">{row.head ?? text}</th>;
                return <Cell key={column.key} column={column} text={text} best={best[index].has(row.key)} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function hovering({ onHover }: Row) {
  if (!onHover) return {};
  const [over, out] = [() => onHover(true), () => onHover(false)];
  return { onPointerEnter: over, onPointerLeave: out, onFocusIn: over, onFocusOut: out };
}

function Heading({ column }: { readonly column: Column }) {
  const unit: ComponentChildren = column.unit && <span class="table-unit">{column.unit}</span>;
  return (
    <th scope="col" class={column.numeric ? 'numeric' : undefined}>
      {column.term ? <Term name={column.term}>{column.label}</Term> : column.label}
      {unit}
    </th>
  );
}

function Cell({ column, text, best }: { readonly column: Column; readonly text: string; readonly best: boolean }) {
  const classes = [column.numeric ? 'numeric' : '', best ? 'best' : ''].filter(Boolean).join(' ');
  return (
    <td class={classes || undefined}>
      {text}
      {best && <span class="table-best"> best</span>}
      {column.best && !best && <span class="table-best table-best-space" aria-hidden="true"> best</span>}
    </td>
  );
}
