import { ljungBox } from './series/arima/ljung-box.ts';
import type { ArimaModel } from './series/arima/model.ts';

/** Residuals of a sound model seem correlated in so many of a hundred. */
const significance = 0.05;

/** Which orders a layer's experts have, and whether what the models leave over still holds something: a sentence or two. */
export function arimaInWords(models: readonly Pick<ArimaModel, 'name' | 'order' | 'residuals' | 'fallback'>[]): string {
  const count = models.length;
  const byName = new Map<string, number>();
  for (const { name } of models) byName.set(name, (byName.get(name) ?? 0) + 1);
  const [[usual, most]] = [...byName].toSorted(([, a], [, b]) => b - a);
  const orders = byName.size === 1
    ? `${usual} for ${count === 1 ? 'the only expert' : `all ${count} experts`}.`
    : `${usual} for ${most} of ${count} experts, ${byName.size - 1} other ${byName.size === 2 ? 'order' : 'orders'} for the rest.`;
  const simpler = models.filter(({ fallback }) => fallback !== null).length;
  const fallbacks = simpler > 0 ? ` For ${simpler} a simpler order than the one asked for had to do.` : '';
  const correlated = models.filter((model) => residualsCorrelate(model)).length;
  const chance = Math.max(1, Math.round(significance * count));
  const verdict = correlated <= chance
    ? `Their residuals hold no more autocorrelation than chance gives (Ljung–Box test at 5 %: ${correlated} of ${count}).`
    : `The residuals of ${correlated} of ${count} still hold autocorrelation (Ljung–Box test at 5 %; chance gives about ${chance}): the blocks have more to them than these orders explain.`;
  return `${orders}${fallbacks} ${verdict}`;
}

/** As many lags as `forecast::checkresiduals` takes: ten or a fifth of the series, and three more than there are coefficients. */
function residualsCorrelate({ order: { p, q, P, Q }, residuals }: Pick<ArimaModel, 'order' | 'residuals'>): boolean {
  const fitted = p + q + P + Q;
  const known = residuals.filter(Number.isFinite).length;
  return ljungBox(residuals, Math.max(fitted + 3, Math.min(10, Math.round(known / 5))), fitted).pValue < significance;
}
