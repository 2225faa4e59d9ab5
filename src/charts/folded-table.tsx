import { useMemo, useState } from 'preact/hooks';
import { formatCount, formatNumber } from './format.ts';
import { thinned, type FigureTable } from './table.ts';

/** The numbers behind a picture, folded away; they are computed when it is opened. */
export function FoldedTable({ table, title }: { readonly table: FigureTable; readonly title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="gc-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Table<span class="visually-hidden"> of {title}</span></summary>
      {open && <Rows table={table} />}
    </details>
  );
}

function Rows({ table }: { readonly table: FigureTable }) {
  const all = useMemo(() => table.rows(), [table]);
  const rows = thinned(all);
  // It scrolls, so the keyboard has to reach it.
  const scrolling = { tabIndex: 0, role: 'region' as const, 'aria-label': table.caption };
  return (
    <>
      {rows.length < all.length && (
        <p class="gc-caption">{formatCount(rows.length)} of {formatCount(all.length)} rows, evenly chosen. The CSV file has all.</p>
      )}
      <div class="gc-table-scroll" {...scrolling}>
        <table>
          <caption class="visually-hidden">{table.caption}</caption>
          <thead>
            <tr>{table.columns.map(({ label, unit }) => <th key={label} scope="col">{label}{unit && <span class="gc-unit">, {unit}</span>}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((value, column) => {
                  const text = typeof value === 'string' ? value : (table.columns[column].format ?? formatNumber)(value);
                  return column === 0 ? <th key={column} scope="row">{text}</th> : <td key={column}>{text}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
