/** What a comparison found, in a sentence or three. Pure. */
import type { ComparisonRow, ComparisonTable, Contender } from '../../forecast/comparison/types.ts';
import { cheapForecasters } from '../../forecast/registry.ts';
import { capital } from '../forecast/finding.ts';

/** Forecasters that are plain averages themselves. */
const plainAverages: readonly string[] = ['sliding-average', 'chosen-average'];

/** "the damped Holt smoothing", as it stands in a sentence. */
export function phraseOf({ id, label }: Pick<Contender, 'id' | 'label'>): string {
  if (id === 'auto') return label;
  return cheapForecasters.find((forecaster) => forecaster.id === id)?.phrase ?? `the ${label}${label.includes(',') ? ',' : ''}`;
}

/**
 * Who is best at a horizon, by how much against the best average in hindsight, and whether others are as good within
 * noise. Measured by the load error of the horizon's mean.
 * @param partial whether the comparison is not complete
 */
export function comparisonFinding({ rows, horizonSteps, bestAverage, bestWindowSteps, noiseFloor }: ComparisonTable, contenders: readonly Contender[], partial: boolean): string {
  const best = rows.find((row) => row.best);
  if (!best) return 'Nothing could be judged yet.';
  const percent = (value: number): string => `${value.toFixed(2)} %`;
  const steps = (value: number): string => value.toLocaleString('en-US');
  const contender = contenders[best.contender];
  const name = phraseOf(contender);
  const error = best.scores.loadBlock;
  const average = `the sliding average over ${steps(bestWindowSteps)} steps, chosen in hindsight`;
  const start = `${partial ? 'So far, over' : 'Over'} ${steps(horizonSteps)} steps`;
  const saved = Math.round(best.skill * 100);
  const against = `${average} (${percent(bestAverage)})`;
  const head = plainAverages.includes(contender.id)
    ? `${start} a plain average wins: no forecaster beats ${name}, with a load error of ${percent(error)}, against ${percent(bestAverage)} of ${average}.`
    : !Number.isFinite(best.skill) ? `${start} ${name} is best, with a load error of ${percent(error)}.`
      : saved > 0 ? `${start} ${name} is best, with a load error of ${percent(error)}: ${saved} % less than ${against}.`
        : `${start} a plain average wins: ${name} is best of those compared, with a load error of ${percent(error)}, ${saved === 0 ? 'no better' : `${-saved} % more`} than ${against}.`;
  const floor = Number.isFinite(noiseFloor.loadBlock) ? ` The noise floor is about ${percent(noiseFloor.loadBlock)}.` : '';
  return `${head} ${tiesInWords(rows, contenders)}${floor}`;
}

/** How the others stand to the best one, beyond chance or not. */
function tiesInWords(rows: readonly ComparisonRow[], contenders: readonly Contender[]): string {
  const others = rows.filter(({ best }) => !best);
  if (others.length === 0) return 'It was compared with no other.';
  if (others.every(({ pValue }) => Number.isNaN(pValue))) return 'There are too few origins to tell differences from chance.';
  const tied = others.filter((row) => row.tied).map(({ contender }) => phraseOf(contenders[contender]));
  if (tied.length === 0) return 'All others are worse beyond chance.';
  if (tied.length === others.length) return 'The differences to all others are within chance.';
  // Some end with a comma, for what would follow them.
  const listed = tied.map((phrase) => phrase.replace(/,$/, ''));
  if (tied.length > 3) return `${capital(listed[0])}, ${listed[1]} and ${tied.length - 2} more are tied with it: their differences are within chance.`;
  const names = tied.length === 1 ? tied[0] : `${listed.slice(0, -1).join(', ')} and ${tied[tied.length - 1]}`;
  return `${capital(names)} ${tied.length === 1 ? 'is tied with it: the difference is' : 'are tied with it: the differences are'} within chance.`;
}
