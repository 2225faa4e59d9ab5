/** How a training does on all the layers that it forecast, beside the sliding average. Pure. */
import type { Stem, StemKind } from '../../charts/stems-layout.ts';
import { capital, verdict, type Verdict } from './finding.ts';

export interface LayerScore {
  readonly layer: number;
  /** Load error of the horizon's mean, %. */
  readonly forecast: number;
  /** The same of the sliding average, its window chosen on the past. */
  readonly average: number;
}

/** 1 − error / average's error: 0 is equal, above is better; NaN where the average is without error. */
export function skillOf({ forecast, average }: Pick<LayerScore, 'forecast' | 'average'>): number {
  return average > 0 ? 1 - forecast / average : NaN;
}

const kinds: Readonly<Record<Verdict, StemKind>> = { better: 'above', worse: 'below', tie: 'level', same: 'level' };

function kindOf({ forecast, average }: LayerScore): StemKind {
  return kinds[verdict({ forecast: { loadBlock: forecast }, average: { loadBlock: average } })];
}

const twoDigits = (value: number): string => value.toFixed(2);

/** A stem a layer, in the order of `layers`; those without a score yet keep their place. */
export function skillStems(layers: readonly number[], scores: readonly LayerScore[], nameOf: (layer: number) => string, tickOf: (layer: number) => string): readonly Stem[] {
  const known = new Map(scores.map((score) => [score.layer, score]));
  return layers.map((layer) => {
    const place = { id: String(layer), label: nameOf(layer), tick: tickOf(layer) };
    const score = known.get(layer);
    const skill = score ? skillOf(score) : NaN;
    if (!score || Number.isNaN(skill)) return { ...place, value: null, kind: 'level' };
    return {
      ...place, value: skill, kind: kindOf(score),
      facts: [{ label: 'LSTM, load error', value: `${twoDigits(score.forecast)} %` }, { label: 'sliding average', value: `${twoDigits(score.average)} %` }],
    };
  });
}

/**
 * "The LSTM is better than the sliding average on 9 of 12 layers, by 8 % in the mean (load error 1.29 % against 1.40 %);
 * 2 are ties, 1 is worse." The mean is that of the errors, so that layers with a small one do not weigh most.
 */
export function layersFinding(scores: readonly LayerScore[], live: boolean, subject: 'the LSTM' | 'Auto' = 'the LSTM'): string {
  const mean = (pick: (score: LayerScore) => number): number => scores.reduce((sum, score) => sum + pick(score), 0) / scores.length;
  const count = (kind: StemKind): number => scores.filter((score) => kindOf(score) === kind).length;
  const forecast = mean((score) => score.forecast);
  const average = mean((score) => score.average);
  const [better, ties, worse] = [count('above'), count('level'), count('below')];
  const percent = Math.round(skillOf({ forecast, average }) * 100);
  const mostly = better > 0;
  const change = percent === 0 ? `${mostly ? 'but ' : ''}equal to it in the mean`
    : percent > 0 ? `by ${percent} % in the mean`
      : `${mostly ? 'but ' : ''}worse by ${-percent} % in the mean`;
  const rest = [ties > 0 && `${ties} ${ties === 1 ? 'is a tie' : 'are ties'}`, worse > 0 && `${worse} ${worse === 1 ? 'is' : 'are'} worse`].filter(Boolean).join(', ');
  const which = mostly ? `${better} of ${scores.length} layers` : `none of ${scores.length} layers`;
  return `${live ? `So far ${subject}` : capital(subject)} is better than the sliding average on ${which}, ${change} (load error ${twoDigits(forecast)} % against ${twoDigits(average)} %)${rest ? `; ${rest}` : ''}.`;
}

/** "Layer 3 stopped: its numbers diverged; the others went on." Null when none did. */
export function divergedText(names: readonly string[], models: number): string | null {
  if (names.length === 0) return null;
  if (models <= names.length) return 'The training stopped because its numbers diverged; the best weights before are used.';
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  const start = list.charAt(0).toUpperCase() + list.slice(1);
  return `${start} stopped: ${names.length === 1 ? 'its' : 'their'} numbers diverged; the others went on.`;
}
