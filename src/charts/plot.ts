import { plot as observablePlot, type PlotOptions } from '@observablehq/plot';

/** The class of every SVG that Plot draws; its few rules stand in charts.css. */
export const PLOT_CLASS = 'gc-plot';

/**
 * Draws with Observable Plot. Plot puts a <style> element into its SVG, which our content security policy forbids;
 * it is taken out while the SVG is still detached, before the policy looks at it.
 */
export function plot(options: Omit<PlotOptions, 'className' | 'figure'>): SVGSVGElement {
  const drawn = observablePlot({ ...options, className: PLOT_CLASS, figure: false }) as unknown as SVGSVGElement;
  for (const style of drawn.querySelectorAll('style')) style.remove();
  return drawn;
}
