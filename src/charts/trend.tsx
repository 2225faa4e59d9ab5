import type { PointLayout } from './point-layout.ts';
import { trendPaths, type Trend } from './trend-path.ts';

/** The band lies under the points, the line over them; over categories each mean is a bar with its spread. */
export function TrendShape({ trend, layout, part }: { readonly trend: Trend; readonly layout: PointLayout; readonly part: 'band' | 'line' }) {
  const { line, band, bars } = trendPaths(trend, layout);
  const { width, height } = layout.frame;
  if (part === 'band') {
    return (
      <svg class="gc-layer" width={width} height={height} aria-hidden="true" data-export="">
        <path d={band} fill="var(--text)" fill-opacity={0.1} />
      </svg>
    );
  }
  return (
    <>
      <path d={bars} fill="none" stroke="var(--page)" stroke-width={4} />
      <path d={bars} fill="none" stroke="var(--text)" stroke-width={1.5} />
      <path d={line} fill="none" stroke="var(--page)" stroke-width={5} stroke-linejoin="round" />
      <path d={line} fill="none" stroke="var(--text)" stroke-width={2} stroke-linejoin="round" />
    </>
  );
}
