/** The numbers behind a picture, as a table that anyone can read. Pure. */

export interface TableColumn {
  readonly label: string;
  readonly unit?: string;
  /** Numbers as they are read on the page; the CSV has them in full. Default three significant digits. */
  readonly format?: (value: number) => string;
}

export interface FigureTable {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  /** Called when the table is opened or exported. */
  readonly rows: () => readonly (readonly (number | string)[])[];
}

/** At most `most` rows, evenly chosen, the first and the last among them. */
export function thinned<Row>(rows: readonly Row[], most = 200): readonly Row[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (most - 1))]);
}

/** CSV (RFC 4180) with a heading line; units stand in the headings, numbers are written in full. */
export function tableCsv(table: Pick<FigureTable, 'columns' | 'rows'>): string {
  const heading = table.columns.map(({ label, unit }) => (unit ? `${label} (${unit})` : label));
  return [heading, ...table.rows()].map((row) => row.map(csvField).join(',')).join('\r\n') + '\r\n';
}

function csvField(value: number | string): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
