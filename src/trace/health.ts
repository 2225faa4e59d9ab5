import { amount, number, ordinal } from './amount.ts';
import type { HealthCheck } from './info.ts';
import { effectiveExperts, lateSums, totalRange, wholeOf } from './layer-totals.ts';
import { rowTotals } from './shares.ts';
import { stepStride, type Trace } from './trace.ts';

/** A layer counts as collapsed when its late load is as unequal as if under a quarter of its experts shared it. */
const collapsedFraction = 0.25;

/** Layers, and steps of each, that are named where something is wrong with them. */
const mostNamed = 3;

/**
 * What to know of a trace before trusting a forecast of it, worst news not first: in the order of the checks.
 * @param repeatedSteps steps that came more than once while reading
 */
export function healthOf(trace: Trace, repeatedSteps = 0): HealthCheck[] {
  return [gaps(trace), ...experts(trace), totals(trace), deadExperts(trace), collapsed(trace), fractions(trace), repeated(repeatedSteps)];
}

/** Steps at other than the usual distance: up to this part of them are gaps in an even recording. */
const mostUneven = 0.1;

function gaps({ steps }: Trace): HealthCheck {
  const stride = stepStride(steps);
  if (steps.length === 1) return { id: 'gaps', level: 'good', text: `Only step ${number.format(steps[0])} is recorded.` };
  const distances = Array.from({ length: steps.length - 1 }, (_, row) => steps[row + 1] - steps[row]);
  const span = `steps ${number.format(steps[0])} to ${number.format(steps[steps.length - 1])}`;
  const uneven = distances.filter((distance) => distance !== stride).length;
  if (uneven === 0) return { id: 'gaps', level: 'good', text: `From ${span}, ${recorded(stride)}.` };
  const change = distances.findIndex((distance) => distance !== distances[0]);
  if (change > 1 && change < distances.length - 2 && distances.every((distance, row) => row <= change || distance === distances[change])) {
    const step = number.format(steps[change]);
    return { id: 'gaps', level: 'note', text: `From ${span}, ${recorded(distances[0])} up to step ${step}, and ${recorded(distances[change])} from there on.` };
  }
  if (uneven > 1 && uneven > distances.length * mostUneven) {
    const [least, most] = [distances.reduce((a, b) => Math.min(a, b)), distances.reduce((a, b) => Math.max(a, b))];
    return {
      id: 'gaps', level: 'warning',
      text: `The ${number.format(steps.length)} recorded steps from ${number.format(steps[0])} to ${number.format(steps[steps.length - 1])} are not evenly spaced: `
        + `they are ${number.format(least)} to ${amount(most, 'step')} apart, ${number.format(stride)} in the middle.`,
    };
  }
  const closer = distances.filter((distance) => distance < stride).length;
  const inBetween = closer === 0 ? '' : ` ${amount(closer, 'step')} ${closer === 1 ? 'follows' : 'follow'} closer on the one before.`;
  const holes = uneven - closer;
  if (holes === 0) return { id: 'gaps', level: 'note', text: `From ${span}, ${recorded(stride)}.${inBetween}` };
  const largest = distances.reduce((longest, distance, row) => (distance > distances[longest] ? row : longest), 0);
  // Of a sparse trace only the steps that would have been recorded are missing.
  const missing = Math.ceil(distances[largest] / stride) - 1;
  const lacking = `${amount(missing, 'step')} ${missing === 1 ? 'is' : 'are'} missing`;
  return {
    id: 'gaps',
    level: holes > steps.length / 100 ? 'warning' : 'note',
    text: `${span[0].toUpperCase()}${span.slice(1)} have ${amount(holes, 'gap')}; ${holes === 1 ? 'it' : 'the longest'} lies between steps `
      + `${number.format(steps[largest])} and ${number.format(steps[largest + 1])}, where ${lacking}${stride === 1 ? '' : `, counting every ${ordinal(stride)}`}.${inBetween}`,
  };
}

function recorded(stride: number): string {
  return stride === 1 ? 'every step is recorded' : `every ${ordinal(stride)} step is recorded`;
}

function experts({ layers }: Trace): HealthCheck[] {
  const sizes = layers.map((layer) => layer.experts);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (least === most) return [];
  const fewest = layers.filter((layer) => layer.experts === least).map(({ name }) => name);
  return [{ id: 'experts', level: 'note', text: `Layers have unequal numbers of experts: ${number.format(least)} to ${number.format(most)}, the fewest in layer ${fewest.slice(0, 5).join(', ')}${fewest.length > 5 ? ', …' : ''}.` }];
}

function totals(trace: Trace): HealthCheck {
  const tolerance = trace.kind === 'counts' ? 0 : 0.005;
  const same = (a: number, b: number): boolean => Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  const ranges = trace.layers.map(totalRange);
  const load = (total: number): string => (trace.kind === 'counts' ? amount(total, 'assignment') : `${number.format(total)} recorded load`);
  const empty = emptySteps(trace);
  if (empty !== null) return { id: 'totals', level: 'warning', text: empty };
  const [first] = ranges;
  if (ranges.every((range) => same(range.minimum, first.minimum) && same(range.maximum, first.minimum))) {
    return { id: 'totals', level: 'good', text: `Every layer has ${load(first.minimum)} in every step.` };
  }
  const medians = ranges.map((range) => range.median);
  if (trace.layers.every((layer) => equalRows(rowTotals(layer), rowTotals(trace.layers[0]), same))) {
    const least = Math.min(...ranges.map((range) => range.minimum));
    const most = Math.max(...ranges.map((range) => range.maximum));
    return { id: 'totals', level: 'good', text: `All layers have equal totals in each step, from ${number.format(least)} to ${load(most)}.` };
  }
  const [low, high] = [Math.min(...medians), Math.max(...medians)];
  return {
    id: 'totals',
    level: same(low, high) ? 'note' : 'warning',
    text: same(low, high)
      ? `Layers differ in their totals in some steps; the middle one is ${load(low)} in all layers.`
      : `Layers differ in their totals: between ${number.format(low)} and ${load(high)} a step.`,
  };
}

/** Which layers have no load at all in which steps; null where all have some. */
function emptySteps({ steps, layers }: Trace): string | null {
  const found = layers.map((layer) => {
    const totals = rowTotals(layer);
    return { name: layer.name, steps: steps.filter((_, row) => totals[row] === 0) };
  }).filter((layer) => layer.steps.length > 0);
  if (found.length === 0) return null;
  const named = found.slice(0, mostNamed).map(({ name, steps: empty }, i) =>
    `${name}${i === 0 ? ' has no load at all' : ''} in ${amount(empty.length, 'step')} (${Array.from(empty.subarray(0, mostNamed), (step) => number.format(step)).join(', ')}${empty.length > mostNamed ? ', …' : ''})`);
  const more = found.length - named.length;
  return `Layer ${named.join(', layer ')}${more > 0 ? `, and ${amount(more, 'more layer')} in some` : ''}; such a step counts as equal load of all its experts.`;
}

function equalRows(a: Float64Array, b: Float64Array, same: (a: number, b: number) => boolean): boolean {
  return a.every((total, row) => same(total, b[row]));
}

function deadExperts(trace: Trace): HealthCheck {
  const dead = trace.layers.map((layer) => lateSums(layer).filter((sum) => sum === 0).length);
  const count = dead.reduce((a, b) => a + b, 0);
  if (count === 0) return { id: 'dead-experts', level: 'good', text: 'Every expert gets load in the last tenth of the trace.' };
  const layers = dead.filter((one) => one > 0).length;
  return { id: 'dead-experts', level: 'warning', text: `${amount(count, 'expert')} in ${amount(layers, 'layer')} ${count === 1 ? 'gets' : 'get'} nothing in the last tenth of the trace.` };
}

function collapsed(trace: Trace): HealthCheck {
  const found = trace.layers.filter((layer) => {
    const effective = effectiveExperts(lateSums(layer));
    return layer.experts > 3 && effective > 0 && effective <= layer.experts * collapsedFraction;
  });
  if (found.length === 0) return { id: 'collapsed', level: 'good', text: 'No layer has collapsed onto a few experts.' };
  const names = found.slice(0, 5).map((layer) => `${layer.name} (as if ${effectiveExperts(lateSums(layer)).toFixed(1)} of ${layer.experts} experts shared it)`);
  return {
    id: 'collapsed', level: 'warning',
    text: `${amount(found.length, 'layer')} collapsed onto a few experts in the last tenth of the trace: ${names.join(', ')}${found.length > 5 ? ', …' : ''}.`,
  };
}

function fractions(trace: Trace): HealthCheck {
  if (trace.kind === 'counts') return { id: 'fractions', level: 'good', text: 'All loads are whole numbers.' };
  const whole = wholeOf(trace.layers);
  if (whole !== null) return { id: 'fractions', level: 'note', text: `Loads are shares of ${whole}, not counts; without counts there is no noise floor.` };
  return { id: 'fractions', level: 'warning', text: 'Loads are not whole numbers and do not sum to 1 or 100; they are used in proportion.' };
}

function repeated(steps: number): HealthCheck {
  if (steps === 0) return { id: 'repeated-steps', level: 'good', text: 'No step comes twice.' };
  return { id: 'repeated-steps', level: 'warning', text: `${amount(steps, 'step')} ${steps === 1 ? 'comes' : 'come'} more than once, as after a restart from a checkpoint; the later values were kept.` };
}
