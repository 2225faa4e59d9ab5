import type { TraceInfo } from '../../trace/info.ts';
import { wholeOfSums } from '../../trace/layer-totals.ts';
import { formatCount } from '../../ui/format.ts';

/** "x.npz: 8,000 steps, 12 layers of 16 experts, 16,384 tokens routed per step and layer." */
export function finding(info: TraceInfo): string {
  const experts = [...new Set(info.layers.map((layer) => layer.experts))];
  const perLayer = experts.length === 1 ? formatCount(experts[0]) : `${formatCount(Math.min(...experts))} to ${formatCount(Math.max(...experts))}`;
  const layers = `${formatCount(info.layers.length)} ${info.layers.length === 1 ? 'layer' : 'layers'} of ${perLayer} ${perLayer === '1' ? 'expert' : 'experts'}`;
  const steps = info.strideSteps === 1 ? `${formatCount(info.rows)} ${info.rows === 1 ? 'step' : 'steps'}` : `${formatCount(info.rows)} recorded steps, every ${formatCount(info.strideSteps)}th`;
  return `${info.name}: ${steps}, ${layers}, ${loads(info)}.`;
}

function loads(info: TraceInfo): string {
  if (info.kind === 'counts') return `${totals(info)} tokens routed per step and layer`;
  const whole = wholeOfSums(info.layers.map(({ total }) => total.median));
  return whole === null ? 'loads that are no whole numbers' : `recorded as shares of ${whole}`;
}

/** Sums of a step and layer: "16,384", or from the smallest to the largest. */
export function totals(info: TraceInfo): string {
  const low = Math.min(...info.layers.map(({ total }) => total.minimum));
  const high = Math.max(...info.layers.map(({ total }) => total.maximum));
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}
