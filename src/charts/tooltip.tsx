import { placed, type Frame } from './frame.ts';
import { LineSample } from './line-sample.tsx';
import type { Marker } from './colour.ts';

export interface TooltipRow {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** How the series is drawn; left out for plain facts. */
  readonly sample?: { readonly colour: string; readonly dash?: string; readonly marker?: Marker; readonly band?: boolean };
}

/** Rows in a wide picture, and in one as narrow as a telephone. */
const MAXIMUM_ROWS = { wide: 10, narrow: 6 };

/** Values at the crosshair, beside it. For those who see; the surface says the same in words. */
export function Tooltip({ frame, x, title, rows }: { readonly frame: Frame; readonly x: number; readonly title: string; readonly rows: readonly TooltipRow[] }) {
  const onLeft = x > (frame.left + frame.right) / 2;
  const place = onLeft ? { right: frame.width - x + 10, top: frame.top + 6 } : { left: x + 10, top: frame.top + 6 };
  const most = frame.width < 480 ? MAXIMUM_ROWS.narrow : MAXIMUM_ROWS.wide;
  const shown = rows.length > most ? rows.slice(0, most - 1) : rows;
  return (
    <div class="gc-tooltip" aria-hidden="true" style={placed(place)}>
      <p class="gc-tooltip-title">{title}</p>
      <table>
        <tbody>
          {shown.map((row) => (
            <tr key={row.id}>
              <td>{row.sample && <LineSample {...row.sample} />}{row.label}</td>
              <td>{row.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && <p class="gc-tooltip-more">and {rows.length - shown.length} more</p>}
    </div>
  );
}
