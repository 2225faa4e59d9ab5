import { useId } from 'preact/hooks';
import { theme } from '../ui/theme.ts';
import { colourAt, cssColour, heatMapOf, heatPosition, heatTicks, type HeatScale } from './colour.ts';
import { formatFixed, formatPercent, formatRatio } from './format.ts';

const WIDTH = 208;
const INSET = 20;
const STOPS = Array.from({ length: 17 }, (_, i) => i / 16);

/** The ends of the colours hold everything beyond them too. */
function clipSign(scale: HeatScale, tick: number): string {
  if (tick === 0 && scale.kind === 'ratio') return '≤ ';
  return tick === 2 && (scale.kind === 'ratio' || scale.clipped) ? '≥ ' : '';
}

/** What the colours mean: load share in percent; on the diverging scale also where uniform lies. */
export function HeatLegend({ scale }: { readonly scale: HeatScale }) {
  const gradient = useId();
  const map = heatMapOf(scale, theme.value === 'dark');
  const ticks = heatTicks(scale);
  const place = (share: number): number => INSET + heatPosition(scale, share) * (WIDTH - 2 * INSET);
  const named = [ticks[0], ticks[2], ticks[4]];
  const top = ticks[4] * 100;
  const decimals = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(top || 1))));
  const words = scale.kind === 'share'
    ? `Colours: load share from 0 to ${formatPercent(ticks[4])}${scale.clipped ? ' and over' : ''}`
    : `Colours: ${formatRatio(2 ** -(scale.limit ?? 2))} to ${formatRatio(2 ** (scale.limit ?? 2))} the uniform share of ${formatPercent(scale.uniform)}`;
  return (
    <div class="gc-heat-legend">
      <span class="gc-y-name" data-export-text="">{scale.kind === 'share' ? 'load share, %' : 'load share, % (middle: uniform)'}</span>
      <svg width={WIDTH} height={30} viewBox={`0 0 ${WIDTH} 30`} role="img" aria-label={words} data-export="">
        <defs>
          <linearGradient id={gradient}>
            {STOPS.map((stop) => <stop key={stop} offset={stop} stop-color={cssColour(colourAt(map, stop))} />)}
          </linearGradient>
        </defs>
        <rect x={INSET} y={1} width={WIDTH - 2 * INSET} height={10} fill={`url(#${gradient})`} />
        <g class="gc-axis">
          {named.map((share, i) => (
            <g key={share} transform={`translate(${place(share)} 11)`}>
              <path d="M0 0V4" />
              <text y={16} text-anchor="middle">
                {clipSign(scale, i)}{share === 0 ? '0' : formatFixed(share * 100, decimals)}
              </text>
            </g>
          ))}
        </g>
      </svg>
    </div>
  );
}
