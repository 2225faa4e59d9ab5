import type { Marker } from './colour.ts';
import { markerPath } from './markers.ts';

export interface LineSampleProps {
  readonly colour: string;
  readonly dash?: string;
  readonly marker?: Marker;
  /** A filled band instead of a line. */
  readonly band?: boolean;
}

const WIDTH = 22;
const HEIGHT = 10;

/** A short piece of a line as it is drawn in the picture: colour, dash and marker. */
export function LineSample({ colour, dash, marker, band = false }: LineSampleProps) {
  return (
    <svg class="gc-sample" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" data-export="">
      {band
        ? <rect x={1} y={1} width={WIDTH - 2} height={HEIGHT - 2} fill={colour} />
        : <path d={`M1 ${HEIGHT / 2}H${WIDTH - 1}`} stroke={colour} stroke-width={2} stroke-dasharray={dash} fill="none" />}
      {marker && !band && <MarkerShape marker={marker} x={WIDTH / 2} y={HEIGHT / 2} colour={colour} />}
    </svg>
  );
}

/** A marker around a point. */
export function MarkerShape({ marker, x, y, colour }: { readonly marker: Marker; readonly x: number; readonly y: number; readonly colour: string }) {
  return <path d={markerPath(marker)} transform={`translate(${x} ${y})`} fill="var(--raised, white)" stroke={colour} stroke-width={1.5} />;
}
